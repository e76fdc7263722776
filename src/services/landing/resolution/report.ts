/** A resolution as reports tell it. */
import { hunksOf } from '../../../domain/landing/hunks.js';
import type { AnsweredBy, HunkRecord, ResolvedFile, ResolveReport } from '../../../domain/landing/merge.js';
import type { Task } from '../../../domain/store/task.js';
import { type LockFile, lockFileReason } from './locks.js';
import type { OpenFile } from './open-file.js';
import type { RefusedFile } from './types.js';

/** All is resolved and on the branch. */
export function resolved(
  task: Task,
  files: readonly OpenFile[],
  commit: string,
  locks: readonly LockFile[] = [],
): ResolveReport {
  const rebuilt = locks.map(({ path }): ResolvedFile => {
    const reason = lockFileReason(path);
    const certificate = { status: 'checked', reason } as const;
    return { path, strategy: 'structural', certificate, hunks: [], reason };
  });
  const all = [...files.map(describe), ...rebuilt];
  return { task: task.slug, status: 'resolved', files: all, commit, next: nextAfterMerge(task) };
}

/**
 * Nothing was changed; says of each file why, and which commands go on.
 * @param attemptsUsedUp a model was asked as often as it may be, and could answer otherwise when asked again
 */
export function handedBack(
  task: Task,
  open: readonly OpenFile[],
  refused: readonly RefusedFile[],
  locks: readonly LockFile[],
  reason: string,
  attemptsUsedUp: boolean,
): ResolveReport {
  const untried = 'not tried: other files cannot be resolved';
  const others = (file: OpenFile) =>
    refused.length + locks.length > 0 || open.some((other) => other !== file && other.problem !== undefined);
  const unsolved = open.map((file): ResolvedFile => {
    if (file.result !== undefined && !file.problem) {
      return { ...describe(file), reason: 'could be resolved, but not without the others' };
    }
    const why = file.problem ?? (others(file) ? untried : 'none of the strategies that are used answers it');
    return { ...left(file.path, why), hunks: recordsOf(file) };
  });
  const kept = [
    ...refused.map((file) => left(file.path, file.reason)),
    ...locks.map(({ path, problem }) =>
      left(path, problem ?? 'not tried: a tool makes it anew once all other files are resolved'),
    ),
  ];
  const again = `codex-agent merge resolve ${task.slug}`;
  const more = attemptsUsedUp ? [`${again} --attempts 5`] : [];
  const hunks = `codex-agent merge hunks ${task.slug}`;
  const next = [hunks, `${again} --by-hand`, ...more, `codex-agent merge review ${task.slug}`];
  return { task: task.slug, status: 'bailed-out', files: [...kept, ...unsolved], reason, next };
}

const left = (path: string, reason: string): ResolvedFile => ({
  path,
  strategy: 'none',
  certificate: { status: 'refused', reason },
  hunks: [],
  reason,
});

/** "a, b, c and 2 more: the reason". */
export function namesOf(files: readonly { path: string }[], reason: string): string {
  const names = files.map((file) => file.path);
  return `${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}: ${reason}`;
}

/** A file counts by the highest rung any of its hunks needed. */
function describe(file: OpenFile): ResolvedFile {
  const highest: readonly Exclude<AnsweredBy, 'none'>[] = [
    'by-hand',
    'ai',
    'structural',
    'whitespace',
    'rerere',
  ];
  const answers = [...file.answers].sort(([a], [b]) => a - b);
  const used = new Set(answers.map(([, answer]) => answer.strategy));
  const reasons = answers.map(([index, answer]) => `hunk ${index}: ${answer.reason ?? ''}`);
  return {
    path: file.path,
    strategy: highest.find((rung) => used.has(rung)) ?? 'none',
    ...(file.certificate ? { certificate: file.certificate } : {}),
    hunks: recordsOf(file),
    reason: reasons.join('; '),
  };
}

/** What became of every hunk, for `--explain`. */
function recordsOf(file: OpenFile): HunkRecord[] {
  return hunksOf(file.parts).map(({ index }) => {
    const answer = file.answers.get(index);
    if (!answer) {
      const reason = file.refusals.get(index) ?? file.problem ?? 'no rung answered it';
      return { index, strategy: 'none', reason };
    }
    const { strategy, rules, score, reason = '' } = answer;
    return {
      index,
      strategy,
      ...(rules ? { rules } : {}),
      ...(score === undefined ? {} : { score }),
      reason,
    };
  });
}

/** What comes after a merge: landing is a step of its own, and only for work that is finished. */
export function nextAfterMerge({ slug, status }: Pick<Task, 'slug' | 'status'>): string[] {
  switch (status) {
    case 'done':
    case 'validated':
      return [`codex-agent merge land ${slug}`, `codex-agent task validate ${slug}`];
    case 'landed':
    case 'cancelled':
      return [];
    case 'running':
      return [`codex-agent task show ${slug}`];
    default:
      return [`codex-agent task done ${slug}`, `codex-agent task show ${slug}`];
  }
}
