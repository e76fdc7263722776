/** What goes to standard output and error: JSON envelopes, event lines, results for people. */

import { resultLines } from '../commands/show-result.js';
import type { AnyCommand, GlobalFlags, PrintedLine, Tone } from '../commands/types.js';
import { describeEvent } from '../domain/app/event-line.js';
import type { AppEvent } from '../domain/app/events.js';
import { callText } from '../domain/platform/call.js';
import { sanitizeText } from '../domain/platform/sanitize.js';

export interface Output {
  out(text: string): void;
  err(text: string): void;
  /** Standard output shows colours. */
  colours?: boolean;
}

export interface How {
  flags: GlobalFlags;
  /** The command writes one JSON event a line. */
  streams: boolean;
  output: Output;
}

const schemaVersion = 1;

/**
 * Prints an event. A streaming command's events go to standard output; of other commands, the ones that matter go to
 * standard error, and with --verbose all of them.
 */
export function printEvent(event: AppEvent, { flags, streams, output }: How): void {
  if (event.type === 'command.started' || event.type === 'command.ended') return;
  if (flags.json) {
    if (streams) output.out(`${JSON.stringify(slim(event))}\n`);
    return;
  }
  const line =
    event.type === 'call.ended' ? { text: callText(event.call), level: 'info' } : describeEvent(event);
  if (!line) return;
  const text = `${sanitizeText(line.text)}\n`;
  const matters =
    line.level === 'error' ||
    (event.type === 'noted' && event.level !== 'info') ||
    // A person is told for each worktree how it was filled and what it lacks.
    event.type === 'worktree.hydrated';
  if (streams && !flags.quiet) output.out(text);
  else if (flags.verbose || (matters && !flags.quiet)) output.err(text);
}

/** Leaves of a loaded registry only the slug and the status of each task, since it comes with every change. */
function slim(event: AppEvent): unknown {
  if (event.type !== 'registry.loaded') return event;
  return {
    type: event.type,
    rev: event.rev,
    tasks: event.tasks.map(({ slug, status }) => ({ slug, status })),
  };
}

export function printOutcome(row: AnyCommand, data: unknown, { flags, streams, output }: How): void {
  if (flags.json) {
    const envelope = { ...(streams ? { type: 'result' } : {}), schemaVersion, ok: true, data: data ?? null };
    output.out(`${JSON.stringify(envelope)}\n`);
    return;
  }
  const colours = flags.color ?? output.colours ?? false;
  const lines = resultLines(row, data).map(
    (line) => `${colours ? coloured(line) : sanitizeText(line.text)}\n`,
  );
  if (lines.length > 0) output.out(lines.join(''));
}

/** The number of the terminal's attribute or colour that shows each tone. */
const tones: Readonly<Record<Tone, number>> = { strong: 1, dim: 2, good: 32, warn: 33, bad: 31, info: 36 };

function coloured({ text, tone }: PrintedLine): string {
  const safe = sanitizeText(text);
  return tone && safe !== '' ? `\x1b[${tones[tone]}m${safe}\x1b[0m` : safe;
}

export function printError(
  error: { code: string; message: string; hint?: string },
  how: { json: boolean; streams?: boolean },
  output: Output,
): void {
  if (how.json) {
    output.out(
      `${JSON.stringify({ ...(how.streams ? { type: 'result' } : {}), schemaVersion, ok: false, error })}\n`,
    );
    return;
  }
  output.err(`codex-agent: ${sanitizeText(error.message)}\n`);
  if (error.hint) output.err(`${sanitizeText(error.hint)}\n`);
}
