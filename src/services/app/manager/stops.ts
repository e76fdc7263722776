/** Steps that a person can stop while they go on: a worktree being filled, a landing. The taken-back wish says so. */
import type { Step } from '../../../domain/app/steps.js';
import { stoppedByPerson } from '../../../domain/app/work.js';
import type { Task } from '../../../domain/store/task.js';
import type { RepoSession } from '../../store/index.js';

export interface Stops {
  /** The session for a step: its signal is aborted as well when a person stops what the step is about. */
  sessionFor(session: RepoSession, step: Step): RepoSession;
  /** The step is over. */
  over(step: Step): void;
  /** Ends steps whose tasks are not wanted any more. */
  look(tasks: readonly Task[]): void;
}

export function stoppableSteps(): Stops {
  const going = new Map<Step, AbortController>();
  return {
    sessionFor(session, step) {
      if (step.type !== 'launch' && step.type !== 'land') return session;
      const stop = new AbortController();
      going.set(step, stop);
      return { ...session, signal: AbortSignal.any([session.signal, stop.signal]) };
    },
    over(step) {
      going.delete(step);
    },
    look(tasks) {
      const bySlug = new Map(tasks.map((task) => [task.slug, task]));
      for (const [step, stop] of going) if (isUnwanted(step, bySlug)) stop.abort(stoppedByPerson);
    },
  };
}

/** A landing that refuses a task takes the wish back too, and says why; a person who stops it does not. */
function isUnwanted(step: Step, bySlug: ReadonlyMap<string, Task>): boolean {
  if (step.type === 'launch') {
    const task = bySlug.get(step.task);
    return task?.status === 'ready' && !task.launch;
  }
  if (step.type !== 'land') return false;
  return step.tasks.some((slug) => {
    const task = bySlug.get(slug);
    const open = task?.status === 'done' || task?.status === 'validated';
    return open && !task.launch && !task.problem;
  });
}
