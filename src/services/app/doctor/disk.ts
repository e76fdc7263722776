/** All that is kept on disk: what it takes, how long it stays, how to get it back, and how to make room. */
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { lazyGit, namesInFolder } from '../../platform/index.js';
import { loadConfig, locateRepository, openRegistry } from '../../store/index.js';
import { worktreeRoot } from '../../worktrees/index.js';
import type { DoctorOptions, KeptPlace } from './types.js';

/** What is kept below one folder, before it is measured. */
interface Place extends Omit<KeptPlace, 'bytes' | 'count'> {
  /** Entries of the folder that belong to it; default: all. */
  only?: (name: string) => boolean;
}

/** Every place in which something is kept, with its size now; those of the repository only inside of one. */
export async function keptOnDisk(options: DoctorOptions): Promise<KeptPlace[]> {
  const { paths, env, cwd } = options;
  const found = cwd ? await locateRepository(cwd, openRegistry(paths).read) : undefined;
  const { config } = await loadConfig({ paths, env, ...(found ? { root: found.root } : {}) });
  const places = [
    ...(found ? ofRepository(worktreeRoot({ root: found.root, config, env }), config.worktree) : []),
    ...ofProgram(paths, config.run),
  ];
  const kept = await Promise.all(places.map(measured));
  return found ? [...kept, await rescueRefs(lazyGit(found, env), found.commonDir)] : kept;
}

type Settings = Awaited<ReturnType<typeof loadConfig>>['config'];

function ofRepository(root: string, { trash_for, trash_size, spare }: Settings['worktree']): Place[] {
  const limits = [trash_for, trash_size && `at most ${trash_size}`].filter(Boolean).join(', ');
  return [
    {
      what: 'worktrees',
      path: root,
      only: (name) => !name.startsWith('.'),
      keptFor: 'until the task has landed, or the worktree is removed',
      restore: 'codex-agent task worktree add <task>',
      free: 'codex-agent task worktree gc',
    },
    {
      what: 'trash',
      path: join(root, '.trash'),
      keptFor: `${limits || 'for good'} (worktree.trash_for, worktree.trash_size); what no ref can hold for good`,
      restore: 'codex-agent rescue list, then codex-agent task worktree restore <task>',
      free: 'codex-agent task worktree gc --trash',
    },
    {
      what: 'spares',
      path: join(root, '.spare'),
      keptFor: `until a task takes it (worktree.spare = ${spare})`,
      restore: 'codex-agent task worktree prepare',
      free: 'codex-agent task worktree prepare --count 0',
    },
    {
      what: 'candidates',
      path: join(root, '.private'),
      keptFor: 'while a check or a resolution works there',
      restore: 'not needed: the next check makes it anew',
      free: 'codex-agent task worktree gc',
    },
  ];
}

function ofProgram(
  { dataDir, stateDir, cacheDir, runsDir }: DoctorOptions['paths'],
  { keep_for, keep_size }: Settings['run'],
): Place[] {
  const limits = [keep_for, keep_size && `at most ${keep_size}`].filter(Boolean).join(', ');
  const damaged = (name: string) => name.startsWith('tasks.json.corrupt-');
  return [
    {
      what: 'runs',
      path: runsDir,
      keptFor: `${limits || 'for good'} after the task is settled (run.keep_for, run.keep_size)`,
      restore: 'codex-agent session list, then session show or session export',
      free: 'codex-agent session gc',
    },
    {
      what: 'registry',
      path: dataDir,
      only: (name) => !damaged(name),
      keptFor: 'for good: tasks.json, the version before, and the journal of the last changes',
      restore: 'by itself, when tasks.json is damaged or gone',
      free: 'codex-agent task remove <task>',
    },
    {
      what: 'damaged registries',
      path: dataDir,
      only: damaged,
      keptFor: 'until you remove them',
      restore: 'read the file, and put its rows into tasks.json by hand',
      free: `rm ${join(dataDir, 'tasks.json.corrupt-*')}`,
    },
    {
      what: 'removed stubs',
      path: join(stateDir, 'removed'),
      keptFor: 'until you remove them',
      restore: 'codex-agent task add --from <file>',
      free: `rm -r ${join(stateDir, 'removed')}`,
    },
    {
      what: 'logs',
      path: join(stateDir, 'log'),
      keptFor: 'the two newest files, 5 MB each',
      restore: 'codex-agent logs',
      free: `rm -r ${join(stateDir, 'log')}`,
    },
    {
      what: 'notes on tasks',
      path: stateDir,
      only: (name) => !['removed', 'log', 'runs'].includes(name),
      keptFor: 'for good: verdicts, resolutions, reviews, what runs used, what is trusted, locks',
      restore: 'codex-agent task show <task>, merge review <task>',
      free: 'nothing of it should be removed while tasks are open',
    },
    {
      what: 'caches',
      path: cacheDir,
      keptFor: 'for good, within limits of their own: predictions, passed checks, remembered resolutions',
      restore: 'not needed: all but remembered resolutions is made anew',
      free: 'codex-agent merge forget <task>, or remove the folder',
    },
  ];
}

async function measured({ only, ...place }: Place): Promise<KeptPlace> {
  const names = (await namesInFolder(place.path)).filter((name) => !only || only(name));
  const sizes = await Promise.all(names.map((name) => sizeOnDisk(join(place.path, name))));
  return { ...place, count: names.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

/** Their objects lie among git's own, so only their number is told. */
async function rescueRefs(git: ReturnType<typeof lazyGit>, commonDir: string): Promise<KeptPlace> {
  const { stdout } = await git.run(['for-each-ref', '--format=%(refname)', 'refs/codex-agents']);
  return {
    what: 'rescue refs',
    path: join(commonDir, 'refs', 'codex-agents'),
    count: stdout.split('\n').filter(Boolean).length,
    keptFor: 'for good: work that no branch holds, and branches that have landed',
    restore: 'codex-agent rescue list, then codex-agent rescue restore <id>',
    free: 'git update-ref -d <ref>, then git gc',
  };
}

/** Blocks on disk, as `du` counts them: shared ones in full. What vanishes meanwhile takes nothing. */
export async function sizeOnDisk(path: string): Promise<number> {
  const found = await lstat(path).catch(() => undefined);
  if (!found) return 0;
  const own = found.blocks * 512;
  if (!found.isDirectory()) return own;
  let sum = own;
  for (const name of await namesInFolder(path)) sum += await sizeOnDisk(join(path, name));
  return sum;
}
