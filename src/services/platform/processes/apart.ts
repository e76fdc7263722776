/**
 * Runs programs from a small process beside this one. A process that starts a program is held up until the new one has
 * a core, and for longer the more memory it has: under load many times longer than a key may take to be shown.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type AppError, appError } from '../../../domain/platform/errors.js';
import {
  endGroup,
  type ProcessOptions,
  type ProcessResult,
  runFrom,
  runHere,
  throwIfAborted,
} from './process.js';

/** What the starter is told. */
export type StarterOrder =
  | {
      id: number;
      argv: readonly string[];
      options: Omit<ProcessOptions, 'signal' | 'onOutput'>;
      tells: boolean;
    }
  | { id: number; abort: true };

/**
 * What it answers: first that it hears, then of each program the group in which it runs, pieces of output as they come,
 * and one end.
 */
export type StarterAnswer =
  | { ready: true }
  | { id: number; group: number }
  | { id: number; output: Uint8Array }
  | { id: number; result: ProcessResult }
  | { id: number; error: Pick<AppError, 'kind' | 'code' | 'message' | 'hint' | 'cause'> };

interface Pending {
  done(result: Promise<ProcessResult>): void;
  here(): Promise<ProcessResult>;
  options: ProcessOptions;
  group?: number;
}

/** A starter that has not ended a program so long after it had to is stuck, and ended itself. */
const usualPatienceMs = 30_000;

/**
 * Lets all programs be run by a starter, whose program stands in this file and which comes with the first of them;
 * without the file, or when it is lost, they are run from here as before. Returns the way back, for when nothing is
 * under way any more.
 */
export function runApart(file: string, patienceMs = usualPatienceMs): () => void {
  if (!existsSync(file)) return () => {};
  let starter: ReturnType<typeof startStarter> | undefined;
  runFrom((argv, options) => {
    try {
      starter ??= startStarter(file, patienceMs);
    } catch {
      runFrom(undefined);
      return runHere(argv, options);
    }
    return starter.run(argv, options);
  });
  return () => {
    runFrom(undefined);
    starter?.end();
  };
}

function startStarter(file: string, patienceMs: number) {
  // In a group of its own, so that what a terminal does to this process is not done to it.
  const starter = fork(file, {
    serialization: 'advanced',
    env: {},
    execArgv: [],
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const pending = new Map<number, Pending>();
  let last = 0;
  let ready = false;
  let ended = false;

  const settle = (id: number, result: Promise<ProcessResult>) => {
    pending.get(id)?.done(result);
    pending.delete(id);
    // Only who waits for a program is kept from ending.
    if (pending.size === 0) starter.channel?.unref();
  };
  const end = () => {
    ended = true;
    if (starter.connected) starter.disconnect();
  };
  const lost = () => {
    // What comes next is run from here.
    if (!ended) runFrom(undefined);
    ended = true;
    // Before it has said that it hears, it has begun nothing.
    for (const [id, one] of [...pending]) settle(id, ready ? givenUp(one) : one.here());
  };
  const hear = (answer: StarterAnswer) => {
    if ('ready' in answer) ready = true;
    else if ('output' in answer) pending.get(answer.id)?.options.onOutput?.(answer.output);
    else if ('result' in answer) settle(answer.id, Promise.resolve(answer.result));
    else if ('error' in answer) {
      const { code, message, ...more } = answer.error;
      settle(answer.id, Promise.reject(appError(code, message, more)));
    } else {
      const one = pending.get(answer.id);
      if (one) one.group = answer.group;
    }
  };
  // It has gone when it has ended and all that it said has been heard.
  const gone = () => {
    if (starter.connected) return;
    if (starter.exitCode !== null || starter.signalCode !== null) lost();
    else if (!ended) starter.ref();
  };
  starter.on('message', hear);
  // One that the system did not start never ends; one that cannot be told any more is of no use.
  starter.on('error', () => (starter.pid === undefined ? lost() : starter.kill('SIGKILL')));
  starter.on('disconnect', gone);
  starter.on('exit', gone);
  starter.unref();
  starter.channel?.unref();

  function run(argv: readonly string[], options: ProcessOptions): Promise<ProcessResult> {
    const { signal, onOutput, ...told } = options;
    // Who asks too late begins nothing.
    if (ended || signal?.aborted) return runHere(argv, options);
    const id = ++last;
    return new Promise<ProcessResult>((resolve) => {
      const stuck = () => pending.has(id) && starter.kill('SIGKILL');
      // A loop that comes late must hear first what has been said in time.
      const overdue = (ms: number) =>
        setTimeout(() => setImmediate(() => setImmediate(stuck)), ms + patienceMs).unref();
      let timer = told.timeoutMs === undefined ? undefined : overdue(told.timeoutMs);
      const abort = () => {
        clearTimeout(timer);
        timer = overdue(0);
        order(starter, { id, abort: true });
      };
      const done = (result: Promise<ProcessResult>) => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        resolve(result);
      };
      order(starter, { id, argv, options: told, tells: onOutput !== undefined });
      pending.set(id, { done, here: () => runHere(argv, options), options });
      starter.channel?.ref();
      signal?.addEventListener('abort', abort, { once: true });
    });
  }
  return { run, end };
}

/** Throws `program-failed`, or `interrupted` after an abort; nothing of the program runs any more then. */
async function givenUp({ group, options }: Pending): Promise<ProcessResult> {
  if (group !== undefined) await endGroup(group);
  throwIfAborted(options.signal);
  const error = appError('program-failed', 'The process that ran it was ended from outside.', {
    hint: 'Look at what it did, and try again.',
  });
  throw Object.assign(error, { killed: true });
}

/** A starter that the system did not start has no way to be told, and says so itself. */
const order = (starter: ChildProcess, order: StarterOrder): void => void starter.send?.(order);
