/** What a landing of several tasks came to: the shapes that reports, events and printers share. */
import type { ErrorKind } from '../platform/errors.js';
import { ExitCode } from '../platform/errors.js';
import type { Certificate, Conflict } from './merge.js';
import type { Blame } from './train-moves.js';
import type { CheckResult, Finding, PolicyResult } from './validation.js';

/** What a refusal rests on; every part is there only when it has something to say. */
export interface Evidence {
  /** Checks that failed or could not be run. */
  checks?: CheckResult[];
  policies?: PolicyResult[];
  findings?: Finding[];
  conflicts?: Conflict[];
  /** Tree that the checks ran on, and the tasks merged in it. */
  tree?: string;
  merged?: string[];
  /** Tasks it does not work with. */
  with?: string[];
}

export interface Refusal {
  task: string;
  /** `validation`, `held`, `together`, `unknown`, `target`, `blocked`, `conflict`, `unproven`, `moved`, …  */
  code: string;
  reason: string;
  evidence: Evidence;
}

/** Two tasks that each pass alone and fail together. */
export interface Breakage {
  a: string;
  b: string;
  /** Checks that fail when both are merged. */
  checks: string[];
}

export interface LandedTask {
  task: string;
  commit: string;
  /** The files whose conflicts were resolved on the way, and how far each is shown to be right. */
  certificates?: { path: string; status: Certificate['status'] | 'by-hand' | 'overruled'; reason?: string }[];
}

/** A tree that failed and passed: its checks depend on something else than the tree. */
export interface Flake {
  /** The tasks merged in it. */
  tasks: string[];
  /** Checks that failed the first time. */
  checks: string[];
}

/** `data` of `merge land`. */
export interface TrainReport {
  target: string;
  landed: LandedTask[];
  refused: Refusal[];
  pairs: Breakage[];
  /** Trees that failed and then passed; they landed. */
  flaky: Flake[];
  /** Why work landed that no check has seen. */
  unchecked?: string;
  /** How often the checks were run, and how often they would have been, one task after the other. */
  checkRuns: number;
  oneByOne: number;
}

/** `data` of `merge land --dry-run`. */
export interface TrainPlan {
  target: string;
  /** In this order they would be merged and checked as one tree. */
  order: string[];
  /** Would be resolved first, once the others have landed. */
  conflicts: { task: string; with: 'target' | 'others'; paths: string[] }[];
  refused: Omit<Refusal, 'evidence'>[];
  /** Checks that would run. */
  checks: string[];
}

/** Which exit code a reason for not landing deserves. */
export const landingKinds: Readonly<Record<string, ErrorKind>> = {
  validation: 'validation',
  held: 'held',
  together: 'validation',
  conflict: 'conflict',
};

/** Exit code of a landing: how the worst of its tasks ended. */
export function landingExit(refused: readonly Pick<Refusal, 'code'>[]): ExitCode {
  if (refused.length === 0) return ExitCode.ok;
  const kinds = new Set(refused.map(({ code }) => landingKinds[code]));
  if (kinds.has('validation')) return ExitCode.validationFailed;
  if (kinds.has('conflict')) return ExitCode.conflictsRemain;
  return kinds.has('held') ? ExitCode.held : ExitCode.failure;
}

/** Code and sentence for what the search found; `failing` names the checks of the evidence. */
export function verdictOfBlame(
  why: Blame,
  failing: readonly CheckResult[],
  target: string,
): { code: string; reason: string } {
  const names = failing.map(({ name }) => `"${name}"`).join(', ');
  const checks = `${failing.length === 1 ? 'the check' : 'the checks'} ${names || 'that are configured'}`;
  const fail = failing.length === 1 ? 'fails' : 'fail';
  switch (why.code) {
    case 'alone':
      return {
        code: 'validation',
        reason: `validation fail: ${failing.map((check) => `${check.name} ${check.status}`).join(', ')}`,
      };
    case 'together': {
      const code = 'together';
      if (why.with.length === 1)
        return { code, reason: `passes alone, but with ${why.with[0]} ${checks} ${fail}` };
      const some = why.among ? 'some of ' : '';
      const others = why.with.length > 0 ? `${some}${why.with.join(', ')} together` : 'what landed before it';
      return { code, reason: `with ${others} ${checks} ${fail}` };
    }
    case 'error': {
      const others = why.with?.length ? `with ${why.with.join(', ')} ` : '';
      const errors = failing.filter(({ status }) => status === 'error');
      const what = wroteIn(errors) ?? `${checks} could not be run to the end`;
      const where = why.bare ? `, on ${target} itself with nothing merged` : '';
      return { code: 'unknown', reason: `validation error: ${others}${what}${where}` };
    }
    case 'target':
      return { code: 'target', reason: `${checks} ${fail} on ${target} itself` };
    case 'blocked':
      return { code: 'blocked', reason: `depends on ${why.by}, which did not land` };
  }
}

/** Which checks wrote to which files of the tree; undefined where another error is among them. */
function wroteIn(errors: readonly CheckResult[]): string | undefined {
  if (errors.length === 0 || !errors.every(({ wrote }) => wrote?.length)) return undefined;
  const files = [...new Set(errors.flatMap(({ wrote = [] }) => wrote))];
  const more = files.length > 3 ? ` and ${files.length - 3} more` : '';
  const checks = errors.map(({ name }) => `"${name}"`).join(', ');
  return `the ${errors.length === 1 ? 'check' : 'checks'} ${checks} wrote to the tree being judged: ${files.slice(0, 3).join(', ')}${more}`;
}

/** One line for lists and toasts. */
export function trainSaid(report: TrainReport): string {
  const { landed, refused, pairs, checkRuns, oneByOne } = report;
  if (landed.length + refused.length === 0) return 'Nothing is ready to land.';
  const parts = [`${landed.length} landed on ${report.target}`];
  const resolved = landed.filter(({ certificates }) => certificates?.length).map(({ task }) => task);
  if (resolved.length > 0) parts.push(`with conflicts that were resolved: ${resolved.join(', ')}`);
  if (refused.length > 0) parts.push(`${refused.length} not: ${refused.map(({ task }) => task).join(', ')}`);
  if (pairs.length > 0)
    parts.push(`broken together: ${pairs.map(({ a, b }) => `${a} with ${b}`).join(', ')}`);
  const shaky = [...new Set((report.flaky ?? []).flatMap(({ checks }) => checks))];
  if (shaky.length > 0) parts.push(`flaky: ${shaky.join(', ')} failed and then passed on the same tree`);
  // Finding out who is to blame may cost more than testing one by one, which would not tell.
  if (oneByOne > 1)
    parts.push(
      `${checkRuns} check run${checkRuns === 1 ? '' : 's'}${checkRuns < oneByOne ? ` instead of ${oneByOne}` : ''}`,
    );
  const unchecked = report.unchecked ? ` Nothing was checked: ${report.unchecked}.` : '';
  return `${parts.join('; ')}.${unchecked}`;
}
