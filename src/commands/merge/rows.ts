/** Commands that predict, resolve and review merges. */
import { type MergeReport, strategies } from '../../domain/landing/merge.js';
import { ExitCode, hasCode } from '../../domain/platform/errors.js';
import { shellWord } from '../../domain/platform/shell.js';
import type { RepoSession } from '../../services/store/index.js';
import { args, at, command, flag, list, oneOf, short, taskArg, text, whole } from '../define.js';
import { hasToLand, workedOn } from '../task/settled.js';
import type { AnyCommand, CommandContext } from '../types.js';
import { hunkCommands } from './hunks.js';
import { landCommands } from './land.js';
import { mergedFileLines, mergeLines, nextLines, type ResolveData, resolveLines } from './print.js';
import { resolutionLines } from './resolution-print.js';

/** Branches can be checked in a repository that is not set up as well: nothing is written there. */
async function sessionToLookAt(
  context: CommandContext,
  byTask: boolean,
): Promise<{ session: RepoSession; notSetUp: boolean }> {
  try {
    return { session: await context.session(), notSetUp: false };
  } catch (error) {
    if (byTask || !hasCode(error, 'not-initialised')) throw error;
    const { paths, env, emit, signal, flags } = context;
    const { openSession } = await context.services.store();
    const session = await openSession({ cwd: flags.cwd, paths, env, emit, signal, unknown: true });
    return { session, notSetUp: true };
  }
}

/** What goes on from the check of one branch: with the task that it is of, or by making it one. */
function nextOfBranch(
  { results, target }: MergeReport,
  branch: string,
  { owner, notSetUp, isLocal }: { owner: string | undefined; notSetUp: boolean; isLocal: boolean },
): string[] {
  if (!results.some(({ status }) => status === 'conflict')) return [];
  if (owner) return [`codex-agent merge hunks ${owner}`, `codex-agent merge resolve ${owner}`];
  const init = notSetUp ? 'codex-agent init, then ' : '';
  const into = (name: string) => `git merge ${shellWord(target)}, with ${name} checked out`;
  const take = (name: string) => `codex-agent task add "…" --branch ${name}`;
  const given = shellWord(branch);
  if (isLocal) return [`${init}${take(given)}`, into(given)];
  // Only a local branch can be a task, or be merged into.
  return [`${init}git branch <name> ${given} && ${take('<name>')}`, into('<name>')];
}

const check = command({
  id: 'merge.check',
  part: 'predict',
  title: 'Check merges',
  summary:
    'Predict by real merges, off to the side and with uncommitted work, which tasks conflict with the target or each other.',
  args: args({
    tasks: at(0, list('tasks to check; default: all with a branch', 'task')),
    all: flag('also tasks that have no branch yet'),
    pairs: flag('also every pair of tasks'),
    queue: flag('also rehearse landing them one after the other'),
    branch: text('check this branch, remote branch, tag or commit instead of tasks', 'name'),
    into: text('against this one instead of the target', 'name'),
  }),
  surfaces: ['cli', 'screen'],
  marks: 'all',
  dryRun: 'reads',
  async run(given, context) {
    const { session, notSetUp } = await sessionToLookAt(context, (given.tasks?.length ?? 0) > 0);
    const { tasksOf, requireTask } = await context.services.store();
    const { branchesToLookAt, checkMerges, tasksWithBranch, withLandedElsewhere } =
      await context.services.landing();
    const open = tasksOf(await session.registry.read(), session.repo.id).filter(
      ({ status }) => status !== 'landed' && status !== 'cancelled',
    );
    const now = given.branch || given.into ? open : await withLandedElsewhere(session, open);
    const elsewhere = now.filter(
      ({ slug, status }) => status === 'landed' && (!given.tasks?.length || given.tasks.includes(slug)),
    );
    const alive = now.filter(({ status }) => status !== 'landed');
    const asked = given.tasks?.length
      ? await Promise.all(given.tasks.map((slug) => requireTask(session, slug)))
      : given.all
        ? alive
        : await tasksWithBranch(session, alive);
    const named = asked.filter(({ slug }) => !elsewhere.some((one) => one.slug === slug));
    const asBranches = notSetUp && !given.branch;
    const heads = asBranches ? await branchesToLookAt(session, given.into ?? session.target) : named;
    const report = await checkMerges(session, given.branch ? [] : heads, {
      pairs: given.pairs === true,
      queue: given.queue === true,
      distance: true,
      looks: true,
      ...(given.branch ? { branch: given.branch } : {}),
      ...(given.into ? { into: given.into } : {}),
    });
    session.emit({
      type: 'merge.checked',
      results: report.results,
      ...(given.pairs ? { pairs: report.pairs } : {}),
      ...(report.queue ? { queue: report.queue } : {}),
    });
    const withoutBranch = given.branch || notSetUp ? [] : alive.filter((task) => !named.includes(task));
    const owner = alive.find(({ branch }) => branch === given.branch)?.slug;
    const isLocal =
      given.branch !== undefined && (await session.git.commitOf(`refs/heads/${given.branch}`)) !== undefined;
    return {
      ...report,
      ...(given.branch ? { next: nextOfBranch(report, given.branch, { owner, notSetUp, isLocal }) } : {}),
      ...(asBranches ? { lookedAt: 'branches' as const } : {}),
      ...(elsewhere.length > 0
        ? { elsewhere: elsewhere.map(({ slug, landedAs = '' }) => ({ task: slug, commit: landedAs })) }
        : {}),
      ...(withoutBranch.length > 0 && !given.tasks?.length
        ? { withoutBranch: withoutBranch.map(({ slug }) => slug) }
        : {}),
    };
  },
  print: mergeLines,
  // A script must not read a merge that could not be tried as a clean one.
  exit: (data) => {
    const statuses = new Set([...data.results, ...data.pairs].map((result) => result.status));
    if (statuses.has('conflict')) return ExitCode.conflictsRemain;
    return statuses.has('unknown') ? ExitCode.failure : ExitCode.ok;
  },
});

const resolve = command({
  id: 'merge.resolve',
  settles: ['conflict'],
  settlesWith: { 'by hand': { continue: true } },
  title: 'Resolve conflicts',
  summary: 'Merge the target into a task in a private worktree and resolve what conflicts, or hand it back.',
  args: args({
    'task!': taskArg,
    strategy: oneOf(strategies, 'only this strategy'),
    attempts: whole('how often the conflict-resolver agent may try'),
    explain: flag(
      'show for every hunk what both sides changed, what stands there now, by which rung and why',
    ),
    byHand: flag("lay the conflict out in the task's worktree, for an editor or a merge tool"),
    continue: flag('finish what was resolved by hand, and remember it'),
    abort: flag('give up what was begun by hand'),
  }),
  surfaces: ['cli', 'screen'],
  marks: 'each',
  when: ({ tasks }, { task }) => hasToLand(tasks, task),
  takesIn: true,
  async run({ task: slug, strategy, attempts, explain, ...by }, context): Promise<ResolveData> {
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
  print: resolveLines,
  exit: (data) => (data.status === 'resolved' ? ExitCode.ok : ExitCode.conflictsRemain),
});

const review = command({
  id: 'merge.review',
  part: 'conflict',
  inPlaceOf: ['merge.hunks'],
  settles: ['conflict'],
  title: 'See a conflict hunk by hunk',
  summary:
    "Show the last resolution of a task hunk by hunk: both parents' changes, the result, by which rung and why.",
  args: args({ 'task!': taskArg }),
  surfaces: ['cli', 'screen'],
  marks: 'cursor',
  when: ({ tasks }, { task }) => workedOn(tasks, task),
  dryRun: 'reads',
  async run({ task: slug }, context) {
    const session = await context.session();
    const { requireTask } = await context.services.store();
    const { nextAfterMerge, readResolution } = await context.services.landing();
    const task = await requireTask(session, slug);
    const resolution = await readResolution(session, task);
    const merged = resolution.status === 'resolved';
    return { ...resolution, next: merged ? nextAfterMerge(task) : [`codex-agent merge hunks ${slug}`] };
  },
  print: (data) => [...resolutionLines(data), '', ...nextLines(data.next)],
});

const file = command({
  id: 'merge.file',
  inRun: true,
  title: 'Merge one file',
  summary:
    'Merge three files by rules of text and syntax; usable as a git merge driver, needs no repository.',
  args: args({
    'base!': at(0, text('the common ancestor; an empty file when there is none', 'file')),
    'ours!': at(1, text('our version', 'file')),
    'theirs!': at(2, text('their version', 'file')),
    'path!': text('path of the file in its repository: tells its language', 'path'),
    'out!': short('o', text('where the result goes; with conflict markers where it is not resolved', 'file')),
    markerSize: whole('how many signs a conflict marker has; default: 7', 1),
    accept: oneOf(
      ['proven', 'checked'],
      'what counts as resolved; default: proven. "checked" also takes what passes the gate only: use it in front of checks',
    ),
  }),
  surfaces: ['cli'],
  async run(given, context) {
    const { mergeFile } = await context.services.structural();
    const { env, signal } = context;
    return mergeFile({ ...given, cwd: context.flags.cwd, env, signal });
  },
  print: mergedFileLines,
  // Merge drivers and scripts know 1 as "conflicts are left"; every other failure has another code.
  exit: (data) => (data.status === 'not-resolved' ? ExitCode.failure : ExitCode.ok),
});

const forget = command({
  id: 'merge.forget',
  title: 'Forget a resolution',
  summary:
    "Drop how the conflicts of a task's last resolution were answered: the next time they are answered anew.",
  args: args({ 'task!': taskArg }),
  surfaces: ['cli', 'screen'],
  marks: 'each',
  confirm: ({ task }) => `Forget how the conflicts of ${task} were resolved? The branch stays as it is.`,
  async run({ task: slug }, context) {
    const session = await context.session();
    const { requireTask } = await context.services.store();
    const { forgetResolution } = await context.services.landing();
    return forgetResolution(session, await requireTask(session, slug));
  },
  print: ({ task, files }) => [
    files.length > 0
      ? `${task}: forgot how ${files.join(', ')} was resolved`
      : `${task}: nothing was remembered`,
  ],
});

export const mergeCommands: readonly AnyCommand[] = [
  check,
  resolve,
  review,
  ...hunkCommands,
  file,
  forget,
  ...landCommands,
];
