/** Fills a linked worktree so that it is ready to build in: tracked files from git, ignored ones from the main worktree. */
import { constants, copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { chmod, copyFile, cp, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { appError } from '../../domain/errors.js';
import { parseDuration } from '../../domain/units.js';
import { runProcess } from '../process.js';
import type { RepoSession } from '../types.js';
import { ignoredEntries } from './ignored.js';

export interface Hydration {
  method: 'reflink' | 'copy' | 'checkout';
  /** Files copied beside the tracked ones. */
  files: number;
  /** Apparent bytes of those; undefined when that could not be told. */
  bytes?: number;
  seconds: number;
  /** What was left out, and why. */
  skipped: string[];
}

/** Entries in one call of `cp`; far below the limit on the length of an argument list. */
const entriesPerCall = 200;

/**
 * Writes HEAD's files, copies what `ignoredEntries` allows, and runs the set-up commands of a trusted configuration.
 * The worktree is as clean as git can see afterwards. Throws `setup-failed`.
 */
export async function hydrate(session: RepoSession, path: string): Promise<Hydration> {
  const started = performance.now();
  const { git, signal } = session;
  await git.run(['read-tree', '-m', '-u', 'HEAD'], { worktree: path, signal });
  const found = await ignoredEntries(session);
  const entries = await stillIgnored(session, path, found.entries);
  const method = entries.length === 0 ? 'checkout' : probeReflink(session, path);
  const [bytes] = await Promise.all([
    apparentSize(session, entries),
    copyEntries(session, path, entries, found.skipped),
  ]);
  await undoStrays(session, path);
  await copyEnvFiles(session, path, found.skipped);
  await runSetup(session, path);
  return {
    method,
    files: found.files,
    ...(bytes === undefined ? {} : { bytes }),
    seconds: (performance.now() - started) / 1000,
    skipped: found.skipped,
  };
}

/** The new worktree's own rules decide: what it does not ignore would show up as somebody's work. */
async function stillIgnored(
  session: RepoSession,
  path: string,
  entries: readonly string[],
): Promise<string[]> {
  if (entries.length === 0) return [];
  const input = entries.map((entry) => `${entry}/\0${entry}\0`).join('');
  const { stdout } = await session.git.run(['check-ignore', '-z', '--stdin'], {
    worktree: path,
    input,
    ok: [0, 1],
  });
  const ignored = new Set(stdout.split('\0').map((entry) => entry.replace(/\/$/, '')));
  return entries.filter((entry) => ignored.has(entry));
}

/** Whether copies between the two folders can share blocks. Leaves nothing behind. */
function probeReflink(session: RepoSession, path: string): 'reflink' | 'copy' {
  const probe = `.codex-agents-probe-${process.pid}`;
  const from = join(session.git.commonDir, probe);
  try {
    writeFileSync(from, 'probe');
    copyFileSync(from, join(path, probe), constants.COPYFILE_FICLONE_FORCE);
    return 'reflink';
  } catch {
    return 'copy';
  } finally {
    rmSync(from, { force: true });
    rmSync(join(path, probe), { force: true });
  }
}

async function copyEntries(
  session: RepoSession,
  path: string,
  entries: readonly string[],
  skipped: string[],
): Promise<void> {
  for (let at = 0; at < entries.length; at += entriesPerCall) {
    const some = entries.slice(at, at + entriesPerCall);
    const argv = ['cp', '-a', '--reflink=auto', '--parents', '-t', path, '--', ...some];
    const { root, signal } = session;
    const result = await runProcess(argv, { cwd: root, env: toolEnvironment(session.env), signal });
    if (result.code === 0) continue;
    if (/(unrecognized|illegal|invalid) option/.test(result.stderr)) await copyWithNode(root, path, some);
    // The main worktree is in use: a file may vanish while it is copied.
    else skipped.push(result.stderr.trim().split('\n').at(-1) ?? 'cp failed');
  }
}

/** Where `cp` is not GNU's. Links stay as they are: made absolute they would lead back into the main worktree. */
async function copyWithNode(root: string, path: string, entries: readonly string[]): Promise<void> {
  for (const entry of entries) {
    await mkdir(dirname(join(path, entry)), { recursive: true });
    await cp(join(root, entry), join(path, entry), {
      recursive: true,
      verbatimSymlinks: true,
      preserveTimestamps: true,
      mode: constants.COPYFILE_FICLONE,
    });
  }
}

async function apparentSize(session: RepoSession, entries: readonly string[]): Promise<number | undefined> {
  let total = 0;
  for (let at = 0; at < entries.length; at += entriesPerCall) {
    const argv = ['du', '-scb', '--', ...entries.slice(at, at + entriesPerCall)];
    const result = await runProcess(argv, { cwd: session.root, env: toolEnvironment(session.env) }).catch(
      () => undefined,
    );
    const sum = /^(\d+)\ttotal$/m.exec(result?.stdout ?? '')?.[1];
    if (sum === undefined) return undefined;
    total += Number(sum);
  }
  return total;
}

/** A copied file may be tracked here, or no longer ignored: git's file wins, and our copy goes. */
async function undoStrays(session: RepoSession, path: string): Promise<void> {
  const { stdout } = await session.git.run(['status', '--porcelain', '-z', '--no-renames'], {
    worktree: path,
  });
  const lines = stdout.split('\0').filter(Boolean);
  const changed = lines.filter((line) => !line.startsWith('??')).map((line) => line.slice(3));
  for (const line of lines.filter((one) => one.startsWith('??'))) {
    await rm(join(path, line.slice(3)), { recursive: true, force: true });
  }
  if (changed.length > 0) {
    const input = changed.map((file) => `${file}\0`).join('');
    await session.git.run(['checkout-index', '-f', '-z', '--stdin'], { worktree: path, input });
  }
}

/** Files with secrets come only by name, readable by their owner alone, and only where git will not commit them. */
async function copyEnvFiles(session: RepoSession, path: string, skipped: string[]): Promise<void> {
  for (const file of session.config.worktree.env_files) {
    const { code } = await session.git.run(['check-ignore', '-q', '--', file], {
      worktree: path,
      ok: [0, 1],
    });
    if (code !== 0) {
      skipped.push(`${file} (not ignored by git, so it would be committed)`);
      continue;
    }
    try {
      await mkdir(dirname(join(path, file)), { recursive: true });
      await copyFile(join(session.root, file), join(path, file));
      await chmod(join(path, file), 0o600);
    } catch (error) {
      skipped.push(`${file} (${(error as NodeJS.ErrnoException).code ?? 'cannot be copied'})`);
    }
  }
}

async function runSetup(session: RepoSession, path: string): Promise<void> {
  const { setup, setup_timeout } = session.config.worktree;
  if (!session.loaded.trusted) return;
  for (const argv of setup) {
    const result = await runProcess(argv, {
      cwd: path,
      env: toolEnvironment(session.env),
      timeoutMs: parseDuration(setup_timeout),
      signal: session.signal,
    });
    if (result.code === 0 && !result.timedOut) continue;
    const tail = `${result.stdout}\n${result.stderr}`.trim().split('\n').slice(-20).join('\n');
    const how = result.timedOut ? `took longer than ${setup_timeout}` : `failed (exit ${result.code})`;
    throw Object.assign(
      appError('setup-failed', `Setting up ${path}: ${argv.join(' ')} ${how}.`, {
        hint: tail ? `Its last lines:\n${tail}` : 'It printed nothing.',
      }),
      { output: tail },
    );
  }
}

/** What a tool needs to work, and no secret. */
function toolEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) =>
    /^(PATH|HOME|LANG|LC_ALL|LC_CTYPE|TERM|TMPDIR|USER|LOGNAME|SHELL|XDG_\w+)$/.test(name),
  );
  return { TMPDIR: tmpdir(), ...Object.fromEntries(kept) };
}
