/**
 * git reads a file anew at every look when it was written in the same second as the index (its documentation calls
 * that racily clean). In a worktree just filled that is most files. A look then costs twice as much, until a git
 * command writes the index. That may take hours, since our own looks write nothing.
 */
import { join } from 'node:path';
import { indexEntries, startDetached } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';

type Needs = Pick<RepoSession, 'git'>;

/** With fewer files a look is quick in any case. */
const manyFiles = 2_000;

/**
 * Works on a copy, so that an agent that begins meanwhile finds no lock for longer than a rename takes, and gives up
 * where the index has changed since. `ln` fails where the lock is held, as git's own way of taking it does. The copy
 * is in the common directory: a removal that comes meanwhile finds nothing unexpected in the worktree's record. What
 * a machine that went down has left of such copies is swept.
 */
const script = `
index=$1 copy=$2/codex-agents-index.$$ was=$2/codex-agents-index.$$.was
trap 'rm -f "$copy" "$was"' EXIT
find "$2" -maxdepth 1 -name 'codex-agents-index.*' -mmin +10 -exec rm -f {} +
sleep 1
cp "$index" "$copy" && cp "$copy" "$was" || exit
GIT_INDEX_FILE=$copy git update-index -q --refresh
ln "$copy" "$index.lock" || exit
if cmp -s "$index" "$was"; then mv -f "$index.lock" "$index"; else rm -f "$index.lock"; fi`;

/**
 * Has the index of a new worktree written once more after its own second has passed, by a process that outlives
 * this one. Worktrees with fewer than `atLeast` entries are left alone.
 */
export async function refreshIndexLater(
  { git }: Needs,
  worktree: string,
  atLeast = manyFiles,
): Promise<void> {
  const index = join(await git.gitDir(worktree), 'index');
  if ((await indexEntries(index)) < atLeast) return;
  const env = await git.environment(worktree);
  startDetached(['nice', '-n', '19', 'sh', '-c', script, 'sh', index, git.commonDir], { cwd: '/', env });
}
