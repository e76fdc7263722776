/** The quick answer to "is there anything in this worktree?": three lists side by side, each cheaper than a status. */
import { availableParallelism } from 'node:os';
import type { RepoSession } from '../../store/index.js';

/**
 * True when every tracked file is as HEAD has it and nothing is untracked, nested repositories included. False means
 * only that a closer look is needed: a file that was merely touched counts as changed here.
 */
export async function isPristine({ git }: Pick<RepoSession, 'git'>, worktree: string): Promise<boolean> {
  const ok = [0, 1];
  const [untracked, edited, staged] = await Promise.all([
    git.run(['ls-files', '-z', '-o', '--exclude-standard', '--directory'], { worktree }),
    git.run([...ownThreads(), 'diff-files', '--quiet'], { worktree, ok }),
    git.run(['diff-index', '--cached', '--quiet', 'HEAD'], { worktree, ok }),
  ]);
  return staged.code === 0 && edited.code === 0 && untracked.stdout === '';
}

/** git looks at files in up to twenty threads; where cores are few, those only get in the way of the other list. */
const ownThreads = (): string[] => (availableParallelism() > 2 ? [] : ['-c', 'core.preloadIndex=false']);
