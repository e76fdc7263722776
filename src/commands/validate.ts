/** Commands that judge work and land it. */

import type { LandReport } from '../domain/landing/merge.js';
import type { ValidationReport } from '../domain/landing/validation.js';
import { ExitCode } from '../domain/platform/errors.js';
import { args, command, flag, taskArg } from './define.js';
import { printers } from './printers.js';
import type { AnyCommand } from './types.js';

const validate = command<{ task: string; autoFix?: boolean }, ValidationReport>({
  id: 'task.validate',
  title: 'Validate a task',
  summary: 'Run checks, policies and the validator agent on the task merged with its target.',
  args: args({
    'task!': taskArg,
    autoFix: flag('let the developer agent mend what was found'),
  }),
  surfaces: ['cli', 'screen'],
  print: printers['task.validate'],
  async run({ task: slug, autoFix }, context) {
    const session = await context.trustedSession();
    const { requireTask } = await context.services.store();
    const { validateTask } = await context.services.landing();
    const manager = await context.services.app();
    const fix = autoFix ?? session.config.validator.auto_fix;
    return validateTask(session, await requireTask(session, slug), {
      ...(fix ? { fix: (findings) => manager.fixFindings(session, slug, findings) } : {}),
    });
  },
  exit: (data) => (data.verdict === 'pass' ? ExitCode.ok : ExitCode.validationFailed),
});

const review = command<{ task: string }, unknown>({
  id: 'task.review',
  title: 'Review a task',
  summary: 'Show what a task changes and what its validation found.',
  args: args({ 'task!': taskArg }),
  surfaces: ['cli', 'screen'],
  dryRun: 'reads',
  async run({ task: slug }, context) {
    const session = await context.session();
    const { requireTask } = await context.services.store();
    const { reviewTask } = await context.services.landing();
    return reviewTask(session, await requireTask(session, slug));
  },
});

const complete = command<{ task: string; merge?: boolean; noMerge?: boolean }, LandReport | ValidationReport>(
  {
    id: 'task.complete',
    title: 'Complete a task',
    summary: 'Validate, land on the target, and clean up.',
    args: args({
      'task!': taskArg,
      noMerge: flag('validate only, do not land'),
    }),
    surfaces: ['cli', 'screen'],
    print: printers['task.complete'],
    streams: true,
    when: ({ tasks }, { task }) =>
      tasks.some(({ slug, status }) => slug === task && status === 'landed') ? `${task} has landed.` : true,
    confirm: ({ task }, state) => `Validate ${task} and land it on ${state.target || 'the target'}?`,
    async run({ task: slug, noMerge }, context) {
      const session = await context.trustedSession();
      if (noMerge) {
        const { requireTask } = await context.services.store();
        const { validateTask } = await context.services.landing();
        return validateTask(session, await requireTask(session, slug), {});
      }
      const { completeTask } = await context.services.app();
      return completeTask(session, slug);
    },
    exit: (data) => ('verdict' in data && data.verdict !== 'pass' ? ExitCode.validationFailed : ExitCode.ok),
  },
);

export const validateCommands: readonly AnyCommand[] = [validate, review, complete];
