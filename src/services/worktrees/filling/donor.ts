/** In what the main worktree, which ignored files are taken from, differs from the commit a worktree is made of. */
import { basename } from 'node:path';
import type { RepoSession } from '../../store/index.js';

export interface DonorDifference {
  /** Lock files of package managers that differ: dependencies that are copied may be the wrong ones. */
  lockFiles: string[];
  /** The ignore rules may differ, so that an entry ignored here may not be ignored there. */
  rules: boolean;
  /** Whether the commit tracks a file at, below or above this path which the donor does not have as such. */
  touches(path: string): boolean;
}

/** Files by which package managers pin what they install. */
export const lockFileNames: ReadonlySet<string> = new Set([
  ...['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock', 'bun.lockb'],
  ...['Cargo.lock', 'go.sum', 'uv.lock', 'poetry.lock', 'pdm.lock', 'Pipfile.lock', 'requirements.txt'],
  ...['Gemfile.lock', 'composer.lock', 'mix.lock', 'pubspec.lock', 'Podfile.lock', 'Package.resolved'],
]);

/** Compares the donor's files, edits that are not committed included, with a commit. */
export async function donorDifference(
  session: Pick<RepoSession, 'git'>,
  commit: string,
): Promise<DonorDifference> {
  const args = ['diff', '--name-only', '-z', '--no-renames', commit, '--'];
  const paths = (await session.git.run(args)).stdout.split('\0').filter(Boolean);
  return differenceOf(paths);
}

/** What it means that exactly these paths differ. */
export function differenceOf(paths: readonly string[]): DonorDifference {
  return {
    lockFiles: paths.filter((path) => lockFileNames.has(basename(path))),
    rules: paths.some((path) => basename(path) === '.gitignore'),
    touches: (entry) =>
      paths.some((path) => path === entry || path.startsWith(`${entry}/`) || entry.startsWith(`${path}/`)),
  };
}
