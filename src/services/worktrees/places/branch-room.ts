/** Git keeps branches as files in folders: `a` and `a/b` cannot both be. */
import type { Git } from '../../platform/index.js';

/** Names of the folders that a branch lies in. */
export const foldersOf = (branch: string): string[] => {
  const parts = branch.split('/');
  return parts.slice(1).map((_, at) => parts.slice(0, at + 1).join('/'));
};

/** A branch beside which git cannot make this one. */
export async function branchInTheWay(git: Git, branch: string): Promise<string | undefined> {
  const above = foldersOf(branch);
  const pattern = `refs/heads/${branch.split('/')[0]}`;
  const { stdout } = await git.run(['for-each-ref', '--format=%(refname:lstrip=2)', pattern]);
  const names = stdout.split('\n').filter(Boolean);
  return names.find((name) => above.includes(name) || name.startsWith(`${branch}/`));
}
