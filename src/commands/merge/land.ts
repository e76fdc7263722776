/** Commands that bring a task's branch onto the target, or the target to it. */
import { perList } from '../../domain/app/lookups.js';
import type { AppState } from '../../domain/app/state.js';
import { landingExit, type TrainPlan, type TrainReport, trainSaid } from '../../domain/landing/landing.js';
import { ExitCode } from '../../domain/platform/errors.js';
import { plural } from '../../domain/platform/units.js';
import { args, at, command, flag, list, noCacheArg, taskArg } from '../define.js';
import { hasToLand } from '../task/settled.js';
import type { AnyCommand } from '../types.js';
import { landLines, rebaseLines } from './land-print.js';

const rebase = command({
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
  marks: 'each',
  when: ({ tasks }, { task }) => hasToLand(tasks, task),
  confirm: ({ task, continue: go, abort }) =>
    go || abort ? undefined : `Rebase ${task} onto the target? The old tip is kept under a rescue ref.`,
  takesIn: true,
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
  print: rebaseLines,
  said: ({ task, status, reason }) => `${task}: ${status}${reason ? `, ${reason}` : ''}.`,
  exit: (data) => (data.conflicts?.length ? ExitCode.conflictsRemain : ExitCode.ok),
});

const readyIn = perList(
  (tasks: AppState['tasks']) =>
    tasks.filter(({ status }) => status === 'done' || status === 'validated').length,
);
const readyToLand = (state: AppState): number => readyIn(state.tasks);

const land = command({
  id: 'merge.land',
  part: 'land-ready',
  settles: ['to land'],
  title: 'Land what is ready',
  summary:
    'Merge finished tasks off to the side, check them as one tree, land what passes, name what does not.',
  args: args({
    tasks: at(0, list('tasks to land; default: all that are done', 'task')),
    noCache: noCacheArg,
  }),
  surfaces: ['cli', 'screen'],
  marks: 'all',
  streams: true,
  dryRun: 'honours',
  about: ({ tasks }) =>
    tasks.filter(({ status }) => status === 'done' || status === 'validated').map(({ slug }) => slug),
  when: (state, { tasks }) =>
    tasks?.length || readyToLand(state) > 0 ? true : 'no task is done yet, so there is nothing to land',
  confirm: ({ tasks }, state) => {
    const count = tasks?.length || readyToLand(state);
    const target = state.target || 'the target';
    return count === 1
      ? `Check 1 task and land it on ${target} when it passes?`
      : `Check ${plural(count, 'task')} merged together and land what passes on ${target}?`;
  },
  takesIn: true,
  async run({ tasks, noCache = false }, context): Promise<TrainReport | TrainPlan> {
    const session = await context.trustedSession();
    const train = await context.services.landing();
    const request = { fresh: noCache, ...(tasks?.length ? { tasks } : {}) };
    return context.flags.dryRun ? train.planLanding(session, request) : train.landTasks(session, request);
  },
  print: landLines,
  said: (data) => ('order' in data ? `Would land ${plural(data.order.length, 'task')}.` : trainSaid(data)),
  exit: ({ refused }) => landingExit(refused),
});

export const landCommands: readonly AnyCommand[] = [rebase, land];
