/** Runs the set-up commands of a trusted configuration in a new worktree. */
import { tmpdir } from 'node:os';
import { appError } from '../../domain/errors.js';
import { parseDuration } from '../../domain/units.js';
import { runProcess } from '../process.js';
import type { RepoSession } from '../types.js';

/** Runs them in order; the first that fails ends it. Nothing runs untrusted. Throws `setup-failed`. */
export async function runSetup(session: RepoSession, path: string): Promise<void> {
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
export function toolEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) =>
    /^(PATH|HOME|LANG|LC_ALL|LC_CTYPE|TERM|TMPDIR|USER|LOGNAME|SHELL|XDG_\w+)$/.test(name),
  );
  return { TMPDIR: tmpdir(), ...Object.fromEntries(kept) };
}
