/** The demo as a whole: a sample repository set up like a person's own, and its story played headless. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isLive } from '../../../domain/agents/run.js';
import type { Emit } from '../../../domain/app/events.js';
import type { Task } from '../../../domain/store/task.js';
import { listRuns } from '../../agents/index.js';
import type { Paths } from '../../platform/index.js';
import { runProcess } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import {
  addTasks,
  forgetGoneDemos,
  openRegistry,
  openSession,
  readStubs,
  registerRepo,
  requireTrusted,
  tasksOf,
  trustRepository,
  trustState,
} from '../../store/index.js';
import { drive, requestLaunch } from '../manager/index.js';
import { createDemo } from './create.js';

interface Setting {
  paths: Paths;
  env: NodeJS.ProcessEnv;
}

/**
 * Makes the sample, or finds the one in `folder`, and adds its tasks. Killed anywhere, the next call goes on.
 * @param speed percent of human pace; 0 is as fast as possible
 * @returns path of the repository
 */
export async function prepareDemo(options: Setting & { folder?: string; speed: number }): Promise<string> {
  const { paths, env, folder, speed } = options;
  const { root, tasks } = await createDemo({ env, speed, ...(folder ? { folder } : {}) });
  const registry = openRegistry(paths);
  await forgetGoneDemos(registry);
  await registerRepo(registry, { root, commonDir: join(root, '.git') }, { demo: true });
  // This program wrote these files a moment ago, so no person has to read them first.
  const trust = await trustState(paths, root);
  if (trust.status !== 'trusted') await trustRepository(paths, root, trust.hash);
  const session = await open(root, options, () => undefined, new AbortController().signal);
  const known = new Set(tasksOf(await session.registry.read(), session.repo.id).map((task) => task.slug));
  const drafts = (await readStubs(tasks, process.stdin)).filter((draft) => !known.has(draft.slug ?? ''));
  if (drafts.length > 0) await addTasks(session, drafts, { writeStubs: false });
  return root;
}

/** `data` of `demo --no-tui`. */
export interface DemoReport {
  ok: boolean;
  root: string;
  landed: string[];
  notLanded: { slug: string; status: string; reason?: string }[];
  conflictsSeen: string[];
  testsPass: boolean;
  clean: boolean;
  worktreesLeft: number;
  runsLeft: number;
  seconds: number;
  lines: string[];
}

/** Launches everything with landing on, waits for rest, then looks at what is really there. */
export async function playDemo(
  options: Setting & { root: string; emit: Emit; signal: AbortSignal },
): Promise<DemoReport> {
  const started = process.hrtime.bigint();
  const conflictsSeen = new Set<string>();
  const emit: Emit = (event) => {
    if (event.type === 'merge.resolved') conflictsSeen.add(event.report.task);
    options.emit(event);
  };
  const session = await requireTrusted(await open(options.root, options, emit, options.signal));
  await requestLaunch(session, { tasks: [], land: true });
  // Also with nothing left to launch: an earlier demo that was killed may have left a check half done.
  await drive(session, { until: 'rest' });
  const facts = await lookAround(session);
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  const report = { ...facts, root: options.root, conflictsSeen: [...conflictsSeen], seconds };
  const ok =
    report.notLanded.length === 0 &&
    report.testsPass &&
    report.clean &&
    report.worktreesLeft === 0 &&
    report.runsLeft === 0;
  return { ...report, ok, lines: summary(report, ok) };
}

function open(root: string, { paths, env }: Setting, emit: Emit, signal: AbortSignal): Promise<RepoSession> {
  return openSession({ cwd: root, paths, env, emit, signal });
}

async function lookAround(session: RepoSession) {
  const tasks = tasksOf(await session.registry.read(), session.repo.id);
  const status = await session.git.run(['status', '--porcelain', '-z']);
  const trees = await session.git.run(['worktree', 'list', '--porcelain', '-z']);
  const tests = await runProcess([process.execPath, '--test'], {
    cwd: session.root,
    env: { PATH: session.env.PATH ?? '', HOME: session.env.HOME ?? '' },
    timeoutMs: 60_000,
    mayCut: true,
  });
  const runs = await listRuns(session.paths, { repo: session.repo.id });
  return {
    landed: tasks.filter((task) => task.status === 'landed').map((task) => task.slug),
    notLanded: tasks.filter((task) => task.status !== 'landed').map(describe),
    testsPass: tests.code === 0,
    clean: status.stdout === '',
    worktreesLeft:
      trees.stdout.split('\0').filter((line) => line.startsWith('worktree ')).length -
      1 +
      tasks.filter((task) => task.worktree && existsSync(task.worktree)).length,
    runsLeft: runs.filter((run) => isLive(run.phase)).length,
  };
}

const describe = (task: Task) => ({
  slug: task.slug,
  status: task.status,
  ...(task.problem ? { reason: task.problem.message } : {}),
});

function summary(report: Omit<DemoReport, 'ok' | 'lines'>, ok: boolean): string[] {
  const total = report.landed.length + report.notLanded.length;
  return [
    '',
    `${report.landed.length} of ${total} tasks landed in ${report.seconds.toFixed(1)} s (scripted agents, no model).`,
    ...report.notLanded.map(
      (task) => `  ${task.slug} is ${task.status}${task.reason ? `: ${task.reason}` : ''}`,
    ),
    ...(report.conflictsSeen.length > 0
      ? [`Conflicts met and worked on: ${report.conflictsSeen.join(', ')}.`]
      : []),
    `Tests of the sample on its main branch: ${report.testsPass ? 'pass' : 'FAIL'}.`,
    `Left behind: ${report.worktreesLeft} worktrees, ${report.runsLeft} live runs; git status ${report.clean ? 'clean' : 'NOT clean'}.`,
    ok ? `All good. Look around: ${report.root}` : `Something is missing. Look at ${report.root}`,
  ];
}
