/** The one door to other programs: argv only, exact environment, bounded time and output, no survivors. */

import { spawn } from 'node:child_process';
import { accessSync, constants as modes, statSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { appError } from '../../../domain/platform/errors.js';

export interface ProcessOptions {
  cwd: string;
  /** The whole environment; nothing of ours is added. */
  env: NodeJS.ProcessEnv;
  /** Bytes for standard input; without it, standard input is empty. */
  input?: string | Uint8Array;
  /** Milliseconds until the process group is ended. */
  timeoutMs?: number;
  signal?: AbortSignal;
  /** How much of each stream is kept, in bytes: the last ones. Default 16 MiB. */
  maxBytes?: number;
  /** How the streams are read; default UTF-8. */
  encoding?: BufferEncoding;
  /** Gets both streams as they come. */
  onOutput?: (chunk: Uint8Array) => void;
}

export interface ProcessResult {
  /** Exit code; 128 + n when signal n ended it. */
  code: number;
  signal?: NodeJS.Signals;
  stdout: string;
  stderr: string;
  timedOut: boolean;
  /** The beginning of a stream was dropped. */
  truncated: boolean;
  durationMs: number;
}

/** From asking a group to end to killing it. */
const killGraceMs = 2000;
/** A finished program's children may hold its streams open for this long. */
const drainMs = 500;

/**
 * Runs a program to its end, in a process group of its own, so that a timeout or an abort ends its children too.
 * Any exit code is an answer. Throws `program-not-found`, `folder-not-found`, and `interrupted` after an abort.
 */
export async function runProcess(argv: readonly string[], options: ProcessOptions): Promise<ProcessResult> {
  const [program = '', ...args] = argv;
  const path = findProgram(program, options.env, options.cwd);
  if (!path) {
    throw appError('program-not-found', `The program "${program}" was not found.`, {
      hint: `Install ${program}, or put its folder on PATH.`,
    });
  }
  if (!statSync(options.cwd, { throwIfNoEntry: false })?.isDirectory()) {
    throw appError('folder-not-found', `Cannot run ${program} in ${options.cwd}: there is no such folder.`);
  }
  throwIfAborted(options.signal);
  const { execa } = await import('execa');
  const started = performance.now();
  const child = execa(path, args, {
    cwd: options.cwd,
    env: options.env,
    extendEnv: false,
    detached: true,
    cleanup: false,
    reject: false,
    buffer: false,
    stdin: options.input === undefined ? 'ignore' : 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const limit = options.maxBytes ?? 16 * 1024 * 1024;
  const { encoding, onOutput } = options;
  const stdout = keepTail(child.stdout, limit, onOutput, encoding);
  const stderr = keepTail(child.stderr, limit, onOutput);
  // A program that ends without reading all its input is no error of ours.
  child.stdin?.on('error', () => {});
  child.stdin?.end(options.input);
  let timedOut = false;
  let killing: NodeJS.Timeout | undefined;
  const end = () => {
    signalGroup(child.pid, 'SIGTERM');
    killing ??= setTimeout(() => signalGroup(child.pid, 'SIGKILL'), killGraceMs);
  };
  const timer =
    options.timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          end();
        }, options.timeoutMs);
  options.signal?.addEventListener('abort', end, { once: true });
  try {
    const { code, signal } = await ended(child);
    // Whoever of the group is still there outlived the program: nothing of it may go on unseen.
    if (timedOut || options.signal?.aborted) signalGroup(child.pid, 'SIGKILL');
    throwIfAborted(options.signal);
    return {
      code: code ?? 128 + (constants.signals[signal ?? 'SIGKILL'] ?? 0),
      ...(signal ? { signal } : {}),
      stdout: stdout.text(),
      stderr: stderr.text(),
      timedOut,
      truncated: stdout.truncated() || stderr.truncated(),
      durationMs: Math.round(performance.now() - started),
    };
  } finally {
    clearTimeout(timer);
    clearTimeout(killing);
    options.signal?.removeEventListener('abort', end);
  }
}

/** Starts a program that goes on by itself, in a session of its own, and forgets it. Its output goes nowhere. */
export function startDetached(argv: readonly string[], options: Pick<ProcessOptions, 'cwd' | 'env'>): void {
  const [program = '', ...args] = argv;
  const child = spawn(program, args, { ...options, detached: true, stdio: 'ignore' });
  // Nobody waits for it, so nobody would hear that it could not start either.
  child.on('error', () => {});
  child.unref();
}

/** Runs a program on this process's own terminal, for a person. Resolves with its exit code, 128 + n after a signal. */
export function handTerminal(
  argv: readonly string[],
  options: Pick<ProcessOptions, 'cwd' | 'env'>,
): Promise<number> {
  const [program = '', ...args] = argv;
  const hint = `Install ${program}, or put its folder on PATH.`;
  return new Promise((done, fail) => {
    const child = spawn(program, args, { ...options, stdio: 'inherit' });
    child.once('error', (cause) =>
      fail(appError('program-not-found', `${program} cannot be started.`, { hint, cause })),
    );
    child.once('close', (code, signal) => done(code ?? 128 + (constants.signals[signal ?? 'SIGKILL'] ?? 0)));
  });
}

/** Absolute path of a program on the PATH of `env`, or of a path relative to `cwd`; nothing is started. */
export function findProgram(name: string, env: NodeJS.ProcessEnv, cwd = '/'): string | undefined {
  if (name === '') return undefined;
  if (name.includes('/')) return isExecutable(resolve(cwd, name)) ? resolve(cwd, name) : undefined;
  return (env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => isAbsolute(folder))
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, modes.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

interface Child {
  pid?: number;
  once(event: string, listener: (...args: never[]) => void): unknown;
  stdout: { destroy(): void };
  stderr: { destroy(): void };
}

/** Resolves when the program is gone and its streams are closed, or were held open by others for too long. */
function ended(child: Child): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((done, fail) => {
    let drain: NodeJS.Timeout | undefined;
    child.once('error', (error: Error) => fail(appError('program-failed', error.message, { cause: error })));
    child.once('exit', () => {
      drain = setTimeout(() => {
        signalGroup(child.pid, 'SIGKILL');
        child.stdout.destroy();
        child.stderr.destroy();
      }, drainMs);
    });
    child.once('close', (code: number | null, signal: NodeJS.Signals | null) => {
      clearTimeout(drain);
      done({ code, signal });
    });
  });
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody of the group is left.
  }
}

/** Collects a stream, keeping only its last `limit` bytes. */
function keepTail(
  stream: NodeJS.ReadableStream,
  limit: number,
  tell?: (chunk: Uint8Array) => void,
  encoding: BufferEncoding = 'utf8',
) {
  let chunks: Buffer[] = [];
  let size = 0;
  let dropped = false;
  const trim = () => {
    const all = Buffer.concat(chunks);
    dropped ||= all.length > limit;
    chunks = [all.subarray(Math.max(0, all.length - limit))];
    size = chunks[0]!.length;
  };
  stream.on('data', (chunk: Buffer) => {
    tell?.(chunk);
    chunks.push(chunk);
    size += chunk.length;
    if (size > 2 * limit) trim();
  });
  return {
    text: () => {
      trim();
      return chunks[0]!.toString(encoding);
    },
    truncated: () => dropped,
  };
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw appError('interrupted', 'Interrupted.', { kind: 'interrupted' });
}
