/**
 * Runs programs from a thread of its own. A thread that starts a program is held up until the new process has a core,
 * which under load takes many times longer than a key may take to be shown.
 */
import { existsSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import { type AppError, appError, messageOf } from '../../../domain/platform/errors.js';
import { type ProcessOptions, type ProcessResult, runFrom } from './process.js';

/** What the thread is told. */
export type ThreadOrder =
  | {
      id: number;
      argv: readonly string[];
      options: Omit<ProcessOptions, 'signal' | 'onOutput'>;
      tells: boolean;
    }
  | { id: number; abort: true };

/** What it answers: pieces of output as they come, then one end. */
export type ThreadAnswer =
  | { id: number; output: Uint8Array }
  | { id: number; result: ProcessResult }
  | { id: number; error: Pick<AppError, 'kind' | 'code' | 'message' | 'hint' | 'cause'> };

interface Pending {
  done(result: ProcessResult): void;
  failed(error: unknown): void;
  onOutput: ProcessOptions['onOutput'];
}

/**
 * Lets all programs be run from a thread, whose program stands in this file; without the file they are run from here
 * as before. Returns the way back, for when nothing is under way any more.
 */
export async function runApart(file: string): Promise<() => void> {
  if (!existsSync(file)) return () => {};
  const { Worker } = await import('node:worker_threads');
  const thread = new Worker(file, { env: {}, execArgv: [] });
  const pending = new Map<number, Pending>();
  let last = 0;

  const settle = (id: number): Pending | undefined => {
    const one = pending.get(id);
    pending.delete(id);
    // Only who waits for a program is kept from ending.
    if (pending.size === 0) thread.unref();
    return one;
  };
  const end = () => {
    runFrom(undefined);
    void thread.terminate();
  };
  const lost = (error: unknown) => {
    runFrom(undefined);
    const message = `The thread that runs programs has ended: ${messageOf(error)}.`;
    for (const id of [...pending.keys()]) settle(id)?.failed(appError('program-failed', message));
  };
  thread.on('message', (answer: ThreadAnswer) => {
    if ('output' in answer) pending.get(answer.id)?.onOutput?.(answer.output);
    else if ('result' in answer) settle(answer.id)?.done(answer.result);
    else settle(answer.id)?.failed(appError(answer.error.code, answer.error.message, answer.error));
  });
  thread.on('error', lost);
  thread.on('exit', (code) => lost(`code ${code}`));
  thread.unref();

  runFrom((argv, { signal, onOutput, ...options }) => {
    const id = ++last;
    return new Promise<ProcessResult>((resolve, failed) => {
      const abort = () => order(thread, { id, abort: true });
      const done = (settleWith: () => void) => {
        signal?.removeEventListener('abort', abort);
        settleWith();
      };
      pending.set(id, {
        done: (result) => done(() => resolve(result)),
        failed: (error) => done(() => failed(error)),
        onOutput,
      });
      thread.ref();
      order(thread, { id, argv, options, tells: onOutput !== undefined });
      signal?.addEventListener('abort', abort, { once: true });
      if (signal?.aborted) abort();
    });
  });
  return end;
}

const order = (thread: Worker, order: ThreadOrder): void => thread.postMessage(order);
