/** Folders of our own for a moment, and an index in one: the worktree's is not touched. */
import { statSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identityOf } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';

type Needs = Pick<RepoSession, 'env'>;

const longMs = 60 * 60_000;

const parentOf = ({ env }: Needs) => env.TMPDIR ?? tmpdir();

/** Runs `use` with an empty folder. Its name tells the process, so that what a killed one left can be swept. */
export async function withScratch<T>(session: Needs, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(parentOf(session), `codex-agents-scratch-${process.pid}-`));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs `use` with the path of an index file of its own, which does not exist yet. */
export function withIndex<T>(session: Needs, use: (indexFile: string) => Promise<T>): Promise<T> {
  return withScratch(session, (folder) => use(join(folder, 'index')));
}

/** Removes the folders of processes that are gone. Returns their paths. */
export async function sweepScratch(session: Needs): Promise<string[]> {
  const parent = parentOf(session);
  const names = await readdir(parent).catch((): string[] => []);
  const left = names.filter((name) => {
    const pid = /^codex-agents-scratch-(\d+)-\w{6}$/.exec(name)?.[1];
    if (pid === undefined || identityOf(Number(pid))) return false;
    // A process in a container that shares the folder cannot be seen; none needs its folder for longer than this.
    const found = statSync(join(parent, name), { throwIfNoEntry: false });
    return found !== undefined && Date.now() - found.mtimeMs > longMs;
  });
  // Another user's may not be removed, and is not ours to tell of.
  const removed = await Promise.all(
    left.map((name) =>
      rm(join(parent, name), { recursive: true }).then(
        () => [join(parent, name)],
        () => [],
      ),
    ),
  );
  return removed.flat();
}
