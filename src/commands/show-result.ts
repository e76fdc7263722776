/** The lines a person reads for the result of a command, on the command line and on the screen. */
import { renderData } from './render-data.js';
import type { AnyCommand, PrintedLine } from './types.js';

/** What the row prints, else what it says in a line, else the data itself; no line when there is no data. */
export function resultLines(row: AnyCommand, data: unknown): PrintedLine[] {
  if (data === undefined) return [];
  const lines = row.print?.(data) ?? row.said?.(data).split('\n');
  return lines?.map((line) => (typeof line === 'string' ? { text: line } : line)) ?? renderData(data);
}
