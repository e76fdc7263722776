/** Reads that simple-git parses for us. The only file that imports it. */
import type { SimpleGit } from 'simple-git';
import { appError, messageOf } from '../../../domain/platform/errors.js';
import { told } from '../processes/calls.js';
import { unclear } from './answers.js';
import { hardenedEnvironment } from './environment.js';
import type { FoundRepository } from './find.js';
import { wholeStat } from './index-file.js';
import { placeOf } from './place.js';
import { gitWords, hintFor } from './words.js';

export interface ChangedFile {
  path: string;
  /** Its name before, when it was renamed. */
  from?: string;
  /** Letters of `git status`: index, then worktree; "?" untracked. */
  index: string;
  worktree: string;
}

type Repository = FoundRepository & { env: NodeJS.ProcessEnv };

/**
 * Changed and untracked files of a worktree, of nested repositories only their commit.
 * Throws `git-failed`, and `git-unclear` when the answer does not say what is checked out, as git always does.
 */
export async function changedFiles(repository: Repository, worktree?: string): Promise<ChangedFile[]> {
  const git = await openPorcelain(repository, worktree);
  const args = ['--untracked-files=all', '--ignore-submodules=dirty'];
  const { files, current } = await told(
    { kind: 'git', words: ['git', 'status', ...args], cwd: worktree ?? repository.root },
    () => git.status(args).catch((cause: unknown) => Promise.reject(statusFailed(cause))),
  );
  if (current === null) throw unclear('status', 'it does not say what is checked out');
  return files.map((file) => ({
    path: file.path,
    ...(file.from ? { from: file.from } : {}),
    index: file.index,
    worktree: file.working_dir,
  }));
}

/** simple-git's own error holds what git said, and nothing by which a caller could tell it. */
function statusFailed(cause: unknown) {
  const said = messageOf(cause).trim();
  const hint = hintFor(said);
  return appError('git-failed', `git status failed: ${gitWords(said).split('; ')[0]}`, {
    cause,
    ...(hint ? { hint } : {}),
  });
}

/**
 * simple-git refuses exactly the settings that make a call safe, and every variable whose name starts with GIT_,
 * until each is named: so they are.
 */
async function openPorcelain(repository: Repository, worktree?: string): Promise<SimpleGit> {
  const place = await placeOf(repository, worktree);
  const [{ simpleGit }, { env }] = await Promise.all([
    import('simple-git'),
    hardenedEnvironment(place, repository.env),
  ]);
  return simpleGit({
    baseDir: place.workTree,
    config: wholeStat.filter((word) => word !== '-c'),
    allowEnvironment: Object.keys(env),
    // By default it takes what has come 50 ms after git ended for all there is.
    completion: { onClose: true, onExit: false },
    timeout: { block: 120_000 },
    unsafe: {
      allowUnsafeAskPass: true,
      allowUnsafeConfigEnvCount: true,
      allowUnsafeConfigPaths: true,
      allowUnsafeEditor: true,
      allowUnsafeFilter: true,
      allowUnsafeFsMonitor: true,
      allowUnsafeGpgProgram: true,
      allowUnsafeHooksPath: true,
      allowUnsafeMergeDriver: true,
      allowUnsafePager: true,
      allowUnsafeProtocolOverride: true,
      allowUnsafeSshCommand: true,
    },
  }).env(env);
}
