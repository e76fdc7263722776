/** The one place that decides where runs execute. Everything else asks for "the executor" and gets it here. */
import type { Paths } from '../../platform/index.js';
import type { Executor } from '../types.js';
import { createLocalExecutor } from './local/index.js';

/** The executor of the runs in this home. */
export const executorOf = (paths: Pick<Paths, 'runsDir'>): Executor => createLocalExecutor(paths);
