/** What an agent in a box left in its own stash, which no one else sees. */
import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseReflog } from '../../../domain/worktrees/guard.js';
import type { Paths } from '../../platform/index.js';
import { runFolder } from '../../worktrees/index.js';
import { ownLogs, ownRefs } from './git-places.js';

/** A reflog of stashes is longer in no one's everyday. */
const mostBytes = 1_000_000;

/** Ids of its stashes, oldest first, as the agent's files tell: whether they are commits is for git to say. */
export function stashesOf(paths: Pick<Paths, 'runsDir'>, runId: string): string[] {
  const folder = runFolder(paths, runId);
  const tip = smallFile(join(folder, ownRefs, 'stash')).trim();
  const logged = parseReflog(smallFile(join(folder, ownLogs, 'stash'))).map(({ after }) => after);
  const ids = [...logged, tip].filter((id) => /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(id));
  return [...new Set(ids)];
}

/** Its text; none where the agent put something else there. */
function smallFile(path: string): string {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isFile() && found.size <= mostBytes ? readFileSync(path, 'utf8') : '';
}
