/** The run that a person means, by its own id or by its task. */
import { appError } from '../../domain/platform/errors.js';
import { at, text } from '../define.js';
import type { CommandContext } from '../types.js';

/** The run a command is about: its first argument. */
export const runArg = at(0, text('run id, or task for its newest run', 'run|task'));

/** A run id as it is, or the newest run of the task of that name. Throws `no-run`, and what `requireTask` throws. */
export async function runIdFor(id: string, context: CommandContext): Promise<string> {
  const runs = await context.services.agents();
  if (await runs.hasRun(context.paths, id)) return id;
  const { requireTask } = await context.services.store();
  const task = await requireTask(await context.session(), id);
  const newest = task.runIds.at(-1);
  if (newest) return newest;
  throw appError('no-run', `Task ${id} has no run yet.`, {
    hint: `Start it with \`codex-agent task run ${id}\`.`,
  });
}
