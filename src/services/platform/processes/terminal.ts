/** A program on this process's own terminal, for a person. */
import { constants } from 'node:os';
import { appError } from '../../../domain/platform/errors.js';
import { told } from './calls.js';

/**
 * Resolves with the program's exit code, 128 + n after signal n.
 * Throws `program-not-found`, with `hint`.
 */
export async function runOnTerminal(
  argv: readonly string[],
  { cwd, env, hint }: { cwd: string; env: NodeJS.ProcessEnv; hint: string },
): Promise<number> {
  const [program = '', ...args] = argv;
  const { execa } = await import('execa');
  const { exitCode, signal, cause } = await told(
    { kind: 'process', words: argv, cwd },
    () =>
      execa(program, args, { cwd, env, extendEnv: false, cleanup: false, reject: false, stdio: 'inherit' }),
    (ended) => ({
      outcome: ended.exitCode === 0 ? 'ok' : `exit ${ended.exitCode}`,
      ok: ended.exitCode === 0,
    }),
  );
  if (exitCode !== undefined) return exitCode;
  if (signal) return 128 + (constants.signals[signal as NodeJS.Signals] ?? 0);
  throw appError('program-not-found', `${program} cannot be started.`, { hint, cause });
}
