/** Fills a linked worktree so that it is ready to build in: tracked files from git, ignored ones from the main worktree. */
import { chmod, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { insideOnly, printedId, readPlain, together, writeTo } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { type Ground, groundBetween } from '../places/ground.js';
import { copyEntries, findCopier } from './copy.js';
import { requireRoom } from './disk.js';
import { donorDifference } from './donor.js';
import type { Filling, Hydration } from './hydration.js';
import { type Entry, envFilesOf, selectIgnored } from './ignored.js';
import { installDependencies, installsFor } from './install.js';
import { keepLinksInside, linksIn } from './links.js';
import { countFiles, type FoundFiles, totalOf } from './measure.js';
import { createMeter } from './meter.js';
import { inHydrationQueue } from './queue.js';
import { refreshIndexLater } from './refresh-index.js';
import { runSetup, type SetupPlace, toolEnvironment } from './setup.js';
import { snapshot } from './snapshot.js';
import { fillSubmodules } from './submodules.js';
import { stillIgnored, undoStrays, writeTracked } from './tracked.js';
import { settleUnfiltered } from './unfiltered.js';

/**
 * Writes HEAD's files and copies what `selectIgnored` allows. The worktree is as clean as git can see afterwards.
 * Waits its turn among all hydrations. Throws `disk-low`, `copy-failed`,
 * `git-failed`, `interrupted`.
 */
export function hydrate(session: RepoSession, path: string): Promise<Filling> {
  return inHydrationQueue(session, `hydrate ${path}`, async () => {
    await requireRoom(session);
    session.progress?.stage({ kind: 'fill', percent: 0 });
    const filling = await fill(session, path);
    filling.selection.skipped.push(...(await fillSubmodules(session, path)));
    await refreshIndexLater(session, path);
    return filling;
  });
}

/**
 * Gives a filled worktree what belongs to it alone: secrets that were named, dependencies of another lock file, and
 * what the set-up commands make. Safe to repeat. Throws `setup-failed`, `interrupted`.
 */
export async function equip(
  session: RepoSession,
  place: SetupPlace,
  lockFiles: readonly string[],
): Promise<Pick<Hydration, 'skipped' | 'warnings'>> {
  const skipped = await copyEnvFiles(session, place.path);
  const warnings = await installDependencies(session, place.path, lockFiles);
  warnings.push(...(await settleUnfiltered(session, place.path)));
  await runSetup(session, place);
  return { skipped, warnings };
}

async function fill(session: RepoSession, path: string): Promise<Filling> {
  const ground = groundBetween(session.root, path, join(session.git.commonDir, 'HEAD'));
  const filling = await snapshot(session, path, ground);
  if (filling) return filling;
  const commit = await printedId(session.git, ['rev-parse', '--verify', 'HEAD'], { worktree: path });
  return hybrid(session, path, commit, ground);
}

/** git writes the tracked files while ignored ones are copied: edits in the donor never leak, and both disks work. */
async function hybrid(session: RepoSession, path: string, commit: string, ground: Ground): Promise<Filling> {
  const env = toolEnvironment(session.env);
  const [difference, selection, copier] = await Promise.all([
    donorDifference(session, commit),
    selectIgnored(session, ground.reflink),
    findCopier(env),
  ]);
  const installed = installsFor(session, difference.lockFiles);
  let writtenTracked: Promise<void> | undefined;
  /** Where the commit may see an entry differently than the donor does, its own files come first and decide. */
  const allowed = async (entries: readonly Entry[]) => {
    const wanted = entries.filter((entry) => !installed.some((one) => one.replaces(entry.path)));
    if (!difference.rules && !wanted.some(({ path: one }) => difference.touches(one))) return wanted;
    await writtenTracked;
    return stillIgnored(session, path, wanted);
  };
  const meter = session.progress && createMeter(session.progress);
  const came: { entries: readonly Entry[]; found: Promise<FoundFiles | undefined> }[] = [];
  const chosen = async function* () {
    for (const group of [selection.dependencies, selection.others]) {
      const entries = await allowed(await group);
      came.push({ entries, found: countFiles(session.root, entries, env) });
      yield* entries;
    }
  };
  // Two copies at once are slower on btrfs.
  const workers = ground.fileSystem === 'btrfs' ? 1 : 2;
  await together<[unknown, unknown]>(
    session.signal,
    (signal) => {
      writtenTracked = writeTracked(session, path, ground, signal, meter);
      return writtenTracked;
    },
    async (signal) => {
      const from = session.root;
      const failed = await copyEntries(chosen(), {
        ...{ from, to: path, copier, workers, env, signal },
        ...(meter ? { meter } : {}),
      });
      selection.skipped.push(...failed);
    },
  );
  await undoStrays(session, path);
  const found = await Promise.all(came.map((one) => one.found));
  const links = came.map(async ({ entries }, n) => found[n]?.links ?? (await linksIn(path, entries)));
  selection.skipped.push(...keepLinksInside(session, path, (await Promise.all(links)).flat()));
  const carried = totalOf(found);
  const method = carried?.files === 0 ? 'checkout' : ground.reflink ? 'reflink' : 'copy';
  return { method, ...(carried ? { carried } : {}), selection, lockFiles: difference.lockFiles };
}

const linkedOut = 'a link that leads out of the repository; worktree.env_files may name it';

/**
 * Files with secrets come only by name, readable by their owner alone, and only where git will not commit them.
 * Returns those that could not come, and why.
 */
async function copyEnvFiles(session: RepoSession, path: string): Promise<string[]> {
  const skipped: string[] = [];
  for (const file of await envFilesOf(session)) {
    const { code } = await session.git.run(['check-ignore', '-q', '--', file], {
      worktree: path,
      ok: [0, 1],
    });
    if (code !== 0) {
      skipped.push(`${file} (not ignored by git, so it would be committed)`);
      continue;
    }
    try {
      // A person trusts the configuration, and so a link that it names; .worktreeinclude came with the repository.
      if (!session.config.worktree.env_files.includes(file)) await insideOnly(session.root, file);
      const bytes = await readPlain(join(session.root, file));
      await mkdir(dirname(join(path, file)), { recursive: true });
      await writeTo(join(path, file), bytes, { mode: 0o600 });
      await chmod(join(path, file), 0o600);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'cannot be copied';
      skipped.push(`${file} (${code === 'outside-repository' ? linkedOut : code})`);
    }
  }
  return skipped;
}
