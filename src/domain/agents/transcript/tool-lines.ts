/** What an agent does, as lines: a head that tells how it ended, and below it what came of it, to be folded. */
import { languageOf } from '../../landing/review/line-colours.js';
import type { AgentEvent, FileEdit } from '../agent-event.js';
import { changeCount, linesOfHunks } from './hunks.js';
import type { Block, TranscriptLine } from './line.js';
import { unwrapShell } from './shell.js';

type ToolEvent = Extract<AgentEvent, { type: 'tool' }>;

interface Action {
  block: Block;
  /** What its lines are said to be of, where they stand apart from its head. */
  name: string;
  /** The end of what it printed that has no newline yet. */
  rest: string;
  /** Lines over what is given out at once: only the newest are kept. */
  tail: string[];
  skipped: number;
}

/** Actions remembered at most: a stream that never ends its tools must not fill the memory. */
const maxOpen = 1_000;

/**
 * Makes lines of tools in the order of the stream. Of an output, `most` lines are given out: its beginning,
 * and when it is longer its end, with a line between them that counts what is left out.
 */
export function createToolLines(options: { most: number; short: (path: string) => string }) {
  const { most, short } = options;
  const headLines = Math.ceil(most * 0.3);
  const open = new Map<string, Action>();
  /** Whose line was given out last: what another one prints is said to be of that one. */
  let last: string | undefined;

  const begin = (event: ToolEvent, lines: TranscriptLine[]): Action => {
    const known = open.get(event.itemId);
    if (known) return known;
    const kind = event.kind === 'command' || event.kind === 'edit' ? event.kind : 'tool';
    const block: Block = { key: `${kind} ${event.itemId}`, kind, state: 'going', lines: 0 };
    const head = headOf(event, block);
    const action = { block, name: head.text, rest: '', tail: [], skipped: 0 };
    if (open.size >= maxOpen) open.delete(open.keys().next().value!);
    open.set(event.itemId, action);
    if (kind !== 'edit') {
      lines.push(head);
      last = block.key;
    }
    return action;
  };
  const below = (block: Block, line: Omit<TranscriptLine, 'block' | 'at'>): TranscriptLine => {
    block.lines++;
    return { ...line, block, at: block.lines };
  };
  const output = (block: Block, text: string) => below(block, { kind: 'output', text });

  /** Lines of an action, below its name when those of another one, or other words, came between. */
  const together = ({ block, name }: Action, make: () => TranscriptLine[]): TranscriptLine[] => {
    if (last === block.key) return make();
    const named = below(block, { kind: 'gap', text: `… of ${name.split('\n', 1)[0]}` });
    const lines = make();
    if (lines.length === 0) {
      block.lines--;
      return [];
    }
    last = block.key;
    return [named, ...lines];
  };

  /** More of what it prints: the lines of it that stay. */
  const print = (action: Action, text: string): TranscriptLine[] => {
    const rows = (action.rest + text).split('\n');
    action.rest = rows.pop()!;
    const now = rows.splice(0, Math.max(0, headLines - action.block.lines));
    const tail = [...action.tail, ...rows];
    const keep = most - headLines;
    action.skipped += Math.max(0, tail.length - keep);
    action.tail = tail.slice(-keep);
    return now.map((row) => output(action.block, row));
  };
  /** What it printed that has not been given out. */
  const finish = ({ block, tail, rest, skipped }: Action): TranscriptLine[] => [
    ...(skipped > 0 ? [below(block, { kind: 'gap', text: `… ${skipped} lines are left out …` })] : []),
    ...[...tail, ...(rest.trim() === '' ? [] : [rest])].map((row) => output(block, row)),
  ];

  const end = (event: ToolEvent, lines: TranscriptLine[]): TranscriptLine[] => {
    const action = begin(event, lines);
    const { block } = action;
    open.delete(event.itemId);
    block.state = event.state as Block['state'];
    if (event.exitCode !== undefined) block.exitCode = event.exitCode;
    if (event.durationMs !== undefined) block.durationMs = event.durationMs;
    if (event.kind === 'edit') {
      last = block.key;
      return [...lines, ...editLines(event, block, short, most)];
    }
    const printed = block.lines > 0 || action.tail.length > 0 || action.rest !== '';
    const more = !printed && event.output ? `${event.output.trimEnd()}\n` : '';
    return [...lines, ...together(action, () => [...(more ? print(action, more) : []), ...finish(action)])];
  };

  return {
    lines(event: ToolEvent): TranscriptLine[] {
      const lines: TranscriptLine[] = [];
      if (event.state === 'started') {
        begin(event, lines);
        return lines;
      }
      if (event.state !== 'output') return end(event, lines);
      const action = begin(event, lines);
      return [...lines, ...together(action, () => print(action, event.output ?? ''))];
    },
    /** Other words came between: what is printed next is said to be of its action again. */
    passed() {
      last = undefined;
    },
    /** Lines that are still being written. */
    open(): TranscriptLine[] {
      const before = last;
      const lines = [...open.values()].flatMap((action) => {
        const copy = { ...action, block: { ...action.block } };
        return together(copy, () => finish(copy));
      });
      last = before;
      return lines;
    },
    /** What was read ends here: nothing of it tells how the open ones went on. */
    close() {
      for (const { block } of open.values()) block.state = 'unseen';
    },
  };
}

function headOf(event: ToolEvent, block: Block): TranscriptLine {
  const text =
    event.kind === 'command'
      ? unwrapShell(event.command ?? '')
      : event.kind === 'other'
        ? event.name
        : `${event.kind} ${event.name}`;
  return { kind: event.kind === 'command' ? 'command' : 'tool', text, first: true, block, at: 0 };
}

const changeWords = { added: 'new file', modified: 'edit', deleted: 'delete' } as const;
const changeWent = { added: 'new', modified: undefined, deleted: 'gone' } as const;

/** Each file of an edit with its head; an edit that failed shows no lines of its own. */
function editLines(event: ToolEvent, block: Block, short: (path: string) => string, most: number) {
  const { state } = block;
  const files: FileEdit[] =
    event.files ?? (event.paths ?? ['']).map((path) => ({ path, change: 'modified' }));
  return files.flatMap(({ path, change, diff = '' }, index): TranscriptLine[] => {
    const own: Block = index === 0 ? block : { ...block, key: `${block.key} ${index}`, lines: 0 };
    const { added, removed } = changeCount(diff);
    const count = diff === '' || state !== 'ok' ? '' : `  +${added} -${removed}`;
    const went = changeWent[change];
    const head: TranscriptLine = {
      kind: 'edit',
      text: `${changeWords[change]} ${short(path)}${count}`.trimEnd(),
      first: true,
      ...(went ? { went } : {}),
      block: own,
      at: 0,
    };
    if (diff === '') return [head];
    const rows = linesOfHunks(diff);
    const shown = rows.slice(0, Math.max(1, most * 2));
    const left = rows.length - shown.length;
    const lines = [...shown, ...(left > 0 ? [{ kind: 'gap' as const, text: `… ${left} lines more …` }] : [])];
    own.lines = lines.length;
    const named = languageOf(path);
    const code = named ? { language: named } : {};
    return [head, ...lines.map((line, at): TranscriptLine => ({ ...line, ...code, block: own, at: at + 1 }))];
  });
}
