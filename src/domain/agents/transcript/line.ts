/** Lines of a transcript, as people read them. Each keeps the kind of what it is of: its text never decides that. */

export type LineKind =
  /** What the agent says, and the parts of its Markdown. */
  | 'said'
  | 'heading'
  | 'code'
  | 'quote'
  | 'table'
  | 'thought'
  /** What a person told the agent. */
  | 'told'
  /** First lines of what the agent did. */
  | 'command'
  | 'edit'
  | 'tool'
  | 'plan'
  /** What a command or a tool gave. */
  | 'output'
  /** Lines of an edit; `gap` stands for what lies between two of its hunks. */
  | 'added'
  | 'removed'
  | 'context'
  | 'gap'
  | 'step'
  | 'asks'
  | 'answer'
  | 'retry'
  | 'note'
  | 'error'
  | 'end'
  /** What a program without a protocol printed. */
  | 'plain'
  | 'unknown';

export interface TranscriptLine {
  kind: LineKind;
  /** Raw: it is sanitised where it is shown. */
  text: string;
  /** It begins what it is of; further lines of it follow. */
  first?: true;
  /** Number in the edited file. */
  number?: number;
  /** Of a line of code: its language, as `languageOf` names it. */
  language?: string;
  /** How it went: of an end, a step of the plan, or a file of an edit. */
  went?: 'ok' | 'bad' | 'going' | 'new' | 'gone';
  /** What it is folded with, and its place there: 0 is the head, which always stays. */
  block?: Block;
  at?: number;
}

/**
 * Lines that fold. The renderer that made them goes on filling it in while the action goes on, so a head that
 * was written long before tells how it ended.
 */
export interface Block {
  /** The same for the same action whenever the transcript is read. */
  key: string;
  kind: 'command' | 'tool' | 'edit' | 'thought' | 'told' | 'plan' | 'unknown';
  /** `unseen`: what was read does not hold its end. */
  state: 'going' | 'ok' | 'failed' | 'denied' | 'stopped' | 'unseen';
  /** Lines below the head. */
  lines: number;
  exitCode?: number;
  durationMs?: number;
  /** Of records of no known kind: how many of each name. */
  names?: Map<string, number>;
}

/** How many lines of a folded block are shown at its beginning and its end. */
function shownOf({ kind, state }: Block): { head: number; tail: number } {
  switch (kind) {
    case 'command':
    case 'tool':
      if (state === 'going') return { head: 0, tail: 8 };
      return state === 'failed' ? { head: 2, tail: 10 } : { head: 2, tail: 3 };
    case 'edit':
      return { head: 16, tail: 8 };
    case 'told':
      return { head: 5, tail: 0 };
    case 'thought':
    case 'plan':
    case 'unknown':
      return { head: 0, tail: 0 };
  }
}

/** How many lines folding the block hides; 0 where it has nothing to hide. */
export function hiddenLines(block: Block): number {
  const { head, tail } = shownOf(block);
  const hidden = block.lines - head - tail;
  // A row that says "1 line more" takes as much room as that line.
  return head + tail > 0 && hidden <= 1 ? 0 : Math.max(0, hidden);
}

/** Whether the line is shown while its block is folded; `more`: it stands for all that are not. */
export function shownFolded({ block, at = 0 }: TranscriptLine): 'shown' | 'hidden' | 'more' {
  if (!block || at === 0) return 'shown';
  const hidden = hiddenLines(block);
  if (hidden === 0) return 'shown';
  const { head, tail } = shownOf(block);
  if (at <= head || at > block.lines - tail) return 'shown';
  return head + tail > 0 && at === head + 1 ? 'more' : 'hidden';
}

/** A line that tells of something that went wrong: an error, or an action that failed or was refused. */
export function isTrouble({ kind, block, at }: TranscriptLine): boolean {
  return (
    kind === 'error' ||
    (block !== undefined && at === 0 && (block.state === 'failed' || block.state === 'denied'))
  );
}
