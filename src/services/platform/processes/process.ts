/** The one door to other programs: argv only, exact environment, bounded time, whole output, no survivors. */

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { accessSync, constants as modes, statSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { appError } from '../../../domain/platform/errors.js';
import { tellCall, told } from './calls.js';
import { drain } from './drain.js';

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
  /**
   * The exit code is the answer, and the output is only shown: it may lack its beginning, or what a process that the
   * program left running writes later. Without this, standard output is complete or the call is an error.
   */
  mayCut?: boolean;
  /** Exit codes that are no failure, for the log. Default [0]. */
  ok?: readonly number[];
  /** How the streams are read; default UTF-8. */
  encoding?: BufferEncoding;
  /** Gets both streams as they come. */
  onOutput?: (chunk: Uint8Array) => void;
}

export interface ProcessResult {
  /** Exit code; 128 + n when signal n ended it; 124 when time was up and it ended with 0 all the same. */
  code: number;
  signal?: NodeJS.Signals;
  stdout: string;
  stderr: string;
  timedOut: boolean;
  /** The beginning of a stream was dropped. */
  truncated: boolean;
  /** It left a process running that held a stream open. That process was ended, if it was in the program's group. */
  held: boolean;
  durationMs: number;
}

/** From asking a group to end to killing it. */
const killGraceMs = 2000;
/**
 * How long a process that a finished program left behind may hold the streams; longer where the output is the
 * answer.
 */
const patienceMs = { shown: 500, answer: 2000 };
/** What `timeout(1)` answers. */
const timeUp = 124;

/**
 * Runs a program to its end, in a process group of its own, so that a timeout or an abort ends its children too.
 * Any exit code is an answer. Throws `program-not-found`, `folder-not-found`, `program-failed` when the system does
 * not start it, `output-cut` when not all of its output could be read, and `interrupted` after an abort.
 */
export function runProcess(argv: readonly string[], options: ProcessOptions): Promise<ProcessResult> {
  const kind = argv[0] === 'git' ? 'git' : 'process';
  const fact = { kind, words: argv, cwd: options.cwd } as const;
  return told(
    fact,
    () => (runElsewhere ?? runHere)(argv, options),
    (result) => endOf(result, options.ok),
  );
}

type Run = (argv: readonly string[], options: ProcessOptions) => Promise<ProcessResult>;

let runElsewhere: Run | undefined;

/** Lets another one run what is asked for, or again this process. */
export function runFrom(run: Run | undefined): void {
  runElsewhere = run;
}

/** How a call is told to have ended. */
function endOf({ code, signal, timedOut, stderr }: ProcessResult, ok: readonly number[] = [0]) {
  if (!timedOut && ok.includes(code)) return { outcome: code === 0 ? 'ok' : `exit ${code}`, ok: true };
  const outcome = timedOut ? 'took too long' : signal ? `ended by ${signal}` : `exit ${code}`;
  return { outcome, ok: false, said: stderr.trim().split('\n').slice(-3).join(' ') };
}

/** What who runs programs for another process wants of each. */
export interface Watcher {
  /** It runs, as the leader of this process group. */
  started(group: number): void;
  /** Asked after each piece of output: nothing more is read until this resolves. */
  room(): Promise<void> | undefined;
}

/** The same, always from this process, and without a line in the log. */
export async function runHere(
  argv: readonly string[],
  options: ProcessOptions,
  watcher?: Watcher,
): Promise<ProcessResult> {
  const [program = '', ...args] = argv;
  const path = findProgram(program, options.env, options.cwd);
  if (!path) {
    throw appError('program-not-found', `The program "${program}" was not found.`, {
      hint: installHint(program),
    });
  }
  if (!statSync(options.cwd, { throwIfNoEntry: false })?.isDirectory()) {
    throw appError('folder-not-found', `Cannot run ${program} in ${options.cwd}: there is no such folder.`);
  }
  throwIfAborted(options.signal);
  const started = performance.now();
  const child = await start(program, path, args, options);
  watcher?.started(child.pid!);
  const limit = options.maxBytes ?? 16 * 1024 * 1024;
  const { encoding, onOutput, mayCut = false } = options;
  for (const stream of [child.stdout, child.stderr]) if (watcher) waitForRoom(stream, watcher);
  const stdout = keepTail(child.stdout, limit, onOutput, encoding);
  const stderr = keepTail(child.stderr, limit, onOutput);
  // A program that ends without reading all its input is no error of ours.
  child.stdin?.on('error', () => {});
  child.stdin?.end(options.input);
  const stop = stopWhenTold(child, options);
  try {
    const { code, signal } = await new Promise<Exit>((done) => {
      child.once('exit', (code, signal) => done({ code, signal }));
    });
    const timedOut = stop.atExit();
    const endHolders = groupEnder(child.pid);
    if (timedOut || options.signal?.aborted) endHolders();
    const held = await drain([child.stdout, child.stderr], {
      patienceMs: mayCut || child.stdout.readableEnded ? patienceMs.shown : patienceMs.answer,
      endHolders,
    });
    throwIfAborted(options.signal);
    if (!mayCut && !timedOut)
      requireWhole(argv, { held: held.includes(child.stdout), dropped: stdout.dropped() });
    const exit = code ?? 128 + (constants.signals[signal ?? 'SIGKILL'] ?? 0);
    return {
      code: timedOut && exit === 0 ? timeUp : exit,
      ...(signal ? { signal } : {}),
      stdout: stdout.text(),
      stderr: stderr.text(),
      timedOut,
      truncated: stdout.dropped() || stderr.dropped(),
      held: held.length > 0,
      durationMs: Math.round(performance.now() - started),
    };
  } finally {
    stop.forget();
  }
}

type Child = ChildProcessByStdio<Writable | null, Readable, Readable>;

interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

const installHint = (program: string) => `Install ${program}, or put its folder on PATH.`;

/** Starts it. Throws `program-failed` when the system refuses. */
async function start(
  program: string,
  path: string,
  args: readonly string[],
  { cwd, env, input }: ProcessOptions,
): Promise<Child> {
  let cause: unknown;
  try {
    const stdin = input === undefined ? 'ignore' : 'pipe';
    const child = spawn(path, args, { cwd, env, detached: true, stdio: [stdin, 'pipe', 'pipe'] });
    if (child.pid !== undefined) return child as Child;
    cause = await new Promise((tell) => child.once('error', tell));
  } catch (error) {
    cause = error;
  }
  const { code = '', message } = cause as NodeJS.ErrnoException;
  const hint = refusals[code];
  throw appError('program-failed', `${program} could not be started${hint ? '' : `: ${message}`}.`, {
    cause,
    ...(hint ? { hint } : {}),
  });
}

const refusals: Record<string, string> = {
  EACCES: 'The file, or the program named in its first line, may not be executed by this user.',
  ENOENT: 'The program named in its first line may be missing.',
  E2BIG: 'Its arguments and environment together are longer than the system allows.',
  EAGAIN: 'This user has as many processes as the system allows (`ulimit -u`). End some and try again.',
  ENOMEM: 'The system has no memory left. End some programs and try again.',
  EMFILE: 'This program has as many files open as the system allows. Raise `ulimit -n` and try again.',
  ENFILE: 'The system has as many files open as it allows.',
};

/** Ends the program's group when its time is up or the caller aborts: asked first, then killed. */
function stopWhenTold(child: Child, { timeoutMs, signal }: ProcessOptions) {
  let timedOut = false;
  let exited = false;
  let killing: NodeJS.Timeout | undefined;
  const end = () => {
    signalGroup(child.pid, 'SIGTERM');
    killing ??= setTimeout(() => signalGroup(child.pid, 'SIGKILL'), killGraceMs);
  };
  // A loop that comes late must hear of a program that has ended in time before it counts the time.
  const late = () => setImmediate(() => setImmediate(timeIsUp));
  const timeIsUp = () => {
    if (exited) return;
    timedOut = true;
    end();
  };
  const timer = timeoutMs === undefined ? undefined : setTimeout(late, timeoutMs);
  signal?.addEventListener('abort', end, { once: true });
  const forget = () => {
    exited = true;
    clearTimeout(timer);
    clearTimeout(killing);
    signal?.removeEventListener('abort', end);
  };
  return {
    /** To be called when the program has ended; tells whether its time was up before. */
    atExit: () => {
      forget();
      return timedOut;
    },
    forget,
  };
}

/**
 * Kills those of a program's group that outlived it. Looked for as soon as it has ended: a group that is empty then
 * stays empty, and its number may go to processes of others.
 */
function groupEnder(pid: number | undefined): () => void {
  return signalGroup(pid, 0) ? () => signalGroup(pid, 'SIGKILL') : () => {};
}

/** Throws `output-cut` where an incomplete answer would pass for a whole one. */
function requireWhole(argv: readonly string[], { held, dropped }: { held: boolean; dropped: boolean }): void {
  if (!held && !dropped) return;
  const said = argv.slice(0, 2).join(' ');
  const why = held
    ? 'it has ended, but a process that it left running holds its output open'
    : 'it wrote more than can be read';
  throw appError('output-cut', `The output of \`${said}\` is incomplete: ${why}.`, {
    hint: held ? 'End the process that it started, and try again.' : 'Ask it for less.',
  });
}

/** Starts a program that goes on by itself, in a session of its own, and forgets it. Its output goes nowhere. */
export function startDetached(argv: readonly string[], options: Pick<ProcessOptions, 'cwd' | 'env'>): void {
  const [program = '', ...args] = argv;
  const child = spawn(program, args, { ...options, detached: true, stdio: 'ignore' });
  // No caller waits for it, so a failed start has no listener but this one.
  child.on('error', () => {});
  child.unref();
  const fact = { kind: 'process', words: argv, cwd: options.cwd, ms: 0 } as const;
  tellCall({ ...fact, outcome: 'started', ok: true });
}

/** Runs a program on this process's own terminal, for a person. Resolves with its exit code, 128 + n after a signal. */
export async function handTerminal(
  argv: readonly string[],
  options: Pick<ProcessOptions, 'cwd' | 'env'>,
): Promise<number> {
  // Few commands hand the terminal over: what that needs is a piece of its own.
  const { runOnTerminal } = await import('./terminal.js');
  return runOnTerminal(argv, { ...options, hint: installHint(argv[0] ?? '') });
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

/** Signals what is left of a process group; 0 only asks. False when nothing is left of it. */
function signalGroup(pid: number | undefined, signal: NodeJS.Signals | 0): boolean {
  if (pid === undefined) return false;
  try {
    return process.kill(-pid, signal);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Ends a process group that has lost its owner: it is asked first, then killed. Resolves when nothing is left of it, or
 * only what cannot be ended.
 */
export async function endGroup(group: number): Promise<void> {
  const until = async (ms: number) => {
    for (const begun = performance.now(); performance.now() - begun < ms; await sleep(20))
      if (!signalGroup(group, 0)) return true;
    return false;
  };
  if (!signalGroup(group, 'SIGTERM') || (await until(killGraceMs))) return;
  signalGroup(group, 'SIGKILL');
  await until(killGraceMs);
}

function waitForRoom(stream: Readable, { room }: Watcher): void {
  stream.on('data', () => {
    const waited = room();
    if (!waited) return;
    stream.pause();
    void waited.then(() => stream.resume());
  });
}

/** Collects a stream, keeping only its last `limit` bytes. */
function keepTail(
  stream: Readable,
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
  // A stream that cannot be read does not come to its end, which tells enough.
  stream.on('error', () => {});
  return {
    text: () => {
      trim();
      return chunks[0]!.toString(encoding);
    },
    /** Tells whether its beginning was dropped. */
    dropped: () => dropped || size > limit,
  };
}

/** Throws `interrupted` after an abort. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw appError('interrupted', 'Interrupted.', { kind: 'interrupted' });
}
