/** Results for people: a printer for what has a shape of its own, else what the row says, else the data itself. */

import type { Agent } from '../domain/agents/agent.js';
import type { SessionReport } from '../domain/agents/agent-event.js';
import { formatSpent, type Spent } from '../domain/agents/cost.js';
import { abilitiesOf } from '../domain/agents/run.js';
import { type SpendReport, spentByRun, spentLine, type WaveSpend } from '../domain/agents/spend.js';
import { renderEvents } from '../domain/agents/transcript/render.js';
import { nextFor } from '../domain/app/next.js';
import { glyphs } from '../domain/app/selectors.js';
import type { LaunchOutcome } from '../domain/app/steps.js';
import type { LandReport } from '../domain/landing/merge.js';
import type { ValidationReport } from '../domain/landing/validation.js';
import { formatDuration } from '../domain/platform/units.js';
import type { Task, TaskStatus } from '../domain/store/task.js';
import type { CheckedFile, RunnerProbe } from '../services/agents/index.js';
import type { InitReport } from '../services/app/index.js';
import type { Restored } from '../services/worktrees/index.js';
import type { RepoCount, RepoStatus } from './app.js';
import { landPrinters } from './land-printers.js';
import { mergeCheck, mergeFile, mergeResolve, mergeWord } from './merge-printers.js';
import { type Line, renderData } from './render-data.js';
import { resolutionLines } from './resolution-printer.js';
import type { ExportReport, SearchData, SessionRow } from './session.js';
import { table } from './table.js';
import type { AnyCommand } from './types.js';
import { worktreePrinters } from './worktree-printers.js';

export const printers = {
  init: (data: InitReport) => [
    `Set up ${data.repo.path}.`,
    ...data.created.map((name) => `  wrote ${name}`),
    ...(data.mergeDriver
      ? [
          `Merge driver ${data.mergeDriver.status}: ${data.mergeDriver.attributes}, ${data.mergeDriver.setting}.`,
        ]
      : []),
    'Next: codex-agent task add "…", then codex-agent.',
  ],
  status: (data: RepoStatus | { repos: RepoCount[] } | undefined) =>
    data === undefined ? [] : 'repos' in data ? repos(data.repos) : status(data),
  'task.list': (data: { tasks: Task[] }) =>
    data.tasks.length === 0
      ? ['No tasks yet: add one with `codex-agent task add`.']
      : table(
          data.tasks.map((task) => [
            task.slug,
            `${glyphs[task.status]} ${task.status}`,
            task.title,
            task.dependsOn.join(' '),
          ]),
        ),
  ...worktreePrinters,
  'task.restore': ({ refs }: Restored) =>
    refs.length === 0
      ? ['Nothing to put back: no ref that was found moved when the run ended is still there.']
      : refs.map(
          ({ ref, before, after, done, kept, worktree }) =>
            `${ref}  ${after.slice(0, 8) || 'gone'} → ${before.slice(0, 8) || 'gone'}  ${done ? 'put back' : 'not put back'}` +
            (kept ? `, kept as ${kept}` : '') +
            (worktree ? `; checked out in ${worktree}, whose files were not touched` : ''),
        ),
  ...landPrinters,
  'task.run': launched,
  'task.retry': launched,
  'manager.launch': launched,
  'manager.monitor': (data: {
    tasks: { slug: string; status: TaskStatus; problem?: Task['problem']; spent?: Spent }[];
    spent: SpendReport;
    waves: WaveSpend[];
  }) => [
    ...table(
      data.tasks.map(({ slug, status, problem, spent }) => [
        slug,
        `${glyphs[status]} ${status}`,
        spent ? formatSpent(spent, data.spent.currency) : '',
        problem?.message ?? '',
      ]),
    ),
    ...spentLines(data.spent, data.waves),
  ],
  'manager.plan': (data: {
    waves: { index: number; tasks: string[] }[];
    blocked: { slug: string; reason: string }[];
    overlaps: { a: string; b: string; paths: string[] }[];
    spent?: SpendReport;
    spentByWave?: WaveSpend[];
  }) => [
    ...data.waves.map((wave) => `wave ${wave.index}: ${wave.tasks.join(', ')}`),
    ...data.blocked.map(({ slug, reason }) => `blocked: ${slug} ${reason}`),
    ...data.overlaps.map(({ a, b, paths }) => `may collide: ${a} and ${b} (${paths.join(', ')})`),
    ...(data.waves.length + data.blocked.length === 0 ? ['Nothing to launch.'] : []),
    ...(data.spent ? spentLines(data.spent, data.spentByWave ?? []) : []),
  ],
  'task.validate': validation,
  'task.complete': (data: LandReport | ValidationReport) =>
    'verdict' in data ? validation(data) : [`${data.task} landed on ${data.target} as ${data.commit}.`],
  'merge.check': mergeCheck,
  'merge.resolve': mergeResolve,
  'merge.review': resolutionLines,
  'merge.file': mergeFile,
  'session.list': (data: { sessions: SessionRow[] }) =>
    data.sessions.length === 0
      ? ['No sessions yet.']
      : table(
          data.sessions.map((run) => [
            run.runId,
            run.status ?? run.phase,
            run.runner,
            run.startedAt,
            run.error ? `${run.error.code}: ${run.error.message}`.slice(0, 100) : '',
            run.next[0] ? `→ ${run.next[0]}` : '',
          ]),
        ),
  'session.show': (data: SessionReport) => [
    ...renderEvents(data.events),
    `— ${data.status}${data.error ? `, ${data.error.code}: ${data.error.message}` : ''}` +
      (data.usage ? `, ${data.usage.input} in, ${data.usage.output} out` : '') +
      (data.unknown > 0
        ? `, ${data.unknown} records of an unknown kind${data.version ? `, ${data.runner} ${data.version}` : ''}`
        : ''),
  ],
  'session.search': (data: SearchData) => [
    ...(data.found ?? []).map(
      ({ task, at, line }) => `${task}  ${at.slice(0, 16).replace('T', ' ')}  ${line}`,
    ),
    `${data.hits} place${data.hits === 1 ? '' : 's'} in ${data.runs} transcript${data.runs === 1 ? '' : 's'}${data.more ? '; there may be more: --limit' : ''}`,
  ],
  'session.export': (data: ExportReport) =>
    data.path === undefined ? [data.markdown ?? ''] : [`Wrote ${data.path} (${data.bytes} bytes).`],
  'agents.list': (data: { agents: Agent[]; runners: RunnerProbe[] }) => [
    ...table(data.agents.map((agent) => [agent.name, agent.runner, agent.model ?? '', agent.runnerOrigin])),
    '',
    ...table(
      data.runners.map((runner) => [
        runner.name,
        runner.version ?? '–',
        runner.path ?? '',
        runner.problem ?? abilitiesOf(runner.can),
      ]),
    ),
  ],
  'agents.show': (data: { agent: Agent }) =>
    data.agent.layers.flatMap((layer) => [
      `— ${layer.layer}: ${layer.origin} (${layer.mode})`,
      layer.text.trimEnd(),
      '',
    ]),
  'agents.validate': ({ files }: { files: CheckedFile[] }) =>
    files.length === 0
      ? ['There are no agent files and no prompts: the built-in ones are in force.']
      : files.flatMap(({ path, problem, hint }) =>
          problem ? [`✗ ${problem}`, ...(hint ? [`    ${hint}`] : [])] : [`✓ ${path}`],
        ),
  'config.get': (data: { value: unknown }) => [
    typeof data.value === 'string' ? data.value : JSON.stringify(data.value),
  ],
  'config.path': (data: { user: string; repository?: string }) => [
    data.user,
    ...(data.repository ? [data.repository] : []),
  ],
  doctor: (data: { items: { name: string; status: string; detail: string; hint?: string }[] }) =>
    data.items.flatMap((item) => [
      `${{ ok: '✓', warn: '!', fail: '✗' }[item.status] ?? '?'} ${item.name}: ${item.detail}`,
      ...(item.hint ? [`    ${item.hint}`] : []),
    ]),
  demo: (data: { lines: string[] } | undefined) => data?.lines ?? [],
  version: (data: { version: string }) => [data.version],
  completion: (data: { script: string }) => [data.script],
  schema: (data: unknown) => [JSON.stringify(data, null, 2)],
};

/** The lines a person reads for the result of a command, on the command line and on the screen. */
export function printData(row: AnyCommand, data: unknown): Line[] {
  if (data === undefined) return [];
  const lines = row.print?.(data) ?? row.said?.(data).split('\n');
  return lines?.map((line) => (typeof line === 'string' ? { text: line } : line)) ?? renderData(data);
}

/** By wave, counted over all tasks whatever has landed, and in all. */
function spentLines(spent: SpendReport, waves: readonly WaveSpend[]): string[] {
  if (spent.total.tokens === 0) return [];
  return [
    ...waves.map((wave) => `used by wave ${wave.index}: ${formatSpent(wave.spent, spent.currency)}`),
    spentLine(spent),
  ];
}

function status(data: RepoStatus): string[] {
  const counts = Object.entries(data.tasks).map(([name, n]) => `${glyphs[name as TaskStatus]} ${n} ${name}`);
  return [
    `${data.repo}, landing on ${data.target}`,
    counts.length > 0 ? counts.join('   ') : 'No tasks yet: add one with `codex-agent task add`.',
    ...(data.spent.total.tokens > 0 || data.spent.budget ? [spentLine(data.spent)] : []),
    ...section(
      'Runs',
      data.runs.map((run) => [
        run.task,
        run.status ?? run.phase,
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

function repos(counts: readonly RepoCount[]): string[] {
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

function launched(data: { launched: string[]; tasks: LaunchOutcome[] }): string[] {
  if (data.launched.length === 0) return ['Nothing is ready to launch.'];
  return table(
    data.tasks.map((task) => [
      task.slug,
      `${glyphs[task.status]} ${task.status}`,
      task.problem?.message ?? task.reason ?? '',
    ]),
  );
}

function validation(data: ValidationReport): string[] {
  return [
    `${data.task}: ${data.verdict}`,
    ...data.checks.map(
      (check) => `  ${check.status} ${check.name} (${formatDuration(check.durationMs)}) ${check.summary}`,
    ),
    ...data.policies
      .filter((policy) => policy.status !== 'pass')
      .map((policy) => `  ${policy.status} ${policy.name}: ${policy.detail}`),
    ...data.findings.map(
      (finding) => `  ${finding.severity} ${finding.path}:${finding.line} ${finding.message}`,
    ),
    ...data.skipped.map((reason) => `  skipped ${reason}`),
  ];
}
