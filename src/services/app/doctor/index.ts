/** What is missing, stale or wrong on this machine and in our own state; mends only what belongs to no person and no live process. */
import { toAppError } from '../../../domain/platform/errors.js';
import { checkCommits } from './commits.js';
import { checkGitLocks } from './git-locks.js';
import { checkMainJob } from './main-job.js';
import { checkIdentity, checkPrograms } from './programs.js';
import { checkReflinks, checkRepositoryConfig, checkUserConfig } from './repository.js';
import { checkRoom } from './room.js';
import { checkRunners } from './runners.js';
import { checkConfinement, checkRuns } from './safety.js';
import { checkLocks, checkPermissions, checkRegistry, checkTempFiles } from './state.js';
import type { DoctorItem, DoctorOptions, DoctorReport } from './types.js';

/** Looks at everything once, each check for itself; a check that breaks is an item that fails. Never throws. */
export async function diagnose(options: DoctorOptions): Promise<DoctorReport> {
  const checks: [string, () => Promise<DoctorItem[]>][] = [
    ['programs', () => checkPrograms(options.env)],
    ['identity', () => checkIdentity(options.env, options.root ?? options.cwd ?? '/')],
    // Before all that reads it, so that what is wrong with it is told as that.
    ['config', () => checkUserConfig(options)],
    ['runners', () => checkRunners(options)],
    ['repository', () => checkRepositoryConfig(options)],
    ['main job', () => checkMainJob(options)],
    ['commits', () => checkCommits(options)],
    ['confinement', () => checkConfinement(options)],
    ['reflinks', () => checkReflinks(options)],
    ['room', () => checkRoom(options)],
    ['registry', () => checkRegistry(options.paths)],
    ['locks', () => checkLocks(options.paths)],
    ['git locks', () => checkGitLocks(options)],
    ['temporary files', () => checkTempFiles(options.paths, options.fix === true)],
    ['runs', () => checkRuns(options)],
    ['permissions', () => checkPermissions(options.paths)],
    ['terminal', () => Promise.resolve([checkTerminal(options.env)])],
  ];
  const items: DoctorItem[] = [];
  /** Checks that ended by what another one has told already. */
  const unlooked: string[] = [];
  for (const [name, check] of checks) {
    try {
      items.push(...(await check()));
    } catch (error) {
      const { message, hint } = toAppError(error);
      const isTold = ({ name: by, detail }: DoctorItem) => by === 'config' && detail.includes(message);
      if (items.some(isTold)) {
        unlooked.push(name);
        continue;
      }
      items.push({ name, status: 'fail', detail: message, ...(hint ? { hint } : {}) });
    }
  }
  if (unlooked.length > 0) {
    const detail = `${unlooked.join(', ')}: what failed above keeps them from being looked at`;
    items.push({ name: 'not looked at', status: 'warn', detail });
  }
  const worst = items.find(({ status }) => status === 'fail');
  return { items, ...(worst ? { first: worst } : {}) };
}

function checkTerminal(env: NodeJS.ProcessEnv): DoctorItem {
  const name = 'terminal';
  if (!process.stdout.isTTY) return { name, status: 'ok', detail: 'no terminal: headless' };
  const utf8 = /utf-?8/i.test(env.LC_ALL || env.LC_CTYPE || env.LANG || '');
  if (!env.TERM || env.TERM === 'dumb') {
    return {
      name,
      status: 'warn',
      detail: `TERM is ${env.TERM || 'empty'}`,
      hint: 'The dashboard says lines here; for panes, set TERM to what your terminal is.',
    };
  }
  const detail = `${env.TERM}, ${process.stdout.columns}x${process.stdout.rows}${utf8 ? ', UTF-8' : ''}`;
  return utf8
    ? { name, status: 'ok', detail }
    : { name, status: 'warn', detail: `${detail}, no UTF-8 locale`, hint: 'Set LANG to a UTF-8 locale.' };
}
