/** Checks: the repository's own commands, run on exactly the tree that is judged. */

import { redactSecrets } from '../../../domain/landing/secrets.js';
import type { CheckResult } from '../../../domain/landing/validation.js';
import {
  certificateNames,
  pickVariables,
  systemNames,
  toolchainNames,
} from '../../../domain/platform/environment.js';
import { hasCode, messageOf } from '../../../domain/platform/errors.js';
import { matchesAny } from '../../../domain/platform/glob.js';
import { formatDuration, parseDuration } from '../../../domain/platform/units.js';
import type { CheckConfig } from '../../../domain/store/config.js';
import { type ProcessResult, runProcess } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import type { TreeWatch } from './same-tree.js';

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
const keptOutput = 256 * 1024;
const tailLines = 12;

interface CheckRunOptions {
  heard?: (output: string) => void;
  watch?: TreeWatch;
}

/**
 * Runs every configured check in a folder, one after the other, all of them even when one fails.
 * A check whose `when` globs touch none of `changedPaths` is skipped. One that cannot be run, is killed or
 * takes too long is an error, never a failure: nothing is known about the tree then. So is one that writes to the
 * tree it judges: it judged something else.
 * @param options `heard`: gets what each check that failed wrote; `watch`: tells what a check wrote, and undoes it
 * Throws `interrupted` only.
 */
export async function runChecks(
  session: Pick<RepoSession, 'config' | 'env'>,
  path: string,
  changedPaths: readonly string[],
  signal: AbortSignal,
  options: CheckRunOptions = {},
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const check of session.config.validator.checks) {
    results.push(
      isTouched(check, changedPaths)
        ? await runWatched(check, path, session.env, signal, options)
        : {
            ...named(check),
            status: 'skipped',
            durationMs: 0,
            summary: `no change in ${check.when.join(', ')}`,
          },
    );
  }
  return results;
}

/** The checks that would be run for these paths. */
export function checksFor(
  session: Pick<RepoSession, 'config'>,
  changedPaths: readonly string[],
): CheckConfig[] {
  return session.config.validator.checks.filter((check) => isTouched(check, changedPaths));
}

const isTouched = (check: CheckConfig, changedPaths: readonly string[]) =>
  !check.when?.length || changedPaths.some((changed) => matchesAny(changed, check.when));

const named = (check: CheckConfig) => ({ name: check.name, kind: check.kind || 'other' });

async function runWatched(
  check: CheckConfig,
  path: string,
  from: NodeJS.ProcessEnv,
  signal: AbortSignal,
  { heard, watch }: CheckRunOptions,
): Promise<CheckResult> {
  const result = await runCheck(check, path, from, signal, heard);
  if (!watch) return result;
  try {
    const written = await watch.settle();
    if (written.length === 0) return result;
    const more = written.length > 5 ? ` and ${written.length - 5} more` : '';
    const what = `it wrote to the tree that it judges: ${written.slice(0, 5).join(', ')}${more}`;
    return { ...result, status: 'error', summary: `${what}\n${result.summary}` };
  } catch (error) {
    if (hasCode(error, 'interrupted')) throw error;
    const summary = `what it wrote to the tree is unknown: ${messageOf(error)}`;
    return { ...result, status: 'error', summary };
  }
}

async function runCheck(
  check: CheckConfig,
  cwd: string,
  from: NodeJS.ProcessEnv,
  signal: AbortSignal,
  heard?: (output: string) => void,
): Promise<CheckResult> {
  const timeout = check.timeout || fallbackTimeout;
  const env = {
    ...pickVariables(from, passed),
    PWD: cwd,
    CI: '1',
    NO_COLOR: '1',
  };
  try {
    const result = await runProcess(check.run, {
      cwd,
      env,
      timeoutMs: parseDuration(timeout),
      signal,
      maxBytes: keptOutput,
      mayCut: true,
    });
    if (result.code !== 0) heard?.(`${result.stdout}\n${result.stderr}`);
    return { ...named(check), ...judge(result, timeout), durationMs: result.durationMs };
  } catch (error) {
    if (hasCode(error, 'interrupted')) throw error;
    return { ...named(check), status: 'error', durationMs: 0, summary: messageOf(error) };
  }
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
