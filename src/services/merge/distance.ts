/** How far branches are from the target, counted in commits. */
import type { Git } from '../types.js';

/** Commits that only the branch has, and that only the target has. */
export interface Distance {
  ahead: number;
  behind: number;
}

const atOnce = 2;

/** The distance of each of these commits; what git cannot tell (unrelated histories are told) is left out. */
export async function distances(
  git: Git,
  target: string,
  commits: readonly string[],
): Promise<Map<string, Distance>> {
  const found = new Map<string, Distance>();
  const left = new Set(commits).values();
  const work = async () => {
    for (const commit of left) {
      const args = ['rev-list', '--left-right', '--count', `${target}...${commit}`];
      const { code, stdout } = await git.run(args, { ok: [0, 128] });
      const [behind, ahead] = stdout.trim().split('\t').map(Number);
      if (code === 0) found.set(commit, { ahead: ahead!, behind: behind! });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return found;
}
