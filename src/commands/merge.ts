/** Commands that predict, resolve and rebase. */

import type { AppState } from '../domain/app/state.js';
import { landingExit, type TrainPlan, type TrainReport, trainSaid } from '../domain/landing/landing.js';
import type {
  FileReport,
  MergeReport,
  Resolution,
  ResolveReport,
  Strategy,
} from '../domain/landing/merge.js';
import { ExitCode } from '../domain/platform/errors.js';
import type { RebaseReport } from '../services/landing/index.js';
import { args, at, command, flag, list, taskArg, text, whole } from './define.js';
import { printers } from './printers.js';
import type { AnyCommand } from './types.js';

interface CheckArgs {
  tasks?: string[];
  all?: boolean;
  pairs?: boolean;
  queue?: boolean;
  branch?: string;
  into?: string;
}

const check = command<CheckArgs, MergeReport>({
  id: 'merge.check',
  title: 'Check merges',
  summary:
    'Predict by real merges, off to the side and with uncommitted work, which tasks conflict with the target or each other.',
  args: args({
    tasks: at(0, list('tasks to check; default: all with a branch', 'task')),
    all: flag('also tasks that have no commits yet'),
    pairs: flag('also every pair of tasks'),
    queue: flag('also rehearse landing them one after the other'),
    branch: text('check this branch instead of tasks', 'name'),
    into: text('against this branch instead of the target', 'name'),
  }),
  surfaces: ['cli', 'screen'],
  print: printers['merge.check'],
  dryRun: 'reads',
  async run(given, context) {
    const session = await context.session();
    const { tasksOf, requireTask } = await context.services.store();
    const { checkMerges } = await context.services.landing();
    const named = given.tasks?.length
      ? await Promise.all(given.tasks.map((slug) => requireTask(session, slug)))
      : tasksOf(await session.registry.read(), session.repo.id).filter(
          (task) =>
            (given.all || task.base || task.runIds.length > 0) &&
            !['landed', 'cancelled'].includes(task.status),
        );
    const report = await checkMerges(session, given.branch ? [] : named, {
      pairs: given.pairs === true,
      queue: given.queue === true,
      distance: true,
      ...(given.branch ? { branch: given.branch } : {}),
      ...(given.into ? { into: given.into } : {}),
    });
    session.emit({
      type: 'merge.checked',
      results: report.results,
      ...(given.pairs ? { pairs: report.pairs } : {}),
      ...(report.queue ? { queue: report.queue } : {}),
    });
    return report;
  },
  // What could not be told must not read as clean to a script.
  exit: (data) => {
    const statuses = new Set([...data.results, ...data.pairs].map((result) => result.status));
    if (statuses.has('conflict')) return ExitCode.conflictsRemain;
    return statuses.has('unknown') ? ExitCode.failure : ExitCode.ok;
  },
});

interface ResolveArgs {
  task: string;
  strategy?: Strategy;
  attempts?: number;
  explain?: boolean;
  byHand?: boolean;
  continue?: boolean;
  abort?: boolean;
}

const resolve = command<ResolveArgs, ResolveReport & { resolution?: Resolution }>({
  id: 'merge.resolve',
  title: 'Resolve conflicts',
  summary: 'Merge the target into a task in a private worktree and resolve what conflicts, or hand it back.',
  args: args({
    'task!': taskArg,
    strategy: text('only this strategy: rerere, whitespace, structural or ai', 'name'),
    attempts: whole('how often the conflict-resolver agent may try'),
    explain: flag(
      'show for every hunk what both sides changed, what stands there now, by which rung and why',
    ),
    byHand: flag("lay the conflict out in the task's worktree, for an editor or a merge tool"),
    continue: flag('finish what was resolved by hand, and remember it'),
    abort: flag('give up what was begun by hand'),
  }),
  surfaces: ['cli', 'screen'],
  print: printers['merge.resolve'],
  async run({ task: slug, strategy, attempts, explain, ...by }, context) {
    const session = await context.trustedSession();
    const { requireTask } = await context.services.store();
    const { readResolution, resolveByHand, resolveTask } = await context.services.landing();
    const step = by.abort ? 'abort' : by.continue ? 'continue' : by.byHand ? 'start' : undefined;
    if (step) return resolveByHand(session, await requireTask(session, slug), step);
    const task = await requireTask(session, slug);
    const report = await resolveTask(session, task, {
      ...(strategy ? { strategies: [strategy] } : {}),
      ...(attempts ? { attempts } : {}),
    });
    if (!explain || report.files.length === 0) return report;
    return { ...report, resolution: await readResolution(session, task) };
  },
  exit: (data) => (data.status === 'resolved' ? ExitCode.ok : ExitCode.conflictsRemain),
});

const review = command<{ task: string }, Resolution>({
  id: 'merge.review',
  title: 'Review a resolution',
  summary:
    "Show the last resolution of a task hunk by hunk: both parents' changes, the result, by which rung and why.",
  args: args({ 'task!': taskArg }),
  surfaces: ['cli', 'screen'],
  print: printers['merge.review'],
  dryRun: 'reads',
  async run({ task: slug }, context) {
    const session = await context.session();
    const { requireTask } = await context.services.store();
    const { readResolution } = await context.services.landing();
    return readResolution(session, await requireTask(session, slug));
  },
});

interface FileArgs {
  base: string;
  ours: string;
  theirs: string;
  path: string;
  out: string;
  markerSize?: number;
}

const file = command<FileArgs, FileReport>({
  id: 'merge.file',
  title: 'Merge one file',
  summary:
    'Merge three files by rules of text and syntax; usable as a git merge driver, needs no repository.',
  args: args({
    'base!': at(0, text('the common ancestor; an empty file when there is none', 'file')),
    'ours!': at(1, text('our version', 'file')),
    'theirs!': at(2, text('their version', 'file')),
    'path!': text('path of the file in its repository: tells its language', 'path'),
    'out!': {
      ...text('where the result goes; with conflict markers where it is not resolved', 'file'),
      short: 'o',
    },
    markerSize: whole('how many signs a conflict marker has; default: 7', 1),
  }),
  surfaces: ['cli'],
  print: printers['merge.file'],
  async run(given, context) {
    const { mergeFile } = await context.services.structural();
    const { env, signal } = context;
    return mergeFile({ ...given, cwd: context.flags.cwd, env, signal });
  },
  // Merge drivers and scripts know 1 as "conflicts are left"; every other failure has another code.
  exit: (data) => (data.status === 'not-resolved' ? ExitCode.failure : ExitCode.ok),
});

interface RebaseArgs {
  task: string;
  continue?: boolean;
  abort?: boolean;
  resolve?: boolean;
}

const rebase = command<RebaseArgs, RebaseReport>({
  id: 'merge.rebase',
  title: 'Rebase a task',
  summary: "Rebase a task's branch onto the target, in its own worktree.",
  args: args({
    'task!': taskArg,
    continue: flag('go on after conflicts were resolved by hand'),
    abort: flag('put the branch back as it was'),
    resolve: flag('on a conflict, put it back and let the resolver merge the target instead'),
  }),
  surfaces: ['cli', 'screen'],
  print: printers['merge.rebase'],
  said: ({ task, status, reason }) => `${task}: ${status}${reason ? `, ${reason}` : ''}.`,
  confirm: ({ task, continue: go, abort }) =>
    go || abort ? undefined : `Rebase ${task} onto the target? The old tip is kept under a rescue ref.`,
  async run({ task: slug, continue: go, abort, resolve: mayResolve }, context) {
    const session = mayResolve ? await context.trustedSession() : await context.session();
    const { requireTask, updateTask } = await context.services.store();
    const { rebaseTask } = await context.services.landing();
    const mode = abort ? 'abort' : go ? 'continue' : 'start';
    const task = await requireTask(session, slug);
    const report = await rebaseTask(session, task, { mode, resolve: mayResolve === true });
    if (report.status === 'rebased') {
      const base = await session.git.commitOf(`refs/heads/${session.target}`);
      await updateTask(session, slug, (fresh) => ({
        ...fresh,
        base,
        validation: undefined,
        ...(fresh.status === 'validated' ? { status: 'done' as const } : {}),
      }));
    }
    return report;
  },
  exit: (data) => (data.conflicts?.length ? ExitCode.conflictsRemain : ExitCode.ok),
});

const readyToLand = (state: AppState): number =>
  state.tasks.filter(({ status }) => status === 'done' || status === 'validated').length;

const land = command<{ tasks?: string[] }, TrainReport | TrainPlan>({
  id: 'merge.land',
  title: 'Land what is ready',
  summary:
    'Merge finished tasks off to the side, check them as one tree, land what passes, name what does not.',
  args: args({
    tasks: at(0, list('tasks to land; default: all that are done', 'task')),
  }),
  surfaces: ['cli', 'screen'],
  print: printers['merge.land'],
  streams: true,
  said: (data) => ('order' in data ? `Would land ${data.order.length}.` : trainSaid(data)),
  dryRun: 'honours',
  when: (state, { tasks }) =>
    tasks?.length || readyToLand(state) > 0 ? true : 'no task is done yet, so there is nothing to land',
  confirm: ({ tasks }, state) => {
    const count = tasks?.length || readyToLand(state);
    return `Check ${count} task${count === 1 ? '' : 's'} merged together and land what passes on ${state.target || 'the target'}?`;
  },
  async run({ tasks }, context) {
    const session = await context.trustedSession();
    const train = await context.services.landing();
    const request = tasks?.length ? { tasks } : {};
    return context.flags.dryRun ? train.planLanding(session, request) : train.landTasks(session, request);
  },
  exit: ({ refused }) => landingExit(refused),
});

export const mergeCommands: readonly AnyCommand[] = [check, resolve, review, file, rebase, land];
