/** Text that arrives piece by piece: whole lines are given out as they are complete, the rest stays open. */
import type { AgentEvent } from '../agent-event.js';

/** Lines of a running command's output given out at once; after these only the newest are kept, as open lines. */
const printedAtOnce = 20;
const printedTail = 14;

interface Saying {
  mark: string;
  /** Characters given out so far. */
  given: number;
  rest: string;
}

interface Printing {
  given: number;
  skipped: number;
  tail: string[];
  rest: string;
}

/** A line longer than this is given out unfinished: no message can fill the memory. */
const maxRest = 4_000;

export function createTyping() {
  const sayings = new Map<string, Saying>();
  const printings = new Map<string, Printing>();

  /** Gives out what is unfinished, since something else comes in between. */
  const pause = (but?: string): string[] => {
    const lines: string[] = [];
    for (const [id, saying] of sayings) {
      if (id === but || saying.rest === '') continue;
      lines.push(...giveOut(saying));
    }
    return lines;
  };

  return {
    pause,
    /** A piece of a message or a thought, or the whole of it at last. */
    said(kind: 'text' | 'thought', event: { text: string; final: boolean; itemId?: string }): string[] {
      const id = `${kind} ${event.itemId ?? ''}`;
      const mark = kind === 'thought' ? 'thinking: ' : '';
      const known = sayings.get(id);
      if (event.final) {
        sayings.delete(id);
        const left = event.text.slice(known?.given ?? 0).trimEnd();
        return [...pause(id), ...(left === '' ? [] : marked(known ?? { mark, given: 0 }, left.split('\n')))];
      }
      const saying = known ?? { mark, given: 0, rest: '' };
      sayings.set(id, saying);
      const lines = (saying.rest + event.text).split('\n');
      saying.rest = lines.pop()!;
      const given = marked(saying, lines);
      for (const line of lines) saying.given += line.length + 1;
      if (saying.rest.length > maxRest) given.push(...giveOut(saying));
      return [...pause(id), ...given];
    },
    /** A piece of what a command prints. */
    printed({ itemId, output = '' }: Extract<AgentEvent, { type: 'tool' }>): string[] {
      const printing = printings.get(itemId) ?? { given: 0, skipped: 0, tail: [], rest: '' };
      printings.set(itemId, printing);
      const lines = (printing.rest + output).split('\n');
      printing.rest = lines.pop()!;
      const now = lines.splice(0, Math.max(0, printedAtOnce - printing.given));
      printing.given += now.length;
      const tail = [...printing.tail, ...lines];
      printing.skipped += Math.max(0, tail.length - printedTail);
      printing.tail = tail.slice(-printedTail);
      return now;
    },
    /** The rest of a command's output; undefined when none of it came piece by piece. */
    printedAll(itemId: string): string[] | undefined {
      const printing = printings.get(itemId);
      printings.delete(itemId);
      return printing && openLines(printing);
    },
    open: (): string[] => [
      ...[...sayings.values()].flatMap((saying) => (saying.rest === '' ? [] : marked(saying, [saying.rest]))),
      ...[...printings.values()].flatMap(openLines),
    ],
  };
}

function giveOut(saying: Saying): string[] {
  const lines = marked(saying, [saying.rest]);
  saying.given += saying.rest.length;
  saying.rest = '';
  return lines;
}

/** The mark stands before the first line only; emphasis of thoughts is dropped. */
function marked({ mark, given }: Pick<Saying, 'mark' | 'given'>, lines: readonly string[]): string[] {
  if (mark === '') return [...lines];
  return lines
    .map((line) => line.replace(/\*\*/g, ''))
    .map((line, index) => (given === 0 && index === 0 ? `${mark}${line}` : line))
    .filter((line) => line.trim() !== '');
}

function openLines({ skipped, tail, rest }: Printing): string[] {
  return [
    ...(skipped > 0 ? [`… ${skipped} lines more …`] : []),
    ...tail,
    ...(rest.trim() === '' ? [] : [rest]),
  ];
}
