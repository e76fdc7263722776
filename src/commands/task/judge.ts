/** Commands that judge the work of one task and land it. */
import { tasksBySlug } from '../../domain/app/lookups.js';
import { criterionWords } from '../../domain/landing/criteria.js';
import type { LandReport } from '../../domain/landing/merge.js';
import {
  commandAfter,
  exitOfVerdict,
  nothingChecked,
  type ValidationReport,
} from '../../domain/landing/validation.js';
import { ExitCode } from '../../domain/platform/errors.js';
import { plural } from '../../domain/platform/units.js';
import { args, at, command, flag, list, noCacheArg, taskArg, text } from '../define.js';
import type { AnyCommand } from '../types.js';
import { requirePolicies } from './allow.js';
import { hasToLand } from './settled.js';
import { checkLine } from './words.js';

const validate = command({
  id: 'task.validate',
  fits: ['done', 'stale', 'to land'],
  settles: ['no verdict'],
  part: 'validate',
  title: 'Validate a task',
  summary: 'Run checks, policies and the validator agent on the task merged with its target.',
  args: args({
    'task!': taskArg,
    autoFix: flag('let the developer agent mend what was found'),
    allow: list('policies that this task may break from now on, or policy:glob', 'policy[:glob],…'),
    noCache: noCacheArg,
  }),
  surfaces: ['cli', 'screen'],
  marks: 'each',
  when: ({ tasks }, { task }) => hasToLand(tasks, task),
  takesIn: true,
  async run({ task: slug, autoFix, allow = [], noCache = false }, context) {
    const session = await context.trustedSession();
    requirePolicies(allow);
    const { requireTask, updateTask } = await context.services.store();
    const { validateTask } = await context.services.landing();
    if (allow.length > 0) {
      await updateTask(session, slug, (fresh) => ({
        ...fresh,
        allowed: [...new Set([...(fresh.allowed ?? []), ...allow])],
      }));
    }
    const manager = await context.services.app();
    const fix = autoFix ?? session.config.validator.auto_fix;
    return validateTask(session, await requireTask(session, slug), {
      fresh: noCache,
      ...(fix ? { fix: (findings) => manager.fixFindings(session, slug, findings) } : {}),
    });
  },
  print: validationLines,
  exit: validationExit,
});

const complete = command({
  id: 'task.complete',
  fits: ['validated', 'to land'],
  part: 'land',
  title: 'Validate and land a task',
  summary: 'Validate, land on the target, and clean up.',
  args: args({
    'task!': taskArg,
    noMerge: flag('validate only, do not land'),
    noCache: noCacheArg,
  }),
  surfaces: ['cli', 'screen'],
  marks: 'each',
  streams: true,
  when: ({ tasks }, { task }) => hasToLand(tasks, task),
  confirm: ({ task }, state) => `Validate ${task} and land it on ${state.target || 'the target'}?`,
  takesIn: true,
  async run({ task: slug, noMerge, noCache = false }, context): Promise<LandReport | ValidationReport> {
    const session = await context.trustedSession();
    if (noMerge) {
      const { requireTask } = await context.services.store();
      const { validateTask } = await context.services.landing();
      return validateTask(session, await requireTask(session, slug), { fresh: noCache });
    }
    const { completeTask } = await context.services.app();
    return completeTask(session, slug, { fresh: noCache });
  },
  print: (data) =>
    'verdict' in data
      ? validationLines(data)
      : [
          `${data.task} landed on ${data.target} as ${data.commit?.slice(0, 8)}.${data.unchecked ? ` ${nothingChecked}` : ''}`,
        ],
  exit: (data) => ('verdict' in data ? validationExit(data) : ExitCode.ok),
});

const done = command({
  id: 'task.done',
  title: 'Call a task done',
  summary:
    "Call the work that is committed on a task's branch done, by a person or an agent; it lands like any other.",
  args: args({ 'task!': taskArg }),
  surfaces: ['cli', 'screen'],
  marks: 'each',
  when: ({ tasks }, { task }) =>
    tasksBySlug(tasks).get(task ?? '')?.status === 'running' ? 'Its agent is at work.' : true,
  takesIn: true,
  async run({ task: slug }, context) {
    const { finishTask } = await context.services.app();
    return finishTask(await context.session(), slug);
  },
  said: ({ task, status, branch, target, commits }) =>
    `${task} is ${status}: ${plural(commits, 'commit')} of ${branch} can land on ${target} with \`codex-agent task complete ${task}\`.`,
});

const output = command({
  id: 'task.output',
  settles: ['no verdict', 'checks failed'],
  part: 'output',
  title: 'Output of checks',
  summary:
    'Show all that checks wrote in the last validation: the one that is named, else those that did not pass.',
  args: args({
    'task!': taskArg,
    check: at(1, text('name of a check; default: those that did not pass, or all', 'check')),
  }),
  surfaces: ['cli', 'screen'],
  marks: 'cursor',
  dryRun: 'reads',
  async run({ task: slug, check }, context) {
    const session = await context.session();
    const { requireTask } = await context.services.store();
    const { outputsOf } = await context.services.landing();
    return { task: slug, outputs: await outputsOf(session, await requireTask(session, slug), check) };
  },
  print: ({ outputs }) =>
    outputs.flatMap(({ check, status, text: said }) => [
      `── ${check}: ${status}`,
      ...(said === undefined ? ['(what it wrote is not kept any more)'] : said.trimEnd().split('\n')),
    ]),
});

function validationExit({ verdict }: ValidationReport): ExitCode {
  return exitOfVerdict[verdict];
}

function validationLines(data: ValidationReport): string[] {
  const next = data.next ?? commandAfter(data.verdict, data.task);
  return [
    `${data.task}: ${data.verdict}${data.reason ? `, ${data.reason}` : ''}`,
    ...data.checks.map(checkLine),
    ...data.policies
      .filter((policy) => policy.status !== 'pass')
      .map(({ status, name, detail }) => `  ${status} ${name}: ${detail}`),
    ...(data.criteria ?? []).map((criterion) => `  ${criterionWords(criterion)}`),
    ...data.findings.map(({ severity, path, line, message }) => `  ${severity} ${path}:${line} ${message}`),
    ...data.skipped.map((reason) => `  skipped ${reason}`),
    ...(next ? [`  next: ${next}`] : []),
  ];
}

export const judgingCommands: readonly AnyCommand[] = [validate, output, done, complete];
