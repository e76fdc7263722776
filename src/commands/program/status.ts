/** `status`: tasks, runs, worktrees and merges of a repository at a glance. */

import { type Pause, pauseSaid } from '../../domain/agents/pause.js';
import { isLive, type RunView, standingOf } from '../../domain/agents/run.js';
import { type SpendReport, spentByRun, spentLine } from '../../domain/agents/spend.js';
import type { WorktreeView } from '../../domain/app/events.js';
import { nextFor, unfinishedRuns } from '../../domain/app/next.js';
import { failedChecks, glyphs, isHeld, shownState } from '../../domain/app/selectors.js';
import { currentRun } from '../../domain/app/steps.js';
import { elsewhereLine, type LandedElsewhere, type MergeResult } from '../../domain/landing/merge.js';
import { appError } from '../../domain/platform/errors.js';
import { toldWords } from '../../domain/store/agent-files.js';
import type { Task, TaskStatus } from '../../domain/store/task.js';
import type { RepoSession } from '../../services/store/index.js';
import { args, command, flag } from '../define.js';
import { mergeWord } from '../merge/print.js';
import { table } from '../table.js';
import type { CommandContext } from '../types.js';

/** A run that waits for room on a full disk looks as if it were just starting, or about to end. */
async function tellOfRoom(context: CommandContext, session: RepoSession, runs: readonly RunView[]) {
  const between = runs.filter(({ phase }) => phase === 'starting' || phase === 'finishing');
  if (between.length === 0) return;
  const { tellNoRoom } = await context.services.app();
  const told = new Set<string>();
  for (const run of between) await tellNoRoom(session, told, run);
}

/** `data.repos` of `status --all-repos`. */
interface RepoCount {
  repo: string;
  tasks: Record<string, number>;
}

/** `data` of `status`. */
interface RepoStatus {
  repo: string;
  target: string;
  /** The target lacks commits of its upstream, or the two have diverged. */
  behind?: string;
  /** Nothing is started, as the repository's configuration is not what the person trusts. */
  untrusted?: true;
  /** Documents for coding CLIs that are not as the person trusted them. */
  told?: string[];
  tasks: Record<string, number>;
  /** Tasks that wait for others, or depend on what will not land: they count as ready. */
  blocked: string[];
  /** Finished tasks whose checks failed: they count as done, and wait for a person. */
  failedChecks: string[];
  /** Finished work that a person has to look at and approve. */
  held: string[];
  /** Tasks whose agents have ended while no process drove, so that their work is not taken in yet. */
  ended: string[];
  /** Tasks that are tried again by themselves, from this time on. */
  again: { task: string; at?: string; why: string }[];
  /** Tasks counted as landed whose work came to the target by another way; the next launch writes them off. */
  elsewhere: LandedElsewhere[];
  runs: RunView[];
  worktrees: WorktreeView[];
  spent: SpendReport;
  /** Accounts that are at their limits. */
  limits: Pause[];
  merge: (Pick<MergeResult, 'task' | 'status' | 'conflicts' | 'reason'> & { bailOut?: string })[];
}

type StatusData = RepoStatus | { repos: RepoCount[] } | undefined;

export const statusRow = command({
  id: 'status',
  title: 'Status',
  summary: 'Show tasks, worktrees, runs and merge state.',
  args: args({
    tui: flag('open the dashboard'),
    allRepos: flag('count the tasks of every repository'),
  }),
  surfaces: ['cli', 'screen'],
  part: 'overview',
  dryRun: 'reads',
  async run({ allRepos, tui }, context): Promise<StatusData> {
    context.lookAgain?.();
    if (tui) {
      if (!context.openScreen) {
        throw appError('no-terminal', 'The dashboard needs a terminal.', {
          kind: 'usage',
          hint: 'Leave out --tui, --json and --no-tui, or run it where standard output is a terminal.',
        });
      }
      await context.openScreen(context.flags.cwd);
      return undefined;
    }
    if (allRepos) {
      const { allRepos: count } = await context.services.store();
      return { repos: await count(context.paths) };
    }
    return statusOf(context);
  },
  print: (data) => {
    if (data === undefined) return [];
    return 'repos' in data ? repoLines(data.repos) : statusLines(data);
  },
});

async function statusOf(context: CommandContext): Promise<RepoStatus> {
  const session = await context.session();
  const { takeStubs, tasksOf, upstreamNote } = await context.services.store();
  await takeStubs(session);
  const known = tasksOf(await session.registry.read(), session.repo.id);
  const { checkMerges, withLandedElsewhere } = await context.services.landing();
  const tasks = await withLandedElsewhere(session, known);
  const elsewhere = tasks.filter((task, at) => task.status !== known[at]!.status);
  const { listRuns, readPauses, reportSpend } = await context.services.agents();
  const { inspectWorktrees } = await context.services.worktrees();
  const live = tasks.filter((task) => task.base && task.status !== 'landed' && task.status !== 'cancelled');
  const [behind, runs, worktrees, { results }] = await Promise.all([
    upstreamNote(session).catch(() => undefined),
    listRuns(context.paths, { repo: session.repo.id }),
    inspectWorktrees(
      session,
      tasks.filter((task) => task.worktree),
    ),
    checkMerges(session, live, {}),
  ]);
  await tellOfRoom(context, session, runs);
  const spent = await reportSpend(session, runs);
  session.emit({ type: 'worktrees.inspected', worktrees });
  session.emit({ type: 'merge.checked', results });
  return {
    repo: session.root,
    target: session.target,
    ...(behind ? { behind } : {}),
    ...(session.loaded.trusted ? {} : { untrusted: true as const }),
    ...(session.loaded.trustTold ? { told: session.loaded.trustTold } : {}),
    tasks: countBy(tasks),
    blocked: tasks
      .filter((task) => shownState(task, { tasks, merges: {} }) === 'blocked')
      .map(({ slug }) => slug),
    failedChecks: tasks.filter(failedChecks).map(({ slug }) => slug),
    held: tasks.filter(isHeld).map(({ slug }) => slug),
    ended: endedOf(tasks, runs),
    again: tasks.filter(isTriedAgain).map(({ slug, launch, problem }) => ({
      task: slug,
      ...(launch?.notBefore ? { at: launch.notBefore } : {}),
      why: problem?.message ?? '',
    })),
    elsewhere: elsewhere.map(({ slug, landedAs = '' }) => ({ task: slug, commit: landedAs })),
    runs: unfinishedRuns(runs, tasks),
    worktrees,
    spent,
    limits: readPauses(context.paths),
    merge: results.map(({ task: slug, status, conflicts, reason }) => {
      const bailOut = tasks.find((task) => task.slug === slug)?.merge?.bailOut;
      return {
        task: slug,
        status,
        conflicts,
        ...(reason ? { reason } : {}),
        ...(bailOut ? { bailOut } : {}),
      };
    }),
  };
}

function endedOf(tasks: readonly Task[], runs: readonly RunView[]): string[] {
  const over = new Set(runs.filter(({ phase }) => !isLive(phase)).map(({ runId }) => runId));
  const running = tasks.filter(({ status }) => status === 'running');
  return running.filter((task) => over.has(currentRun(task) ?? '')).map(({ slug }) => slug);
}

/** Whether a run of it failed, or was lost, and the next one comes without a person. */
const isTriedAgain = ({ status, launch, problem }: Task): boolean =>
  status === 'ready' && problem !== undefined && (launch?.retried ?? 0) > 0;

function againLine({ task, at = '', why }: RepoStatus['again'][number]): string {
  const when =
    Date.parse(at) > Date.now()
      ? `at ${at.slice(11, 19)} UTC`
      : 'as soon as a process drives, such as `codex-agent manager monitor`';
  return `${task} is tried again ${when}. ${why}`;
}

function countBy(tasks: readonly Task[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const task of tasks) counts[task.status] = (counts[task.status] ?? 0) + 1;
  return counts;
}

function statusLines(data: RepoStatus): string[] {
  const [failed, blocked] = [data.failedChecks.length, data.blocked.length];
  const counts = Object.entries(data.tasks).flatMap(([name, n]) => {
    const some = name === 'done' ? n - failed : name === 'ready' ? n - blocked : n;
    return some > 0 ? [`${glyphs[name as TaskStatus]} ${some} ${name}`] : [];
  });
  if (blocked > 0) counts.push(`${glyphs.blocked} ${blocked} blocked`);
  if (failed > 0) counts.push(`${glyphs.failed} ${failed} with failed checks`);
  return [
    `${data.repo}, landing on ${data.target}`,
    ...(data.behind ? [`! ${data.behind}`] : []),
    ...(data.untrusted
      ? ['! The configuration of this repository is not trusted, so nothing is started: `codex-agent trust`.']
      : []),
    ...(data.told && !data.untrusted ? [toldWords(data.told)] : []),
    counts.length > 0 ? counts.join('   ') : 'No tasks yet: add one with `codex-agent task add`.',
    ...data.ended.map(
      (task) =>
        `The agent of ${task} has ended: the next command about its work takes that in, such as \`codex-agent task review ${task}\`.`,
    ),
    ...data.again.map(againLine),
    ...data.elsewhere.map((one) => elsewhereLine(one, data.target)),
    ...data.failedChecks.map(
      (task) => `The checks of ${task} failed: \`codex-agent task review ${task}\` shows them.`,
    ),
    ...data.held.map(
      (task) =>
        `${task} waits for your approval: \`codex-agent task review ${task}\` shows why, --approve gives it.`,
    ),
    ...(data.spent.total.tokens > 0 || data.spent.budget ? [spentLine(data.spent)] : []),
    ...data.limits.map(pauseSaid),
    ...section(
      'Runs',
      data.runs.map((run) => [
        run.task,
        standingOf(run),
        run.runner,
        run.runId,
        spentByRun(run, data.spent),
        run.status === undefined ? (run.lastLine ?? '') : `→ ${nextFor(run)[0] ?? ''}`,
      ]),
    ),
    ...section(
      'Worktrees',
      data.worktrees.map((tree) => [
        tree.task,
        tree.dirty === undefined ? tree.state : tree.dirty === 0 ? 'clean' : `${tree.dirty} changed`,
        tree.ahead === undefined ? '' : `↑${tree.ahead} ↓${tree.behind ?? '?'}`,
        tree.path,
      ]),
    ),
    ...section(
      'Merge',
      data.merge.map((merge) => [
        merge.task,
        mergeWord(merge.status),
        merge.bailOut ?? merge.reason ?? merge.conflicts.map((conflict) => conflict.path).join(', '),
      ]),
    ),
  ];
}

function repoLines(counts: readonly RepoCount[]): string[] {
  if (counts.length === 0) return ['No repository is set up yet: run `codex-agent init` in one.'];
  return table(
    counts.map(({ repo, tasks }) => [
      repo,
      Object.entries(tasks)
        .map(([name, n]) => `${n} ${name}`)
        .join(', '),
    ]),
  );
}

function section(title: string, rows: readonly (readonly string[])[]): string[] {
  return rows.length === 0 ? [] : ['', title, ...table(rows).map((line) => `  ${line}`)];
}
