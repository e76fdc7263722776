/** Text that arrives piece by piece: whole lines are given out as they are complete, the rest stays open. */
import type { AgentEvent } from '../agent-event.js';
import type { Block, TranscriptLine } from './line.js';
import { createProse } from './prose.js';

/** A line longer than this is given out unfinished: no message can fill the memory. */
const maxRest = 4_000;
/** Thoughts that are remembered at most while their end has not come. */
const maxSayings = 1_000;

/** What a message or a thought looks like, line by line. */
interface Looks {
  line(text: string): TranscriptLine[];
  /** An unfinished line, as it looks now. */
  open(rest: string): TranscriptLine[];
  settle(): TranscriptLine[];
}

interface Saying {
  looks: Looks;
  /** Characters given out so far. */
  given: number;
  rest: string;
}

/** Messages and thoughts as they are being written. */
export function createTyping() {
  const sayings = new Map<string, Saying>();
  let thoughts = 0;

  const begin = (id: string, kind: 'text' | 'thought'): Saying => {
    const saying = {
      looks: kind === 'text' ? message() : thought(`thought ${thoughts++}`),
      given: 0,
      rest: '',
    };
    if (sayings.size >= maxSayings) sayings.delete(sayings.keys().next().value!);
    sayings.set(id, saying);
    return saying;
  };
  /** Gives out what is unfinished, since something else comes in between. */
  const pause = (but?: string): TranscriptLine[] =>
    [...sayings].flatMap(([id, saying]) => (id === but ? [] : giveOut(saying)));

  return {
    pause: (): TranscriptLine[] => pause(),
    /** A piece of a message or a thought, or the whole of it at last. */
    said(
      kind: 'text' | 'thought',
      event: Pick<Extract<AgentEvent, { type: 'text' }>, 'text' | 'final' | 'itemId'>,
    ): TranscriptLine[] {
      const id = `${kind} ${event.itemId ?? ''}`;
      const saying = sayings.get(id) ?? begin(id, kind);
      if (event.final) {
        sayings.delete(id);
        const left = event.text.slice(saying.given).trimEnd();
        const lines = left === '' ? [] : left.split('\n').flatMap(saying.looks.line);
        return [...pause(id), ...lines, ...saying.looks.settle()];
      }
      const lines = (saying.rest + event.text).split('\n');
      saying.rest = lines.pop()!;
      const given = lines.flatMap(saying.looks.line);
      for (const line of lines) saying.given += line.length + 1;
      if (saying.rest.length > maxRest) given.push(...giveOut(saying));
      return [...pause(id), ...given];
    },
    open: (): TranscriptLine[] => [...sayings.values()].flatMap(({ looks, rest }) => looks.open(rest)),
  };
}

function giveOut(saying: Saying): TranscriptLine[] {
  const lines = saying.rest === '' ? [] : saying.looks.line(saying.rest);
  saying.given += saying.rest.length;
  saying.rest = '';
  return [...lines, ...saying.looks.settle()];
}

function message(): Looks {
  const prose = createProse();
  let begun = false;
  const first = (lines: TranscriptLine[]): TranscriptLine[] => {
    const [head, ...rest] = begun ? [] : lines;
    if (!head) return lines;
    begun = true;
    return [{ ...head, first: true }, ...rest];
  };
  return {
    line: (text) => first(prose.line(text)),
    open: (rest) => {
      const lines = prose.open(rest);
      return begun || !lines[0] ? lines : [{ ...lines[0], first: true }, ...lines.slice(1)];
    },
    settle: () => first(prose.settle()),
  };
}

/** Thoughts fold behind their first line; the marks of their emphasis are dropped. */
function thought(key: string): Looks {
  const block: Block = { key, kind: 'thought', state: 'going', lines: 0 };
  let begun = false;
  const lineOf = (text: string, at: number): TranscriptLine => ({
    kind: 'thought',
    text,
    ...(at === 0 ? { first: true } : {}),
    block,
    at,
  });
  const bare = (text: string) => text.replace(/\*\*/g, '');
  return {
    line(text) {
      if (text.trim() === '') return [];
      if (begun) block.lines++;
      begun = true;
      return [lineOf(bare(text), block.lines)];
    },
    open: (rest) => (rest.trim() === '' ? [] : [lineOf(bare(rest), begun ? block.lines + 1 : 0)]),
    settle: () => [],
  };
}
