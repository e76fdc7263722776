/** What merge commands say, for people. */
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
} from '../domain/landing/merge.js';
import type { Line } from './render-data.js';
import { explainHunk, fileHead, hunkLines } from './resolution-printer.js';
import { table } from './table.js';

export const mergeWord = (status: MergeStatus): string =>
  ({ clean: '✓ clean', conflict: '✗ conflict', unknown: '? unknown' })[status];

export function mergeCheck(data: MergeReport): string[] {
  if (data.results.length === 0) return ['Nothing to check yet: no task has a branch.'];
  return [
    ...table(
      data.results.map((result) => [
        result.task,
        mergeWord(result.status),
        result.reason ?? paths(result.conflicts),
        result.uncommitted ? `with ${count(result.uncommitted, 'uncommitted file')}` : '',
      ]),
    ),
    ...pairs(data.pairs),
    ...(data.queue ? queue(data.queue) : []),
  ];
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
    `queue: ${lands} of ${steps.length} land${firstConflict ? `; the first that does not is ${firstConflict}${others}` : ' in this order'}`,
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

const count = (many: number, word: string): string => `${many} ${word}${many === 1 ? '' : 's'}`;

const fileLine = (file: ResolvedFile): string =>
  `  ${fileHead(file)}${file.hunks.length > 0 && file.reason && file.reason !== 'by hand' ? ` (${file.reason})` : ''}`;

export const mergeResolve = (data: ResolveReport & { resolution?: Resolution }): (string | Line)[] => [
  `${data.task}: ${data.status}${data.reason ? `, ${data.reason}` : ''}`,
  ...(data.resolution ? hunkLines(data.resolution) : data.files.map(fileLine)),
  ...(data.commit ? [`merge commit ${data.commit}`] : []),
  ...(data.next ?? []).map((line, at) => (at === 0 ? `next: ${line}` : `  or: ${line}`)),
];

export const mergeFile = (data: FileReport): string[] => [
  `${data.path}: ${data.status}`,
  ...data.hunks.map((hunk) => `  ${explainHunk(hunk)}`),
];
