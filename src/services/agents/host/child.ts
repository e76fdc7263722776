/** The agent's process: a group of its own, lines out, lines in, and a firm end. */
import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { drain } from '../../platform/index.js';

/** A longer line is no message that the host could use. */
const maxLineBytes = 32_000_000;
/** How long a process that the agent left behind may hold its output open. */
const patienceMs = 500;

export interface AgentProcess {
  stdin: Writable;
  /** Resolves when it is gone and its output has been read: exit code, or 128 + n after signal n. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; exit: number }>;
  /** Lets it end by itself, then less gently. Resolves when it is gone. */
  end(graceMs: number): Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

/** Starts it. A program that cannot be started ends with 127. `onLine` gets whole lines without their newline. */
export function startAgent(
  argv: readonly string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
  onLine: (line: Buffer) => void,
): AgentProcess {
  const [program = '', ...args] = argv;
  // Signals for our own group are ours to pass on: an interrupt is first tried in words.
  const child = spawn(program, args, { ...options, detached: true, stdio: ['pipe', 'pipe', 'inherit'] });
  // An agent that ends reads no more: what is still in the pipe to it is of no use.
  child.stdin.on('error', () => {});
  const flush = readLines(child.stdout, onLine, () => kill(child, 'SIGKILL'));
  const ended = endOf(child, flush);
  return {
    stdin: child.stdin,
    ended,
    kill: (signal) => kill(child, signal),
    async end(graceMs) {
      child.stdin.end();
      for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
        if (await within(ended, graceMs)) return;
        kill(child, signal);
      }
      await within(ended, graceMs);
    },
  };
}

/** Hands on whole lines as they come. Returns what hands on a last line that has no newline. */
function readLines(stream: Readable, onLine: (line: Buffer) => void, tooLong: () => void): () => void {
  let parts: Buffer[] = [];
  let held = 0;
  stream.on('data', (chunk: Buffer) => {
    let from = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      const rest = chunk.subarray(from, at);
      const line = parts.length > 0 ? Buffer.concat([...parts, rest]) : rest;
      parts = [];
      held = 0;
      from = at + 1;
      onLine(line);
    }
    if (from === chunk.length) return;
    parts.push(chunk.subarray(from));
    held += chunk.length - from;
    if (held > maxLineBytes) tooLong();
  });
  stream.on('error', () => {});
  return () => {
    if (parts.length > 0) onLine(Buffer.concat(parts));
    parts = [];
  };
}

/** All that it said has been handed on when this resolves, also where another process still holds its output. */
function endOf(
  child: ChildProcessByStdio<Writable, Readable, null>,
  flush: () => void,
): AgentProcess['ended'] {
  return new Promise((resolve) => {
    const finish = (code: number | null, signal: NodeJS.Signals | null) => {
      flush();
      resolve({ code, signal, exit: code ?? 128 + (constants.signals[signal ?? 'SIGKILL'] ?? 9) });
    };
    child.once('error', (error) => {
      process.stderr.write(`${error.message}\n`);
      finish(127, null);
    });
    child.once('exit', async (code, signal) => {
      await drain([child.stdout], { patienceMs, endHolders: () => kill(child, 'SIGKILL') });
      finish(code, signal);
    });
  });
}

/** The whole group: the program may be a wrapper around the one that works. */
function kill(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // None of its processes is left.
  }
}

/** Whether a promise settles in time. */
export async function within(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const settled = promise.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([settled, late]);
  } finally {
    clearTimeout(timer);
  }
}
