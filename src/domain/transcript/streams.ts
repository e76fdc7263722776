/** The formats of transcripts: who parses each, and how it says that it is over. */
import type { RunFacts, SessionReport, TranscriptParser } from '../agent-event.js';
import { type RunIntent, type RunnerName, type StreamName, streamNames } from '../run.js';
import { parseAcp } from './acp.js';
import { parseCodexAppServer } from './codex-app-server.js';
import { parseCodexExec } from './codex-exec.js';
import { parseDemo } from './demo.js';
import { parseUnknown } from './jsonl.js';
import { parseLines } from './lines.js';
import { type Judging, reportOf } from './report.js';

export interface Stream extends Judging {
  parser(): TranscriptParser;
}

const streams: Readonly<Record<StreamName, Stream>> = {
  'codex-exec': { parser: parseCodexExec, terminal: 'event' },
  'codex-app-server': { parser: parseCodexAppServer, terminal: 'event' },
  acp: { parser: parseAcp, terminal: 'event' },
  command: { parser: parseLines, terminal: 'exit' },
  demo: { parser: parseDemo, terminal: 'event' },
};

/** What each runner writes, when nothing else was written down. */
const usual: Readonly<Record<RunnerName, StreamName>> = {
  codex: 'codex-exec',
  command: 'command',
  demo: 'demo',
};

/** A format of a later version: its records are shown as they are, and never taken for a success. */
const unknown: Stream = { parser: parseUnknown, terminal: 'event' };

/** The format of a run's transcript. Unknown ones are read as records nobody understands. */
export function streamOf(intent: Pick<RunIntent, 'runner' | 'stream'>): Stream {
  return streams[intent.stream ?? usual[intent.runner]] ?? unknown;
}

/** The format of this name, or the usual one of the runner of this name; undefined when there is none. */
export function streamNamed(name: string): StreamName | undefined {
  // Recordings of one protocol are also called by the agent they are of: acp-opencode.
  const protocol = name.startsWith('acp-') ? 'acp' : name;
  return streamNames.find((stream) => stream === protocol) ?? new Map(Object.entries(usual)).get(name);
}

/** Judges a whole stream at once. Pure. */
export function reportStream(name: StreamName, bytes: Uint8Array, facts: RunFacts): SessionReport {
  const stream = streams[name];
  return reportOf(stream.parser(), bytes, facts, { runner: name, ...stream });
}
