/** The formats of transcripts: who parses each, and how it says that it is over. */
import type { RunFacts, SessionReport, TranscriptParser } from '../agent-event.js';
import { type RunIntent, type RunnerName, type StreamName, streamNames } from '../run.js';
import { parseAcp } from './acp.js';
import { parseClaude } from './claude.js';
import { parseCodexAppServer } from './codex-app-server.js';
import { parseCodexExec } from './codex-exec.js';
import { parseDemo } from './demo.js';
import { geminiFailures, parseGemini } from './gemini.js';
import { parseUnknown } from './jsonl.js';
import { parseLines } from './lines.js';
import { opencodeFailures, parseOpencode } from './opencode.js';
import { createFold, type Fold, type Judging, sessionReportOf } from './report.js';

export interface Stream extends Judging {
  parser(): TranscriptParser;
  /** A host holds the conversation, so that it can be talked to. */
  twoWay?: true;
}

const streams: Readonly<Record<StreamName, Stream>> = {
  'codex-exec': { parser: parseCodexExec, terminal: 'event' },
  'codex-app-server': { parser: parseCodexAppServer, terminal: 'event', twoWay: true },
  claude: { parser: parseClaude, terminal: 'event' },
  opencode: { parser: parseOpencode, terminal: 'event', failedTries: opencodeFailures },
  // HTTP statuses, modulo 256; no signal that ends a program is over 128 + 15.
  gemini: { parser: parseGemini, terminal: 'event', ownCodesFrom: 144, failedTries: geminiFailures },
  acp: {
    parser: parseAcp,
    terminal: 'event',
    twoWay: true,
    // Agents are as silent where they are spoken to by this protocol.
    failedTries: (stderr) => [...opencodeFailures(stderr), ...geminiFailures(stderr)],
  },
  command: { parser: parseLines, terminal: 'exit' },
  demo: { parser: parseDemo, terminal: 'event', twoWay: true },
};

/** What each runner writes, when nothing else was written down. */
const usual: Readonly<Record<RunnerName, StreamName>> = {
  codex: 'codex-exec',
  claude: 'claude',
  opencode: 'opencode',
  gemini: 'gemini',
  acp: 'acp',
  command: 'command',
  demo: 'demo',
};

/** A format of a later version: its records are shown as they are, and never taken for a success. */
const unknown: Stream = { parser: parseUnknown, terminal: 'event' };

/** The format of a run's transcript. Unknown ones are read as records of no known kind. */
export function streamOf(intent: Pick<RunIntent, 'runner' | 'stream'>): Stream {
  return streams[intent.stream ?? usual[intent.runner]] ?? unknown;
}

/** Whether messages, answers and interrupts reach the agent of this run while it works. */
export function isTwoWay(intent: Pick<RunIntent, 'runner' | 'stream'>): boolean {
  return streamOf(intent).twoWay === true;
}

/** The format of this name, or the usual one of the runner of this name; undefined when there is none. */
export function streamNamed(name: string): StreamName | undefined {
  // Recordings of one protocol are also called by the agent they are of: acp-opencode.
  const protocol = name.startsWith('acp-') ? 'acp' : name;
  return streamNames.find((stream) => stream === protocol) ?? new Map(Object.entries(usual)).get(name);
}

export const parserOf = (name: StreamName): TranscriptParser => streams[name].parser();

/** Collects the events of a stream of this format, to judge it. */
export const foldOf = (name: StreamName): Fold => createFold(name, streams[name], true);

/** Judges a whole stream at once. Pure. */
export function reportStream(name: StreamName, bytes: Uint8Array, facts: RunFacts): SessionReport {
  const stream = streams[name];
  return sessionReportOf(stream.parser(), bytes, facts, { runner: name, ...stream });
}
