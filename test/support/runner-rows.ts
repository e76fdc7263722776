/** What each runner is told and reads in the suite that all of them have to pass. */
import type { RunnerName } from '../../src/domain/agents/run.js';

/** How one runner is held to the contract: what its program is made to say, and what is to be read from that. */
export interface Row {
  name: RunnerName;
  /** A host holds the conversation with it. */
  held?: true;
  /** How the test is called, where the runner has two ways. */
  title?: string;
  settings?: { transport: 'exec' | 'app-server' };
  version?: string;
  /** Stream of a run that edits, with what is read from it. */
  edit: string;
  reads: { finalText?: string; sessionId?: string; usage?: object };
  /** Stream and exit code of a run that fails, with what is read from it. */
  refused: [stream: string, exitCode: number, code: string];
  /** Arguments that name the session to go on with; a program that knows none has none. */
  resumes?: (id: string) => string[];
  model?: string[];
  /** The program is named in the arguments of the configuration. */
  byArguments?: true;
}

const song = { finalText: 'The song has chords now ♪' };
/** Every runner there is, by its program or its host. */
export const rows: readonly Row[] = [
  {
    name: 'codex',
    version: '0.169.0',
    edit: 'edit',
    reads: { ...song, sessionId: 's-edit', usage: { input: 900 } },
    refused: ['unauthorized', 1, 'auth'],
    resumes: (id) => ['resume', id],
    model: ['-m', 'toy'],
  },
  {
    name: 'codex',
    title: 'codex app-server',
    held: true,
    settings: { transport: 'app-server' },
    edit: 'app-server-edit',
    reads: {
      finalText: 'Edited hello.txt.',
      sessionId: '01a204e0-42e9-7dd1-a835-266be885318a',
      usage: { scope: 'thread', input: 3702 },
    },
    refused: ['app-server-unauthorized', 1, 'auth'],
    resumes: (id) => ['thread/resume', id],
  },
  {
    name: 'claude',
    version: '2.1.197',
    edit: 'claude-edit',
    reads: { ...song, sessionId: 'c-1', usage: { input: 300 } },
    refused: ['claude-unauthorized', 1, 'auth'],
    resumes: (id) => ['--resume', id],
    model: ['--model', 'toy'],
  },
  {
    name: 'opencode',
    version: '1.18.33',
    edit: 'opencode-edit',
    reads: { ...song, sessionId: 'ses_1', usage: { input: 300 } },
    refused: ['opencode-unauthorized', 1, 'auth'],
    resumes: (id) => ['--session', id],
    model: ['--model', 'toy'],
  },
  {
    name: 'gemini',
    version: '0.61.0',
    edit: 'gemini-edit',
    reads: { ...song, sessionId: 'g-1', usage: { input: 300 } },
    refused: ['gemini-unauthorized', 145, 'auth'],
    resumes: (id) => ['--resume', id],
    model: ['-m', 'toy'],
  },
  {
    name: 'acp',
    held: true,
    edit: 'acp-edit',
    reads: {
      finalText: 'Edited hello.txt.',
      sessionId: 'ses_dfb15b88effejQbJhSrQzNSpZ3',
      usage: { input: 1234 },
    },
    refused: ['acp-unauthorized', 1, 'auth'],
    resumes: (id) => ['session/load', id],
    byArguments: true,
  },
  {
    name: 'command',
    edit: 'edit',
    reads: {},
    refused: ['unauthorized', 3, 'other'],
    byArguments: true,
  },
];
