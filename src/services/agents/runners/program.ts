/** A runner's program: where it is, which version, and what to say when it is not there. */

import type { RunnerAbilities, RunnerName } from '../../../domain/agents/run.js';
import { type AppError, appError, messageOf } from '../../../domain/platform/errors.js';
import type { RunnerConfig } from '../../../domain/store/config.js';
import { findProgram, runProcess } from '../../platform/index.js';
import type { LaunchSpec, ProbeOptions, RunnerProbe } from '../types.js';
import { recallVersion, rememberVersion } from './versions.js';

/** What is known of a program without starting it. */
export interface RunnerProgram {
  runner: RunnerName;
  /** As a person calls it: "Codex". */
  title: string;
  /** Its name on PATH. */
  program: string;
  /** How to install it, as a command. */
  install: string;
  /** Variables, besides the plain ones, that it needs to tell its version. */
  needs: readonly string[];
}

/** Abilities of a program that only prints. */
export const nothing: RunnerAbilities = {
  deltas: false,
  steer: false,
  approvals: false,
  resume: false,
  schema: false,
  usage: false,
};

/** Some need seconds to start, and longer on a busy machine. */
const answerLimitMs = 30_000;

type Env = NodeJS.ProcessEnv;

/** Absolute path of the program, from configuration or PATH. Throws `runner-not-found`. */
export function requireProgram(what: RunnerProgram, settings: RunnerConfig, env: Env): string {
  const path = findProgram(settings.path || what.program, env);
  if (path) return path;
  throw notFound(what, settings);
}

/** Finds the program and its version, which it asks for or remembers; says what is wrong. Never throws. */
export async function probeProgram(
  what: RunnerProgram,
  settings: RunnerConfig,
  env: Env,
  { cacheDir, fresh, limitMs = answerLimitMs }: ProbeOptions = {},
): Promise<Omit<RunnerProbe, 'can'>> {
  const { runner: name, program } = what;
  const path = findProgram(settings.path || program, env);
  if (!path) return { name, problem: notFound(what, settings).message };
  const known = cacheDir && !fresh ? await recallVersion(cacheDir, path) : undefined;
  if (known) return { name, path, version: known };
  const slow = `${program} --version did not answer within ${limitMs / 1000} s.`;
  // Asked once: `doctor` has more time.
  if (known === '') return { name, path, problem: slow };
  try {
    const { code, stdout, stderr, timedOut } = await askProgram(what, path, ['--version'], env, limitMs);
    const version = /\d+\.\d+\S*/.exec(stdout)?.[0];
    if (code === 0 && version) {
      if (cacheDir) await rememberVersion(cacheDir, path, version);
      return { name, path, version };
    }
    if (timedOut) {
      if (cacheDir) await rememberVersion(cacheDir, path, '');
      return { name, path, problem: slow };
    }
    const said = stderr.trim() || stdout.trim();
    return { name, path, problem: `${program} --version ended with ${code}: ${said.slice(0, 200)}` };
  } catch (error) {
    return { name, path, problem: messageOf(error) };
  }
}

/** Runs the program for a short answer, with only the variables it needs. */
export function askProgram(
  what: RunnerProgram,
  path: string,
  args: readonly string[],
  env: Env,
  timeoutMs = answerLimitMs,
) {
  const names = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'LC_ALL', ...what.needs];
  const own = Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
  return runProcess([path, ...args], { cwd: '/', env: own, timeoutMs, maxBytes: 100_000, mayCut: true });
}

function notFound({ runner, title, install }: RunnerProgram, settings: RunnerConfig): AppError {
  const where = settings.path ? `at ${settings.path}` : 'on PATH';
  return appError('runner-not-found', `${title} was not found ${where}.`, {
    hint: `Install it (${install}), or set runner.${runner}.path in your own configuration.`,
  });
}

/** The command line as it is started: in its box, where there is one. */
export const boxed = (spec: Pick<LaunchSpec, 'box'>, argv: string[]): string[] => spec.box?.(argv) ?? argv;
