/**
 * Predicts merges while a person looks. At each look every live task is merged with the target and with every other
 * one, which costs next to nothing where nothing moved. Afterwards the queue is rehearsed, in its share of the time
 * and while nothing newer waits.
 */

import type { MergeReport } from '../../../domain/landing/merge.js';
import { hasCode } from '../../../domain/platform/errors.js';
import type { Task } from '../../../domain/store/task.js';
import { type Checker, type CheckOptions, openChecker } from '../../landing/index.js';
import type { RepoSession } from '../../store/index.js';

export interface Predictions {
  /** Tells (`merge.checked`) what is different from the last time. */
  look(tasks: readonly Task[], options: Pick<CheckOptions, 'changed' | 'overtaken'>): Promise<void>;
  close(): Promise<void>;
}

/** Part of the time that rehearsing queues may take. */
const queueShare = 0.05;

export function keepPredicting(session: RepoSession): Predictions {
  let checker: Promise<Checker> | undefined;
  let shown: MergeReport | undefined;
  let rehearsed: MergeReport | undefined;
  let restUntil = 0;

  async function rehearse(tasks: readonly Task[], options: CheckOptions): Promise<void> {
    if (tasks.length < 2 || Date.now() < restUntil) return;
    const started = Date.now();
    try {
      const report = await (await checker!).check(tasks, {
        ...options,
        pairs: true,
        queue: true,
        looks: true,
      });
      if (report !== rehearsed && report.queue) {
        session.emit({
          type: 'merge.checked',
          results: report.results,
          pairs: report.pairs,
          queue: report.queue,
        });
      }
      rehearsed = report;
    } catch (error) {
      if (!hasCode(error, 'interrupted')) throw error;
    } finally {
      restUntil = Date.now() + (Date.now() - started) / queueShare;
    }
  }

  return {
    async look(tasks, options) {
      if (tasks.length === 0) return;
      checker ??= openChecker(session);
      const report = await (await checker).check(tasks, { ...options, pairs: true, looks: true });
      if (report !== shown) {
        session.emit({ type: 'merge.checked', results: report.results, pairs: report.pairs });
      }
      shown = report;
      await rehearse(tasks, options);
    },
    async close() {
      await (await checker)?.close();
    },
  };
}
