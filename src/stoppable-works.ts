/** What commands of the screen do on tasks, so that a person can stop it: each command works with a signal of its own. */
import type { CommandContext } from './commands/types.js';
import type { AppEvent } from './domain/app/events.js';
import { stoppedByPerson } from './domain/app/work.js';

export function stoppableWorks() {
  /** Tasks that each command under way works on now. */
  const going = new Map<AbortController, Set<string>>();
  return {
    /** Does work that a person can stop. */
    async within<T>(context: CommandContext, work: (own: CommandContext) => Promise<T>): Promise<T> {
      const stop = new AbortController();
      const tasks = new Set<string>();
      going.set(stop, tasks);
      const signal = AbortSignal.any([context.signal, stop.signal]);
      const emit = (event: AppEvent) => {
        note(tasks, event);
        context.emit(event);
      };
      const own = async () => ({ ...(await context.session()), signal, emit });
      try {
        return await work({
          ...context,
          signal,
          emit,
          session: own,
          async trustedSession() {
            await context.trustedSession();
            return own();
          },
        });
      } finally {
        going.delete(stop);
      }
    },
    /** Ends what commands do on this task. False when none works on it. */
    cancel(task: string): boolean {
      const found = [...going].filter(([, tasks]) => tasks.has(task));
      for (const [stop] of found) stop.abort(stoppedByPerson);
      return found.length > 0;
    },
  };
}

/** The same events that tell the screen what is worked on. */
function note(tasks: Set<string>, event: AppEvent): void {
  switch (event.type) {
    case 'work.began':
    case 'train.started':
      for (const task of event.tasks) tasks.add(task);
      return;
    case 'validation.started':
      tasks.add(event.task);
      return;
    case 'work.ended':
      if (event.kind !== 'resolving') for (const task of event.tasks) tasks.delete(task);
      return;
    case 'validation.finished':
      tasks.delete(event.task);
      return;
    case 'task.landed':
      tasks.delete(event.report.task);
      return;
    default:
      return;
  }
}
