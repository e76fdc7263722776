/** Lines of a transcript where nothing folds or is painted: each begins with a mark that only its kind gives it. */
import { formatDuration } from '../../platform/units.js';
import type { Block, TranscriptLine } from './line.js';

/** Two columns before the text. What an agent writes begins behind them, so it cannot look like anything else. */
export function gutterOf({ kind, first, went, number }: TranscriptLine): string {
  switch (kind) {
    case 'said':
    case 'heading':
    case 'quote':
    case 'table':
    case 'code':
      return first ? '• ' : '  ';
    case 'thought':
      return '· ';
    case 'told':
      return '> ';
    case 'command':
      return '$ ';
    case 'edit':
      return went === 'new' ? '+ ' : went === 'gone' ? '- ' : '~ ';
    case 'tool':
      return '◦ ';
    case 'plan':
      return '– ';
    case 'output':
    case 'gap':
      return '│ ';
    case 'added':
    case 'removed':
    case 'context':
      return `│ ${number === undefined ? '' : `${String(number).padStart(5)} `}${diffSign[kind]} `;
    case 'step':
      return `│ ${went === 'ok' ? '[x]' : went === 'going' ? '[>]' : '[ ]'} `;
    case 'asks':
    case 'answer':
      return '? ';
    case 'retry':
    case 'note':
      return '! ';
    case 'error':
      return '✗ ';
    case 'end':
      return went === 'ok' ? '✓ ' : '✗ ';
    case 'unknown':
      return '· ';
    case 'plain':
      return '  ';
  }
}

const diffSign = { added: '+', removed: '-', context: ' ' } as const;

/** How an action ended, in words; empty while it goes on, and where an end without more to tell is good. */
export function outcomeWords({ kind, state, exitCode, durationMs }: Block): string {
  if (kind !== 'command' && kind !== 'tool' && kind !== 'edit') return '';
  const how =
    state === 'failed'
      ? exitCode === undefined
        ? 'failed'
        : `exit ${exitCode}`
      : state === 'denied' || state === 'stopped'
        ? state
        : '';
  const took = durationMs === undefined || durationMs < 100 ? '' : formatDuration(durationMs);
  return [how, took].filter((word) => word !== '').join(', ');
}

/** What the one line for all records of no known kind says, from how many there are of each name. */
export function unknownWords(names: ReadonlyMap<string, number> = new Map()): string {
  const counted = [...names].sort((a, b) => b[1] - a[1]);
  const all = counted.reduce((sum, [, count]) => sum + count, 0);
  const shown = counted.slice(0, 3).map(([name, count]) => (count > 1 ? `${name} ×${count}` : name));
  const more = counted.length > shown.length ? ', …' : '';
  return `${all} ${all === 1 ? 'record' : 'records'} of an unknown kind: ${shown.join(', ')}${more}`;
}

/** The text of a line behind its gutter, with what its block tells. */
export function wordsOfLine(line: TranscriptLine): string {
  const { block, at } = line;
  if (!block || at !== 0) return line.text;
  if (block.kind === 'unknown') return unknownWords(block.names);
  const outcome = outcomeWords(block);
  return outcome === '' ? line.text : `${line.text}  (${outcome})`;
}

/**
 * Prints the lines of one stream as they come. A head that was printed while its action went on is followed, when
 * that has ended, by a line that tells how.
 */
export function createPrinter(): (lines: readonly TranscriptLine[]) => string[] {
  let going: TranscriptLine[] = [];
  return (lines) => {
    const printed = plainLines(lines);
    const ended = going.filter(({ block }) => block!.state !== 'going');
    going = [...going, ...lines.filter(({ block, at }) => at === 0 && block?.state === 'going')].filter(
      ({ block }) => block!.state === 'going' && block!.kind !== 'thought',
    );
    const told = ended.flatMap((head) => {
      const outcome = outcomeWords(head.block!);
      return outcome === '' ? [] : [`└ ${outcome}  ${gutterOf(head)}${head.text}`];
    });
    return [...printed, ...told];
  };
}

/** The lines to print; of records of no known kind, only the one that counts them. */
export function plainLines(lines: readonly TranscriptLine[]): string[] {
  return lines
    .filter(({ kind, at }) => kind !== 'unknown' || at === 0)
    .map((line) => gutterOf(line) + wordsOfLine(line));
}
