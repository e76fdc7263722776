/** Set-up and teardown: commands of a trusted configuration that run in a worktree, with a log of what they said. */
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  certificateNames,
  gitNames,
  pickVariables,
  proxyNames,
  systemNames,
  toolchainNames,
} from '../../../domain/platform/environment.js';
import { appError } from '../../../domain/platform/errors.js';
import { parseDuration } from '../../../domain/platform/units.js';
import { taskVariables } from '../../../domain/worktrees/variables.js';
import { readPlain, runProcess, temporaryFolder } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';

/** The worktree that commands run in, and what their placeholders stand for. */
export interface SetupPlace {
  path: string;
  slug: string;
  /** First of the worktree's own ports; 0 for one that exists for a moment. */
  port: number;
}

/** Kept of one log; the rest of what a command says is dropped. */
const logLimit = 4 * 1024 * 1024;

/** File that holds what set-up and teardown of this worktree said, last attempt only. */
function setupLog({ paths, repo }: Pick<RepoSession, 'paths' | 'repo'>, slug: string): string {
  return join(paths.stateDir, 'repositories', repo.id, 'worktree-logs', `${slug}.log`);
}

/** The log's text; empty when nothing ever ran. */
export const readSetupLog = (session: Pick<RepoSession, 'paths' | 'repo'>, slug: string): Promise<string> =>
  readPlain(setupLog(session, slug)).then(String, () => '');

/** Runs `worktree.setup` in order; the first that fails ends it. Throws `setup-failed`. */
export function runSetup(session: RepoSession, place: SetupPlace): Promise<void> {
  return runAll(session, place, session.config.worktree.setup, 'setup');
}

/** Runs `worktree.teardown` in order; the first that fails ends it. Throws `teardown-failed`. */
export function runTeardown(session: RepoSession, place: SetupPlace): Promise<void> {
  return runAll(session, place, session.config.worktree.teardown, 'teardown');
}

async function runAll(
  session: RepoSession,
  place: SetupPlace,
  commands: readonly (readonly string[])[],
  what: 'setup' | 'teardown',
): Promise<void> {
  if (commands.length === 0 || !session.loaded.trusted) return;
  const { setup_timeout } = session.config.worktree;
  const log = openLog(setupLog(session, place.slug));
  for (const [index, command] of commands.entries()) {
    const argv = command.map((word) => expand(word, session, place));
    const name = argv.join(' ').slice(0, 60);
    session.progress?.stage({ kind: 'set-up', name, at: index + 1, of: commands.length });
    log(`$ ${argv.join(' ')}\n`);
    const result = await runProcess(argv, {
      cwd: place.path,
      env: { ...toolEnvironment(session.env), ...taskVariables(place) },
      timeoutMs: parseDuration(setup_timeout),
      signal: session.signal,
      mayCut: true,
      onOutput(chunk) {
        log(chunk);
        session.progress?.hear(chunk);
      },
    });
    if (result.code === 0 && !result.timedOut) continue;
    const how = result.timedOut ? `took longer than ${setup_timeout}` : `failed (exit ${result.code})`;
    log(`${how}\n`);
    const tail = `${result.stdout}\n${result.stderr}`.trim().split('\n').slice(-20).join('\n');
    const doing = what === 'setup' ? 'Setting up' : 'Tearing down';
    throw Object.assign(
      appError(`${what}-failed`, `${doing} ${place.path}: ${argv.join(' ')} ${how}.`, {
        hint: tail ? `Its last lines:\n${tail}` : 'It printed nothing.',
      }),
      { output: tail },
    );
  }
}

function expand(word: string, { root }: RepoSession, { path, slug, port }: SetupPlace): string {
  const values: Record<string, string> = { path, slug, port: String(port), root };
  return word.replace(/\{(path|slug|port|root)\}/g, (_, name: string) => values[name] ?? '');
}

/** A log begins anew with every attempt. */
function openLog(path: string): (chunk: Uint8Array | string) => void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  let size = 0;
  return (chunk) => {
    if (size >= logLimit) return;
    appendFileSync(path, chunk, { mode: 0o600, flag: size === 0 ? 'w' : 'a' });
    size += chunk.length;
  };
}

/** What a tool of the person's needs to work and to install: its toolchain, certificates, the way out. */
export function toolEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const names = [...systemNames, ...toolchainNames, ...certificateNames, ...proxyNames, ...gitNames];
  return { ...pickVariables(env, names), TMPDIR: temporaryFolder(env) };
}
