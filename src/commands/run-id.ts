/** The run that a person means. */
import { appError } from '../domain/platform/errors.js';
import type { CommandContext } from './types.js';

/** A run id as it is, or the newest run of the task of that name. */
export async function runIdFor(id: string, context: CommandContext): Promise<string> {
  const runs = await context.services.agents();
  if (await runs.hasRun(context.paths, id)) return id;
  const { requireTask } = await context.services.store();
  const task = await requireTask(await context.session(), id);
  const newest = task.runIds.at(-1);
  if (newest) return newest;
  throw appError('no-run', `${id} has no run yet.`, { hint: 'Start it with `codex-agent task run`.' });
}
