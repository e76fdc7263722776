/** Work on this thread that is ended when it takes too long, such as an expression that tries way after way for ever. */
import { type Context, createContext, runInContext } from 'node:vm';
import { appError, hasCode } from '../../../domain/platform/errors.js';

let context: Context | undefined;

/**
 * Does the work, which reads and computes only: it is ended wherever it stands. Meanwhile no signal is heard and nothing
 * else goes on. Throws `took-too-long` after `ms`, and what the work throws.
 */
export function endedAfter<T>(ms: number, work: () => T): T {
  context ??= createContext({});
  context.work = work;
  try {
    return runInContext('work()', context, { timeout: ms }) as T;
  } catch (error) {
    if (!hasCode(error, 'ERR_SCRIPT_EXECUTION_TIMEOUT')) throw error;
    throw appError('took-too-long', `It took longer than ${ms / 1000} s and was ended.`);
  } finally {
    context.work = undefined;
  }
}
