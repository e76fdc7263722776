/** Runs whose end cannot be written down since their disk is full: the supervisor waits there for room. */
import type { RunView } from '../../../domain/agents/run.js';
import { roomAt } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';

/**
 * Tells once of each run that has no agent, and no room to say so. The run goes on by itself once there is some.
 * @param told ids of the runs that were told of; those that wait no more are taken out
 */
export async function tellNoRoom(session: RepoSession, told: Set<string>, view: RunView): Promise<void> {
  const { runsDir } = session.paths;
  const waits = (view.phase === 'starting' || view.phase === 'finishing') && (await isFull(runsDir));
  if (!waits) {
    told.delete(view.runId);
    return;
  }
  if (told.has(view.runId)) return;
  told.add(view.runId);
  session.emit({
    type: 'noted',
    level: 'warning',
    message: `${view.task} waits: the disk is full at ${runsDir}, and what became of its run cannot be written. It goes on by itself once there is room: \`codex-agent task worktree gc\` removes worktrees that are not needed.`,
  });
}

/** Whether a disk takes no further block or no further file; what does not tell is not full. */
async function isFull(folder: string): Promise<boolean> {
  const room = await roomAt(folder);
  return room !== undefined && (room.bytes === 0 || room.files === 0);
}
