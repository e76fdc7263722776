/** Which stream each runner writes, and how that stream says that it is over. */
import type { TranscriptParser } from '../agent-event.js';
import type { RunnerName } from '../run.js';
import { parseCodexExec } from './codex-exec.js';
import { parseDemo } from './demo.js';
import { parseLines } from './lines.js';
import type { Terminal } from './report.js';

export interface Stream {
  parser(): TranscriptParser;
  terminal: Terminal;
}

export const streams: Readonly<Record<RunnerName, Stream>> = {
  codex: { parser: parseCodexExec, terminal: 'event' },
  command: { parser: parseLines, terminal: 'exit' },
  demo: { parser: parseDemo, terminal: 'event' },
};
