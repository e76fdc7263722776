/** Results of predicting, resolving and merging, for people. */
import type {
  Conflict,
  FileReport,
  MergeReport,
  MergeStatus,
  PairResult,
  QueueReport,
  Resolution,
  ResolvedFile,
  ResolveReport,
} from '../../domain/landing/merge.js';
import { elsewhereLine, lookLine } from '../../domain/landing/merge.js';
import { plural, shortCommit } from '../../domain/platform/units.js';
import { table } from '../table.js';
import type { Printed } from '../types.js';
import { certificateLine, explainHunk, fileHead, hunkLines } from './resolution-print.js';

/** The outcome of a prediction, with its sign. */
export const mergeWord = (status: MergeStatus): string =>
  ({ clean: '✓ clean', conflict: '✗ conflict', unknown: '? unknown' })[status];

/** Each task against the target; then pairs and the queue where those were asked for. */
export function mergeLines(data: MergeReport): string[] {
  const there = (data.elsewhere ?? []).map((one) => elsewhereLine(one, data.target));
  if (data.results.length === 0) {
    if (there.length > 0) return there;
    return [
      data.lookedAt
        ? `Nothing to check: every local branch is in ${data.target} already. (codex-agent is not set up here.)`
        : 'Nothing to check yet: no task has a branch.',
    ];
  }
  return [
    ...table(
      data.results.map((result) => [
        result.task,
        mergeWord(result.status),
        result.reason ?? paths(result.conflicts),
        result.uncommitted ? `with ${plural(result.uncommitted, 'uncommitted file')}` : '',
      ]),
    ),
    ...there,
    ...looks(data),
    ...pairs(data.pairs),
    ...(data.queue ? queue(data.queue) : []),
    ...lookedAt(data),
    ...nextLines(nextOfCheck(data)),
  ];
}

/** What decides the first conflict; where there is none, what lands. */
function nextOfCheck({ results, lookedAt: byHand, next }: MergeReport): string[] {
  if (next || byHand) return next ?? [];
  const first = results.find(({ status }) => status === 'conflict')?.task;
  if (first) return [`codex-agent merge hunks ${first}`, `codex-agent merge resolve ${first}`];
  return results.some(({ status }) => status === 'clean') ? ['codex-agent merge land'] : [];
}

const mostUnknown = 5;
const moreThan = ({ length }: readonly string[]): string[] =>
  length > mostUnknown ? [`  and ${length - mostUnknown} more, which --json tells`] : [];

/** What is worth a look in merges that git calls clean, and of which merges it is not known; of pairs in one line. */
function looks({ results, pairs, target }: MergeReport): string[] {
  const all = [
    ...results.map((one) => ({ ...one, name: one.task, names: { ours: one.task, theirs: target } })),
    ...pairs.map((one) => ({ ...one, name: `${one.a} × ${one.b}`, names: { ours: one.a, theirs: one.b } })),
  ];
  const found = all.flatMap(({ name, names, looks = [] }) =>
    looks.map((look) => `  ${name}: ${lookLine(look, names)}`),
  );
  const unknown = results.flatMap(({ task, notLooked }) => (notLooked ? [`  ${task}: ${notLooked}`] : []));
  const ofPairs = pairs.filter(({ notLooked }) => notLooked !== undefined).length;
  return [
    ...(found.length > 0 ? ['', 'look, though git merges it:', ...found] : []),
    ...(unknown.length + ofPairs > 0 ? ['', 'not known whether there is more to look at:'] : []),
    ...unknown.slice(0, mostUnknown),
    ...moreThan(unknown),
    ...(ofPairs > 0
      ? [`  in ${ofPairs} of ${plural(pairs.length, 'pair')}: --json tells which, and why`]
      : []),
  ];
}

/** What the results are of, where that is not every task. */
function lookedAt({ lookedAt, target, results, withoutBranch = [] }: MergeReport): string[] {
  if (lookedAt) {
    const many = results.length === 1 ? '1 local branch' : `${results.length} local branches`;
    return ['', `looked at ${many} against ${target}; codex-agent is not set up here, so there are no tasks`];
  }
  if (withoutBranch.length === 0) return [];
  return ['', `without a branch, left out: ${withoutBranch.join(', ')}`];
}

function pairs(all: readonly PairResult[]): string[] {
  if (all.length === 0) return [];
  const loud = all.filter((pair) => pair.status !== 'clean');
  const rows = loud.map((pair) => [
    `  ${pair.a} × ${pair.b}`,
    mergeWord(pair.status),
    pair.reason ?? paths(pair.conflicts ?? []),
  ]);
  const quiet = all.length - loud.length;
  return ['', `pairs: ${quiet} of ${all.length} do not conflict`, ...(rows.length > 0 ? table(rows) : [])];
}

function queue(report: QueueReport): string[] {
  const { steps, lands, firstConflict, proposal } = report;
  const others = report.with?.length ? ` with ${report.with.join(', ')}` : '';
  return [
    '',
    `queue: ${lands} of ${steps.length} ${lands === 1 ? 'lands' : 'land'}${firstConflict ? `; the first that does not is ${firstConflict}${others}` : ' in this order'}`,
    ...table(
      steps.map((step, at) => [
        `  ${at + 1}. ${step.task}`,
        step.status === 'lands' ? '✓ lands' : mergeWord(step.status),
        step.reason ??
          (step.with.length > 0
            ? `with ${step.with.join(', ')}: ${paths(step.conflicts)}`
            : paths(step.conflicts)),
      ]),
    ),
    ...(proposal
      ? [
          `better: ${proposal.order.join(' → ')}`,
          `  ${proposal.reason}; left out: ${proposal.leavesOut.join(', ')}`,
        ]
      : []),
  ];
}

const paths = (conflicts: readonly Conflict[]): string =>
  conflicts.map(({ path, kind }) => `${path} (${kind})`).join(', ');

function fileLines(file: ResolvedFile): Printed[] {
  const { certificate, hunks, reason } = file;
  const why = hunks.length > 0 && reason && reason !== 'by hand' ? ` (${reason})` : '';
  // The reason of what is refused stands in the line already.
  const said = certificate && !(certificate.status === 'refused' && certificate.reason === reason);
  return [`  ${fileHead(file)}${why}`, ...(said ? [certificateLine(certificate)] : [])];
}

/** `data` of `merge resolve`, with the hunks when those were asked for. */
export type ResolveData = ResolveReport & { resolution?: Resolution };

/** Whether it is resolved, how each file was answered, and what can be done next. */
export function resolveLines(data: ResolveData): Printed[] {
  const { task, status, reason, resolution, files, commit, sideTests = [], unwritten = [], next = [] } = data;
  return [
    `${task}: ${status}${reason ? `, ${reason}` : ''}`,
    ...(resolution ? hunkLines(resolution) : files.flatMap(fileLines)),
    ...sideTests.map(({ side, status, reason: why }) => `  test of ${side}: ${status}, ${why}`),
    ...(commit ? [`merge commit ${shortCommit(commit)}`] : []),
    ...unwritten.map((line) => ({ text: `! merged, but ${line}`, tone: 'bad' as const })),
    ...nextLines(next),
  ];
}

/** Commands that go on from here, the likeliest first. */
export function nextLines(next: readonly string[]): string[] {
  return next.map((line, at) => (at === 0 ? `next: ${line}` : `  or: ${line}`));
}

/** What became of a file, hunk by hunk. */
export function mergedFileLines(data: FileReport): string[] {
  const { certificate } = data;
  return [
    `${data.path}: ${data.status}${certificate ? `, ${certificate.status}: ${certificate.reason}` : ''}`,
    ...data.hunks.map((hunk) => `  ${explainHunk(hunk)}`),
  ];
}
