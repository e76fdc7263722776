/**
 * Runs programs from a small process beside this one. A process that starts a program is held up until the new one has
 * a core, and for longer the more memory it has: under load many times longer than a key may take to be shown.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type AppError, appError, messageOf } from '../../../domain/platform/errors.js';
import { type ProcessOptions, type ProcessResult, runFrom } from './process.js';

/** What the starter is told. */
export type StarterOrder =
  | {
      id: number;
      argv: readonly string[];
      options: Omit<ProcessOptions, 'signal' | 'onOutput'>;
      tells: boolean;
    }
  | { id: number; abort: true };

/** What it answers: pieces of output as they come, then one end. */
export type StarterAnswer =
  | { id: number; output: Uint8Array }
  | { id: number; result: ProcessResult }
  | { id: number; error: Pick<AppError, 'kind' | 'code' | 'message' | 'hint' | 'cause'> };

interface Pending {
  done(result: ProcessResult): void;
  failed(error: unknown): void;
  onOutput: ProcessOptions['onOutput'];
}

/**
 * Lets all programs be run by a starter, whose program stands in this file and which comes with the first of them;
 * without the file they are run from here as before. Returns the way back, for when nothing is under way any more.
 */
export function runApart(file: string): () => void {
  if (!existsSync(file)) return () => {};
  let starter: ReturnType<typeof startStarter> | undefined;
  runFrom((argv, options) => {
    starter ??= startStarter(file);
    return starter.run(argv, options);
  });
  return () => {
    runFrom(undefined);
    starter?.end();
  };
}

function startStarter(file: string) {
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

  const settle = (id: number): Pending | undefined => {
    const one = pending.get(id);
    pending.delete(id);
    // Only who waits for a program is kept from ending.
    if (pending.size === 0) starter.channel?.unref();
    return one;
  };
  let ended = false;
  const end = () => {
    ended = true;
    if (starter.connected) starter.disconnect();
  };
  const lost = (error: unknown) => {
    // What comes next is run from here.
    if (!ended) runFrom(undefined);
    ended = true;
    const message = `The process that runs programs has ended: ${messageOf(error)}.`;
    for (const id of [...pending.keys()]) settle(id)?.failed(appError('program-failed', message));
  };
  starter.on('message', (answer: StarterAnswer) => {
    if ('output' in answer) pending.get(answer.id)?.onOutput?.(answer.output);
    else if ('result' in answer) settle(answer.id)?.done(answer.result);
    else settle(answer.id)?.failed(appError(answer.error.code, answer.error.message, answer.error));
  });
  starter.on('error', lost);
  starter.on('exit', (code, signal) => lost(signal ?? `code ${code}`));
  starter.unref();
  starter.channel?.unref();

  function run(argv: readonly string[], { signal, onOutput, ...options }: ProcessOptions) {
    const id = ++last;
    return new Promise<ProcessResult>((resolve, failed) => {
      const abort = () => order(starter, { id, abort: true });
      const done = (settleWith: () => void) => {
        signal?.removeEventListener('abort', abort);
        settleWith();
      };
      pending.set(id, {
        done: (result) => done(() => resolve(result)),
        failed: (error) => done(() => failed(error)),
        onOutput,
      });
      starter.channel?.ref();
      order(starter, { id, argv, options, tells: onOutput !== undefined });
      signal?.addEventListener('abort', abort, { once: true });
      if (signal?.aborted) abort();
    });
  }
  return { run, end };
}

const order = (starter: ChildProcess, order: StarterOrder): void => void starter.send(order);
