/** The door to git: every call of the program goes through `openGit(...).run`, or through porcelain.ts. */
import { setTimeout as sleep } from 'node:timers/promises';
import { appError, hasCode } from '../../../domain/platform/errors.js';
import { type ProcessResult, runProcess } from '../processes/process.js';
import { runReader } from '../processes/reads.js';
import type { Git, GitOptions } from '../types.js';
import { objectIdIn } from './answers.js';
import { baseEnvironment, type Hardened, hardenedEnvironment } from './environment.js';
import type { FoundRepository } from './find.js';
import { dropLocksOfKilled, isRepeatable, onlyReads, wasKilled } from './killed.js';
import { gitDirOf, type Place, placeOf } from './place.js';
import { treeReader } from './trees.js';
import { gitWords, hintFor } from './words.js';

export { findRepository } from './find.js';

/** Oldest git whose merge-tree can do a batch. */
const floor = [2, 39] as const;
const defaultTimeoutMs = 10 * 60_000;
const maxOutput = 128 * 1024 * 1024;
const triesOnContention = 6;
const triesWhenKilled = 3;

/** Carried by errors with code `git-failed`. */
export interface GitFailure {
  args: readonly string[];
  exitCode: number;
  stderr: string;
  /** It was killed from outside. */
  killed?: true;
}

/** Opens a repository. Throws `git-too-old`, `program-not-found`, and `git-failed` when git refuses its owner. */
export async function openGit(repository: FoundRepository & { env: NodeJS.ProcessEnv }): Promise<Git> {
  const { root, env } = repository;
  // The configuration is wanted by every call to come, so it is read meanwhile; what is wrong with it is told then.
  const early = placeOf(repository)
    .then((place) => hardenedAt(place, env))
    .catch(() => undefined);
  const [version] = await Promise.all([requireVersion(root, env), requireOwner(root, env), early]);
  return gitAt(repository, version);
}

/**
 * Git for a repository inside one that was opened, such as a submodule: the same hardening, with its git directory
 * pinned to the one given. Nothing is checked and no process is started.
 */
export function gitAt(repository: FoundRepository & { env: NodeJS.ProcessEnv }, version: string): Git {
  const { root, commonDir, env } = repository;
  const run: Git['run'] = async (args, options = {}) => {
    const place = await placeOf(repository, options.worktree);
    const hardened = await hardenedAt(place, env);
    return runGit(args, options, place, { ...hardened.env, ...options.env });
  };
  return {
    root,
    commonDir,
    gitDir: (worktree) => gitDirOf(repository, worktree),
    version: async () => version,
    run,
    environment: async (worktree) => (await hardenedAt(await placeOf(repository, worktree), env)).env,
    settings: async () => (await hardenedAt(await placeOf(repository), env)).entries,
    commitOf: async (revision) => {
      const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`];
      const { code, stdout } = await run(args, { ok: [0, 1] });
      return code === 0 ? objectIdIn(stdout, 'rev-parse') : undefined;
    },
    ...treeReader(run),
    moveRef: async (ref, next, old, why) => {
      const to = objectIdIn(next, `update-ref ${ref}`);
      await updateRef(run, { ref, old, to }, ['--create-reflog', '-m', why, ref, to, old]);
    },
    dropRef: (ref, old, why) => updateRef(run, { ref, old }, ['-m', why, '-d', ref, old]),
  };
}

function hardenedAt(place: Place, env: NodeJS.ProcessEnv): Promise<Hardened> {
  return hardenedEnvironment(place, env).catch((cause: unknown) => {
    throw hasCode(cause, 'program-not-found')
      ? cause
      : appError('git-failed', `git cannot read the configuration of ${place.gitDir}.`, { cause });
  });
}

async function runGit(
  args: readonly string[],
  options: GitOptions,
  place: Place,
  env: NodeJS.ProcessEnv,
): Promise<ProcessResult> {
  const argv = ['git', ...withSafeFlags(args)];
  const cwd = options.cwd ?? place.workTree;
  for (let tries = 1, kills = 0; ; tries++) {
    const given = { ...processOptions(options), cwd, env };
    const result = await (onlyReads(args) ? runReader(argv, given) : runProcess(argv, given));
    if (wasKilled(result)) {
      await dropLocksOfKilled(place, result, options.env);
      if (++kills < triesWhenKilled && isRepeatable(args, options)) continue;
    }
    if (result.timedOut) throw gitFailed(args, result, 'took too long and was ended');
    if (result.truncated) throw gitFailed(args, result, 'wrote more than can be read');
    if ((options.ok ?? [0]).includes(result.code)) return result;
    if (tries >= triesOnContention || !isContention(args, result)) throw gitFailed(args, result);
    await sleep(20 * 2 ** tries * (0.5 + Math.random()));
  }
}

const processOptions = ({
  timeoutMs = defaultTimeoutMs,
  ok = [0],
  bytes,
  input,
  signal,
  onOutput,
}: GitOptions) => ({
  timeoutMs,
  maxBytes: maxOutput,
  ok,
  ...(bytes ? { encoding: 'latin1' as const } : {}),
  ...(input === undefined ? {} : { input: bytes ? Buffer.from(input as string, 'latin1') : input }),
  ...(signal ? { signal } : {}),
  ...(onOutput ? { onOutput } : {}),
});

const quiet = ['--no-ext-diff', '--no-textconv'];
/** Of a nested repository only its commit is compared; its own files, and so its own configuration, stay unread. */
const shallow = '--ignore-submodules=dirty';
const safeFlags: Record<string, readonly string[]> = {
  blame: quiet,
  diff: [...quiet, '--submodule=short', shallow],
  'diff-files': [...quiet, '--submodule=short', shallow],
  'diff-index': [...quiet, '--submodule=short', shallow],
  'diff-tree': [...quiet, '--submodule=short'],
  'format-patch': [...quiet, '--submodule=short'],
  log: [...quiet, '--submodule=short'],
  show: [...quiet, '--submodule=short'],
  status: [shallow],
};

/** What configuration cannot switch off, flags must: external diffs, and looking into nested repositories. */
function withSafeFlags(args: readonly string[]): string[] {
  let at = 0;
  while (args[at] === '-c') at += 2;
  return [...args.slice(0, at + 1), ...(safeFlags[args[at] ?? ''] ?? []), ...args.slice(at + 1)];
}

/** True when another git held a lock and this one gave up before it changed anything. */
function isContention(args: readonly string[], result: ProcessResult): boolean {
  if (args.includes('rebase') || (args.includes('merge') && !args.includes('--ff-only'))) return false;
  return /Unable to create '.*\.lock': File exists|failed to read .*commondir: Success/.test(result.stderr);
}

function gitFailed(args: readonly string[], result: ProcessResult, what?: string) {
  const stderr = result.stderr.slice(-4000);
  const said = gitWords(stderr);
  const hint = hintFor(stderr);
  const command = args.find((arg, at) => arg !== '-c' && args[at - 1] !== '-c') ?? '';
  const killed = wasKilled(result);
  const failure: GitFailure = { args, exitCode: result.code, stderr, ...(killed && { killed }) };
  const ended = killed ? 'was killed from outside' : `failed (exit ${result.code})`;
  return Object.assign(
    appError('git-failed', `git ${command} ${what ?? ended}${said ? `: ${said}` : ''}`, hint ? { hint } : {}),
    failure,
  );
}

/** A move of a ref by compare-and-swap; without `to` the ref goes. */
interface RefMove {
  ref: string;
  old: string;
  to?: string;
}

async function updateRef(
  run: Git['run'],
  { ref, old, to }: RefMove,
  args: readonly string[],
  tries = 1,
): Promise<void> {
  try {
    await run(['update-ref', '--no-deref', ...args]);
  } catch (error) {
    const { stderr, killed } = error as GitFailure;
    if (killed && tries < triesWhenKilled) {
      // Killed after it had moved the ref, a second one would find the ref where it does not expect it.
      const { stdout } = await run(['rev-parse', '--verify', '--quiet', '--end-of-options', ref], {
        ok: [0, 1],
      });
      if (stdout.trim() === (to ?? '')) return;
      return updateRef(run, { ref, old, ...(to && { to }) }, args, tries + 1);
    }
    if (/but expected|reference already exists|unable to resolve reference/.test(stderr ?? '')) {
      throw appError(
        'ref-moved',
        `${ref} is not at ${old || 'its beginning (it exists already)'} any more.`,
        {
          cause: error,
        },
      );
    }
    throw error;
  }
}

async function requireVersion(root: string, env: NodeJS.ProcessEnv): Promise<string> {
  const { stdout } = await runProcess(['git', '--version'], { cwd: root, env: baseEnvironment(env) });
  const [, major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(stdout) ?? []).map(Number);
  if (major > floor[0] || (major === floor[0] && minor >= floor[1])) return stdout.trim();
  throw appError('git-too-old', `This needs git ${floor.join('.')} or newer; found: ${stdout.trim()}.`, {
    hint: 'Install a newer git and put it first on PATH.',
  });
}

/** Pinned directories skip git's check of who owns a repository, so it is asked for once, unpinned. */
async function requireOwner(root: string, env: NodeJS.ProcessEnv): Promise<void> {
  const args = ['rev-parse', '--git-dir'];
  const result = await runProcess(['git', ...args], { cwd: root, env: baseEnvironment(env) });
  if (result.code !== 0) throw gitFailed(args, result);
}
