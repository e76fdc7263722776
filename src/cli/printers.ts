/** Results for people, one printer a command; without one, the data as indented text. */

import type { Agent } from '../domain/agent.js';
import type { SessionReport } from '../domain/agent-event.js';
import type { LandReport, MergeReport, ResolveReport } from '../domain/merge.js';
import type { RunView } from '../domain/run.js';
import { glyphs } from '../domain/selectors.js';
import type { LaunchOutcome } from '../domain/steps.js';
import type { Task } from '../domain/task.js';
import { renderEvents } from '../domain/transcript/render.js';
import { formatDuration } from '../domain/units.js';
import type { ValidationReport } from '../domain/validation.js';
import { textWidth } from '../domain/width.js';

type Printer = (data: never) => string[];

const printers: Record<string, Printer> = {
  init: (data: { repo: { path: string }; created: string[] }) => [
    `Set up ${data.repo.path}.`,
    ...data.created.map((name) => `  wrote ${name}`),
    'Next: codex-agent task add "…", then codex-agent.',
  ],
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
  'task.show': (data: { task: Task }) => fields(data.task),
  'task.add': (data: { tasks: Task[] }) => data.tasks.map((task) => `Added ${task.slug}: ${task.title}`),
  'task.edit': (data: { task: Task }) => [`Changed ${data.task.slug}.`],
  'task.remove': (data: { task: string }) => [`Removed ${data.task}.`],
  'task.worktree.add': (data: { path: string }) => [data.path],
  'task.worktree.remove': (data: { task: string; rescue?: string }) => [
    `Removed the worktree of ${data.task}.${data.rescue ? ` Uncommitted work is kept as ${data.rescue}.` : ''}`,
  ],
  'task.run': launched,
  'task.retry': launched,
  'manager.launch': launched,
  'task.stop': (data: { task: string; stopped: boolean }) => [
    data.stopped ? `Stopped ${data.task}.` : `${data.task} was not running.`,
  ],
  'manager.stop': (data: { stopped: string[] }) => [
    data.stopped.length > 0 ? `Stopped ${data.stopped.join(', ')}.` : 'Nothing was running.',
  ],
  'manager.plan': (data: {
    waves: { index: number; tasks: string[] }[];
    blocked: { slug: string; reason: string }[];
    overlaps: { a: string; b: string; paths: string[] }[];
  }) => [
    ...data.waves.map((wave) => `wave ${wave.index}: ${wave.tasks.join(', ')}`),
    ...data.blocked.map(({ slug, reason }) => `blocked: ${slug} ${reason}`),
    ...data.overlaps.map(({ a, b, paths }) => `may collide: ${a} and ${b} (${paths.join(', ')})`),
    ...(data.waves.length + data.blocked.length === 0 ? ['Nothing to launch.'] : []),
  ],
  'task.validate': validation,
  'task.complete': (data: LandReport | ValidationReport) =>
    'verdict' in data ? validation(data) : [`${data.task} landed on ${data.target} as ${data.commit}.`],
  'merge.check': mergeCheck,
  'merge.resolve': (data: ResolveReport) => [
    `${data.task}: ${data.status}${data.reason ? `, ${data.reason}` : ''}`,
    ...data.files.map(
      (file) =>
        `  ${file.path}: ${file.strategy}, ${file.hunks} hunks${file.reason ? ` (${file.reason})` : ''}`,
    ),
    ...(data.commit ? [`merge commit ${data.commit}`] : []),
  ],
  'session.list': (data: { sessions: RunView[] }) =>
    data.sessions.length === 0
      ? ['No sessions yet.']
      : table(
          data.sessions.map((run) => [
            run.runId,
            run.status ?? run.phase,
            run.runner,
            run.startedAt,
            run.error?.message ?? '',
          ]),
        ),
  'session.show': (data: SessionReport) => [
    ...renderEvents(data.events),
    `— ${data.status}${data.error ? `, ${data.error.code}: ${data.error.message}` : ''}` +
      (data.usage ? `, ${data.usage.input} in, ${data.usage.output} out` : '') +
      (data.unknown > 0 ? `, ${data.unknown} records of an unknown kind` : ''),
  ],
  'agents.list': (data: {
    agents: Agent[];
    runners: { name: string; version?: string; path?: string; problem?: string }[];
  }) => [
    ...table(data.agents.map((agent) => [agent.name, agent.runner, agent.model ?? '', agent.runnerOrigin])),
    '',
    ...table(
      data.runners.map((runner) => [
        runner.name,
        runner.version ?? '–',
        runner.path ?? '',
        runner.problem ?? '',
      ]),
    ),
  ],
  'agents.show': (data: { agent: Agent }) =>
    data.agent.layers.flatMap((layer) => [
      `— ${layer.layer}: ${layer.origin} (${layer.mode})`,
      layer.text.trimEnd(),
      '',
    ]),
  'config.get': (data: { value: unknown }) => [
    typeof data.value === 'string' ? data.value : JSON.stringify(data.value),
  ],
  'config.set': (data: { key: string; file: string }) => [`Set ${data.key} in ${data.file}.`],
  'config.path': (data: { user: string; repository?: string }) => [
    data.user,
    ...(data.repository ? [data.repository] : []),
  ],
  doctor: (data: { items: { name: string; status: string; detail: string; hint?: string }[] }) =>
    data.items.flatMap((item) => [
      `${{ ok: '✓', warn: '!', fail: '✗' }[item.status] ?? '?'} ${item.name}: ${item.detail}`,
      ...(item.hint ? [`    ${item.hint}`] : []),
    ]),
  demo: (data: { ok: boolean; lines: string[] }) => data.lines,
  version: (data: { version: string }) => [data.version],
  completion: (data: { script: string }) => [data.script],
  schema: (data: unknown) => [JSON.stringify(data, null, 2)],
};

/** The lines a person sees for the data of a command. */
export function printData(id: string, data: unknown): string[] {
  if (data === undefined) return [];
  const printer = printers[id];
  return printer ? printer(data as never) : fields(data);
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

function mergeCheck(data: MergeReport): string[] {
  if (data.results.length === 0) return ['Nothing to check yet: no task has a branch.'];
  return [
    ...table(
      data.results.map((result) => [
        result.task,
        result.status === 'clean' ? '✓ clean' : result.status === 'conflict' ? '✗ conflict' : '? unknown',
        result.reason ?? result.conflicts.map((conflict) => `${conflict.path} (${conflict.kind})`).join(', '),
      ]),
    ),
    ...data.pairs
      .filter((pair) => pair.status !== 'clean')
      .map((pair) => `${pair.a} × ${pair.b}: ${pair.status} ${pair.paths.join(', ')}`),
    ...(data.queue
      ? [
          `queue: ${data.queue.order.join(' → ')}${data.queue.firstConflict ? `; first conflict at ${data.queue.firstConflict}` : ''}`,
        ]
      : []),
  ];
}

/** Columns padded to their widest cell, by terminal columns. */
function table(rows: readonly (readonly string[])[]): string[] {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) =>
    Math.max(...rows.map((row) => textWidth(row[i] ?? ''))),
  );
  return rows.map((row) =>
    row
      .map((cell, i) => cell + ' '.repeat(widths[i]! - textWidth(cell)))
      .join('  ')
      .trimEnd(),
  );
}

/** Plain data as `name: value` lines, nested ones indented. */
function fields(data: unknown, indent = ''): string[] {
  if (data === null || typeof data !== 'object') return [`${indent}${String(data)}`];
  return Object.entries(data).flatMap(([key, value]) => {
    if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) return [];
    if (typeof value !== 'object' || value === null) return [`${indent}${key}: ${String(value)}`];
    return [`${indent}${key}:`, ...fields(value, `${indent}  `)];
  });
}
