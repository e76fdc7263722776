/** The one place that decides where runs execute. Everything else asks for "the executor" and gets it here. */
import type { Paths } from '../../platform/index.js';
import type { Executor } from '../types.js';
import { createLocalExecutor } from './local/index.js';

// What the processes of runs take is told on the machine that runs them.
export { createProcessMeter, type ProcessMeter } from './local/meter.js';

/** The executor of the runs in this home. */
export const executorOf = (paths: Pick<Paths, 'runsDir'>): Executor => createLocalExecutor(paths);
