/** Events to the lines of a transcript, as people read them. Each line keeps the kind of its event. */
import type { AgentEvent, PlanStep } from '../agent-event.js';
import { askVerbs } from '../approval.js';
import type { Usage } from '../cost.js';
import type { Block, LineKind, TranscriptLine } from './line.js';
import { planWords } from './plan.js';
import { addUsage } from './report.js';
import { unwrapShell } from './shell.js';
import { createToolLines } from './tool-lines.js';
import { createTyping } from './typing.js';

export interface RenderOptions {
  /** Paths below it are shown relative to it. */
  cwd?: string;
  /** Lines of an output that are given out; default 20. */
  most?: number;
}

export interface Renderer {
  /** Lines completed by these events. */
  render(events: readonly AgentEvent[]): TranscriptLine[];
  /** Lines that are still being written: they may change or grow. */
  open(): TranscriptLine[];
  /** What the agent means to do, as it said last. */
  plan(): readonly PlanStep[];
  /** What was read ends here, without the end of what goes on. */
  close(): void;
}

/**
 * A renderer for one stream, in order. It remembers which tools it has announced, so that one whose
 * beginning was not seen is still named, and what is being said.
 */
export function createRenderer({ cwd, most = 20 }: RenderOptions = {}): Renderer {
  const within = cwd ? `${cwd.replace(/\/+$/, '')}/` : undefined;
  const short = (path: string) => (within && path.startsWith(within) ? path.slice(within.length) : path);
  const typing = createTyping();
  const tools = createToolLines({ most, short });
  const unknown: Block = { key: 'unknown', kind: 'unknown', state: 'ok', lines: -1, names: new Map() };
  let plan: readonly PlanStep[] = [];
  let plans = 0;
  let messages = 0;
  let used: Usage | undefined;

  /** Lines of an event that comes between what is said. */
  const between = (event: AgentEvent): TranscriptLine[] => {
    switch (event.type) {
      case 'message':
        return folded('told', split(event.text), { key: `told ${messages++}`, kind: 'told' });
      case 'approval': {
        const { kind, detail, reason } = event.approval;
        const about = kind === 'command' ? unwrapShell(detail) : kind === 'edit' ? short(detail) : detail;
        return [
          // Of what is to be allowed nothing hides behind a lone carriage return.
          ...linesAs('asks', `${askVerbs[kind]}: ${about}`.replace(/\r\n?|[\u2028\u2029]/g, '\n')),
          ...linesAs('asks', reason ? `because: ${reason}` : '', false),
        ];
      }
      case 'plan':
        plan = event.steps;
        return planLines(event.steps, `plan ${plans++}`);
      case 'end':
        return endLines(event, used);
      case 'line':
        return [{ kind: 'plain', text: event.text }];
      default:
        return [];
    }
  };
  const linesOf = (event: AgentEvent): TranscriptLine[] => {
    switch (event.type) {
      case 'text':
        return typing.said('text', event);
      case 'thought':
        return typing.said('thought', { ...event, final: event.final ?? true });
      case 'tool':
        return [...(event.state === 'output' ? [] : typing.pause()), ...tools.lines(event)];
      case 'answered':
        return linesAs('answer', `answer: ${event.option}`);
      case 'retry': {
        const count = event.attempt === undefined ? '' : ` ${event.attempt}/${event.max}`;
        return linesAs('retry', `retry${count}: ${event.reason}`);
      }
      case 'warning':
        return linesAs('note', event.message);
      case 'error':
        return event.final ? linesAs('error', event.error.message) : [];
      case 'usage':
        used = addUsage(used, event.usage);
        return [];
      case 'unknown':
        return [unknownLine(event, unknown)];
      case 'limit':
        return linesAs('note', `the limit ends at ${new Date(event.resetsAt).toISOString()}`);
      case 'session':
      case 'diff':
        return [];
      default:
        return [...typing.pause(), ...between(event)];
    }
  };

  const told = (event: AgentEvent): TranscriptLine[] => {
    const lines = linesOf(event);
    // Those of no known kind fold away.
    if (event.type !== 'tool' && event.type !== 'unknown' && lines.length > 0) tools.passed();
    return lines;
  };

  return {
    render: (events) => events.flatMap(told),
    open: () => [...typing.open(), ...tools.open()],
    plan: () => plan,
    close: () => tools.close(),
  };
}

/** Renders a bounded list of events on its own, with what they leave open. */
export function renderEvents(events: readonly AgentEvent[], options: RenderOptions = {}): TranscriptLine[] {
  const renderer = createRenderer(options);
  const lines = [...renderer.render(events), ...renderer.open()];
  renderer.close();
  return lines;
}

/** How it ended, and what it used in all: told here once, however often the stream counts. */
function endLines(event: Extract<AgentEvent, { type: 'end' }>, used: Usage | undefined): TranscriptLine[] {
  const how = event.ok ? 'done' : event.interrupted ? 'interrupted' : 'failed';
  const tokens = used ? `  ${used.input} tokens in (${used.cached} cached), ${used.output} out` : '';
  return [
    { kind: 'end', text: `${how}${tokens}`, first: true, went: event.ok ? 'ok' : 'bad' },
    ...split(event.text ?? '').map((text): TranscriptLine => ({ kind: 'said', text })),
  ];
}

const stepWent = { done: 'ok', doing: 'going', open: undefined } as const;

function planLines(steps: readonly PlanStep[], key: string): TranscriptLine[] {
  const block: Block = { key, kind: 'plan', state: 'ok', lines: steps.length };
  return [
    { kind: 'plan', text: planWords(steps), first: true, block, at: 0 },
    ...steps.map(({ text, state }, at): TranscriptLine => {
      const went = stepWent[state];
      return { kind: 'step', text, ...(went ? { went } : {}), block, at: at + 1 };
    }),
  ];
}

/** Records of no known kind take one line in all; each of them is found below it. */
function unknownLine(event: Extract<AgentEvent, { type: 'unknown' }>, block: Block): TranscriptLine {
  const { names } = block;
  names?.set(event.name, (names.get(event.name) ?? 0) + 1);
  block.lines++;
  const text = `${event.name}${event.text ? `: ${event.text.split('\n', 1)[0]!.slice(0, 200)}` : ''}`;
  return { kind: 'unknown', text, ...(block.lines === 0 ? { first: true } : {}), block, at: block.lines };
}

function folded(
  kind: LineKind,
  texts: readonly string[],
  about: Pick<Block, 'key' | 'kind'>,
): TranscriptLine[] {
  const block: Block = { ...about, state: 'ok', lines: Math.max(0, texts.length - 1) };
  return texts.map((text, at) => ({ kind, text, ...(at === 0 ? { first: true } : {}), block, at }));
}

function split(text: string): string[] {
  const trimmed = text.trimEnd();
  return trimmed === '' ? [] : trimmed.split('\n');
}

function linesAs(kind: LineKind, text: string, first = true): TranscriptLine[] {
  return split(text)
    .filter((line, at) => at === 0 || line.trim() !== '')
    .map((line, at) => ({ kind, text: line, ...(first && at === 0 ? { first: true } : {}) }));
}
