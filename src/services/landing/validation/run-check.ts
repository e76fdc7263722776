/** One check: its command in a folder, with its environment, its time and the file that keeps all it writes. */
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { finished } from 'node:stream/promises';
import { asFlaky } from '../../../domain/landing/checks/outcome.js';
import { redactSecrets } from '../../../domain/landing/secrets.js';
import type { CheckResult } from '../../../domain/landing/validation.js';
import {
  certificateNames,
  pickVariables,
  systemNames,
  toolchainNames,
} from '../../../domain/platform/environment.js';
import { hasCode, messageOf } from '../../../domain/platform/errors.js';
import { formatDuration, parseDuration } from '../../../domain/platform/units.js';
import type { CheckConfig } from '../../../domain/store/config.js';
import { type ProcessResult, runProcess } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { clearReports, withReports } from './reports.js';

/** What a check sees of the user's environment. Never keys: what it runs was written by an agent. */
const passed = [
  ...systemNames,
  ...toolchainNames,
  ...certificateNames,
  '!FORCE_COLOR',
  '!CLICOLOR_FORCE',
  '!TERM',
  '!COLORTERM',
];
const fallbackTimeout = '10m';
/** So much of each stream is looked through for results. */
const keptTail = 8 * 1024 * 1024;
/** More of a check's output than this is not kept. */
const keptOutput = 32 * 1024 * 1024;
const tailLines = 12;

export interface CheckPlace {
  /** Folder that it is run in. */
  path: string;
  /** File that gets all that it writes. */
  output?: string;
  /** It was run before, and its output is kept. */
  again?: boolean;
  signal: AbortSignal;
  /** Gets all that it writes, as it does. */
  onOutput?: (chunk: Uint8Array) => void;
}

/** Name and kind, as every result tells them. */
export const named = (check: CheckConfig) => ({ name: check.name, kind: check.kind || 'other' });

/**
 * Runs a check, and again as often as it is configured when it fails. One that then passes is told as flaky.
 * Throws `interrupted` only.
 */
export async function runUntilSure(
  session: Pick<RepoSession, 'config' | 'env'>,
  check: CheckConfig,
  place: CheckPlace,
  heard?: (output: string) => void,
): Promise<CheckResult> {
  const first = await runCheck(session, check, place, heard);
  let last = first;
  for (let attempt = 2; last.status === 'fail' && attempt <= 1 + (check.retries ?? 0); attempt++) {
    last = await runCheck(session, check, { ...place, again: true }, heard);
    if (last.status === 'pass') return asFlaky(last, first, attempt);
  }
  return last;
}

/**
 * Runs a check once. One that cannot be run, is killed or takes too long is an error, never a failure: nothing is known
 * about the tree then. Throws `interrupted` only.
 * @param heard gets the last of what a check that failed wrote
 */
async function runCheck(
  { env, config }: Pick<RepoSession, 'config' | 'env'>,
  check: CheckConfig,
  { path, output, again = false, signal, onOutput }: CheckPlace,
  heard?: (output: string) => void,
): Promise<CheckResult> {
  const timeout = check.timeout || fallbackTimeout;
  const kept = output ? await keepOutput(output, again) : undefined;
  try {
    await clearReports(check, path);
    const result = await runProcess(check.run, {
      cwd: path,
      env: checkEnvironment(check, env, config.env_allow, path),
      timeoutMs: parseDuration(timeout),
      signal,
      maxBytes: keptTail,
      mayCut: true,
      onOutput(chunk) {
        kept?.take(chunk);
        onOutput?.(chunk);
      },
    });
    if (result.code !== 0) heard?.(`${result.stdout}\n${result.stderr}`);
    const told = { ...named(check), ...judge(result, timeout), durationMs: result.durationMs };
    return await withReports(check, output ? { ...told, output } : told, result, path);
  } catch (error) {
    if (hasCode(error, 'interrupted')) throw error;
    return { ...named(check), status: 'error', durationMs: 0, summary: messageOf(error) };
  } finally {
    await kept?.close();
  }
}

/** The whole environment of a check: what every check sees, what a person lets through, and what is its own. */
function checkEnvironment(
  { env: own = [] }: Pick<CheckConfig, 'env'>,
  from: NodeJS.ProcessEnv,
  allowed: readonly string[],
  path: string,
): NodeJS.ProcessEnv {
  const names = own.filter((one) => !one.includes('='));
  const values = own.filter((one) => one.includes('='));
  return {
    ...pickVariables(from, [...passed, ...allowed, ...names]),
    PWD: path,
    CI: '1',
    NO_COLOR: '1',
    ...Object.fromEntries(
      values.map((one) => [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)]),
    ),
  };
}

/** A file that gets both streams as they come, up to a limit. A file that cannot be written costs the output only. */
async function keepOutput(file: string, again: boolean) {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const stream = createWriteStream(file, { mode: 0o600, flags: again ? 'a' : 'w' });
  if (again) stream.write('\n── again, because it failed ──\n');
  const closed = finished(stream).catch(() => {});
  let size = 0;
  return {
    take(chunk: Uint8Array) {
      if (size > keptOutput) return;
      size += chunk.length;
      stream.write(size > keptOutput ? '\n… the rest was not kept\n' : chunk);
    },
    async close() {
      stream.end();
      await closed;
    },
  };
}

function judge(result: ProcessResult, timeout: string): Pick<CheckResult, 'status' | 'summary'> {
  const lines = meaningfulLines(`${result.stdout}\n${result.stderr}`);
  const tail = lines.slice(-tailLines).join('\n');
  if (result.timedOut) return { status: 'error', summary: withTail(`took longer than ${timeout}`, tail) };
  if (result.signal) return { status: 'error', summary: withTail(`was ended by ${result.signal}`, tail) };
  if (result.code === 0) {
    const last = lines.at(-1);
    const passed = last ?? `passed in ${formatDuration(result.durationMs)}`;
    return { status: 'pass', summary: result.held ? `${passed} (it left a process running)` : passed };
  }
  return { status: 'fail', summary: withTail(`exit code ${result.code}`, tail) };
}

const withTail = (what: string, tail: string) => (tail ? `${what}\n${tail}` : what);

/** Output without colours, blank lines and secrets. */
function meaningfulLines(output: string): string[] {
  const plain = output.replace(/\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-_])/g, '');
  return redactSecrets(plain)
    .split(/[\r\n]+/)
    .map((line) => line.trimEnd().slice(0, 400))
    .filter((line) => line.trim() !== '');
}
