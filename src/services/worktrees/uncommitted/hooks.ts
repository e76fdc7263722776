/**
 * The repository's pre-commit and commit-msg hooks, for commits of ours. A hook is a program that an agent can write, so
 * it runs only when the person's own configuration names its very bytes (`git.hooks`); else it is said that it does not.
 */
import { createHash } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseDuration } from '../../../domain/platform/units.js';
import { type Git, readPlainSync, runProcess, writeTo } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { toolEnvironment } from '../filling/setup.js';

const names = ['pre-commit', 'commit-msg'] as const;

export interface CommitHook {
  name: (typeof names)[number];
  path: string;
  /** SHA-256 of its bytes. */
  hash: string;
}

/** Hooks that git would run for a commit in this worktree. */
export const commitHooks = (git: Git, worktree: string): Promise<CommitHook[]> =>
  hooksOf(git, worktree, names);

/** Paths of hooks that git would run for a person's merge or message, and that nothing runs for us. */
export async function neverRunHooks(git: Git, worktree: string): Promise<string[]> {
  const found = await hooksOf(git, worktree, ['pre-merge-commit', 'prepare-commit-msg']);
  return found.map(({ path }) => path);
}

async function hooksOf<Name extends string>(git: Git, worktree: string, wanted: readonly Name[]) {
  const set = (await git.settings()).findLast(({ key }) => key === 'core.hookspath')?.value;
  const folder = set ? resolve(worktree, set.replace(/^~(?=\/)/, homedir())) : join(git.commonDir, 'hooks');
  return wanted.flatMap((name) => {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return [{ name, path, hash: createHash('sha256').update(readPlainSync(path)).digest('hex') }];
    } catch {
      return [];
    }
  });
}

/** Those that do not run, and the command that has them run. */
function skippedHooks(
  { config }: Pick<RepoSession, 'config'>,
  hooks: readonly CommitHook[],
): { hooks: CommitHook[]; command: string } {
  const skipped = hooks.filter(({ hash }) => !config.git.hooks.includes(hash));
  const hashes = [...new Set([...config.git.hooks, ...skipped.map(({ hash }) => hash)])];
  const command = `codex-agent config set --user git.hooks '${JSON.stringify(hashes)}'`;
  return { hooks: skipped, command };
}

/** "pre-commit and commit-msg do not run …", for a person; undefined when nothing is left out. */
export function skippedHooksText(
  session: Pick<RepoSession, 'config'>,
  hooks: readonly CommitHook[],
): string | undefined {
  const skipped = skippedHooks(session, hooks);
  if (skipped.hooks.length === 0) return undefined;
  const which = skipped.hooks.map(({ name }) => name).join(' and ');
  return `the hook ${which} of the repository does not run for commits of ours; read ${skipped.hooks[0]!.path}, then have it run: ${skipped.command}`;
}

/**
 * Runs the named hooks as git would: the first over the index, which it may change, the second over the message.
 * @returns the message, or why there may be no commit
 */
export async function runCommitHooks(
  session: Pick<RepoSession, 'git' | 'env' | 'config' | 'signal'>,
  worktree: string,
  hooks: readonly CommitHook[],
  indexFile: string,
  message: string,
): Promise<{ message: string } | { problem: string }> {
  let text = message;
  for (const hook of hooks.filter(({ hash }) => session.config.git.hooks.includes(hash))) {
    const file = `${indexFile}.message`;
    if (hook.name === 'commit-msg') await writeTo(file, `${text}\n`);
    const argv = hook.name === 'commit-msg' ? [hook.path, file] : [hook.path];
    const result = await runProcess(argv, {
      cwd: worktree,
      env: { ...toolEnvironment(session.env), GIT_INDEX_FILE: indexFile, GIT_EDITOR: ':' },
      timeoutMs: parseDuration(session.config.worktree.setup_timeout),
      signal: session.signal,
    });
    if (result.code !== 0 || result.timedOut) {
      const said = `${result.stdout}\n${result.stderr}`.trim().split('\n').slice(-5).join('; ');
      const how = result.timedOut ? 'took too long' : `ended with exit code ${result.code}`;
      return { problem: `the hook ${hook.name} ${how}${said ? `: ${said}` : ''}` };
    }
    if (hook.name === 'commit-msg') text = (await readFile(file, 'utf8')).trim();
  }
  return { message: text };
}
