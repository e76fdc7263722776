/** Results of landing and rebasing, for people. */
import { type Refusal, type TrainPlan, type TrainReport, trainSaid } from '../../domain/landing/landing.js';
import { commandAfter } from '../../domain/landing/validation.js';
import type { RebaseReport } from '../../services/landing/index.js';
import { table } from '../table.js';
import { nextLines } from './print.js';

/** Where the branch stands now, what conflicts, and what can be done next. */
export function rebaseLines(report: RebaseReport): string[] {
  const { task, status, head, conflicts = [], rescue, reason, next = [] } = report;
  return [
    `${task}: ${status}${head ? ` at ${head.slice(0, 8)}` : ''}${reason ? `, ${reason}` : ''}`,
    ...conflicts.map(({ path, kind }) => `  ${path} (${kind})`),
    ...(rescue ? [`as it was: ${rescue}`] : []),
    ...nextLines(next),
  ];
}

/** What landed, what was refused and on what evidence; of a dry run, the plan. */
export function landLines(data: TrainReport | TrainPlan): string[] {
  return 'order' in data ? planned(data) : landed(data);
}

function landed(data: TrainReport): string[] {
  return [
    ...table(
      data.landed.map(({ task, commit, certificates = [] }) => [
        '✓',
        task,
        `landed as ${commit.slice(0, 8)}`,
        certificates.map(({ path, status }) => `${path} ${status}`).join(', '),
      ]),
    ),
    // What is proven needs no word; what is not says how far it is shown to be right.
    ...data.landed.flatMap(({ certificates = [] }) =>
      certificates.flatMap(({ path, status, reason }) =>
        reason && status !== 'proven' ? [`    ${path} ${status}: ${reason}`] : [],
      ),
    ),
    ...data.refused.flatMap(refusal),
    ...data.pairs.map(
      ({ a, b, checks }) => `${a} × ${b}: each passes alone, together ${checks.join(', ')} fails`,
    ),
    trainSaid(data),
  ];
}

function refusal({ task, code, reason, evidence }: Refusal): string[] {
  const conflicts = evidence.conflicts?.map(({ path, kind }) => `${path} (${kind})`) ?? [];
  return [
    `✗ ${task}: ${reason} [${code}]`,
    ...(conflicts.length > 0 ? [`    in conflict: ${conflicts.join(', ')}`] : []),
    ...(evidence.checks ?? []).flatMap(({ name, status, summary }) =>
      summary.split('\n').map((line, at) => (at === 0 ? `    ${status} ${name}: ${line}` : `      ${line}`)),
    ),
    ...(evidence.policies ?? []).map(({ name, status, detail }) => `    ${status} ${name}: ${detail}`),
    ...(evidence.findings ?? []).map(
      ({ severity, path, line, message }) => `    ${severity} ${path}:${line} ${message}`,
    ),
    ...(code === 'held' ? [`    next: ${commandAfter('held', task)}`] : []),
    ...(code === 'conflict' ? [`    next: codex-agent merge hunks ${task}`] : []),
  ];
}

function planned(data: TrainPlan): string[] {
  const checks =
    data.checks.length > 0 ? `checked by ${data.checks.join(', ')}` : 'with no checks configured';
  return [
    data.order.length === 0
      ? 'Nothing is ready to land.'
      : `Would merge in this order, as one tree ${checks}: ${data.order.join(' → ')}`,
    ...data.conflicts.map(
      ({ task, with: against, paths }) =>
        `${task}: in conflict with ${against === 'target' ? data.target : 'the others'} (${paths.join(', ')}); to be resolved after the others have landed`,
    ),
    ...data.refused.map(({ task, reason }) => `✗ ${task}: ${reason}`),
  ];
}
