/** The next thing that needs a person, or what one would do next when nothing does. */
import { type Approval, askVerbs } from '../agents/approval.js';
import { isLive, type RunView } from '../agents/run.js';
import { unwrapShell } from '../agents/transcript/shell.js';
import type { MergeResult } from '../landing/merge.js';
import { inOneLine } from '../platform/sanitize.js';
import type { Task } from '../store/task.js';
import type { TaskGroup } from './groups.js';
import { failedChecks, isHeld, type ListedTask, latestRun } from './selectors.js';
import type { AppState } from './state.js';

/** What is to be settled. A row of the command registry says which of these it settles. */
export type AttentionKind =
  | 'asks'
  | 'conflict'
  | 'by hand'
  | 'untrusted'
  | 'no commit'
  | 'no runner'
  | 'failed'
  | 'checks failed'
  | 'no verdict'
  | 'held'
  | 'input'
  | 'empty'
  | 'ready'
  | 'working'
  | 'to land';

export interface Attention {
  kind: AttentionKind;
  /** Task it is about; absent where it is about several or none. */
  task?: string;
  title?: string;
  /** What happened or what is asked, in words. Raw: the screen makes it safe. */
  text: string;
  /** The same in fewer words, where there is no room for all. */
  brief?: string;
  /** How to mend it, where a key alone does not. */
  hint?: string;
}

/** What stands in the way of all tasks; undefined when nothing does. */
export function obstacleOf({ untrusted, ground, missing, target }: AppState): Attention | undefined {
  if (untrusted) {
    const text = 'The configuration of this repository is not trusted, so nothing is started.';
    const brief = 'The configuration is not trusted: nothing is started.';
    return {
      kind: 'untrusted',
      text,
      brief,
      hint: 'It can run programs: read what it says, then trust it or not.',
    };
  }
  if (ground?.noCommit) {
    const text = `There is no commit on ${target} yet, so there is nothing that agents could start from.`;
    return {
      kind: 'no commit',
      text,
      brief: `No commit on ${target} yet: agents start from one.`,
      hint: 'Make the first one: git add -A && git commit -m "First commit"',
    };
  }
  if (!missing?.all) return undefined;
  return {
    kind: 'no runner',
    text: `No agent can be started: ${missing.what}`,
    hint: 'Install it, or choose another: codex-agent config set --user runner.default <name>. codex-agent doctor lists those that are here.',
  };
}

/** What a task that needs a person needs. */
export function attentionOf({ task, shown }: ListedTask, state: AppState): Attention {
  const about = { task: task.slug, title: task.title || task.slug };
  const asked = latestRun(task, state)?.approvals?.[0];
  if (asked) return { ...about, kind: 'asks', text: askedWords(asked), brief: askedBrief(asked) };
  if (shown === 'conflicted' && state.worktrees[task.slug]?.unfinished === 'merge') {
    const text = `its merge with ${state.target} is laid out in its worktree: edit the files, then finish it.`;
    return { ...about, kind: 'by hand', text, brief: 'edit the files in its worktree, then finish it.' };
  }
  if (shown === 'conflicted') return { ...about, kind: 'conflict', ...conflictTexts(task, state) };
  return { ...about, ...standing(task) };
}

/** As the list says it. */
const askedBrief = (asked: Approval): string => `asks: ${inOneLine(askedDetail(asked))}`;

function askedWords({ kind, detail }: Approval): string {
  return `${askVerbs[kind]}: ${inOneLine(askedDetail({ kind, detail }))}`;
}

/** A task that waits for a person, and what tells this time that it waits from the next. */
export interface WaitingTask {
  key: string;
  item: Attention;
}

/**
 * What waits for a person by the registry and the runs alone: a question, an answer to give, a failure, a validation that
 * did not hold, and work that waits for an approval.
 */
export function waitingOf(tasks: readonly Task[], runs: ReadonlyMap<string, RunView>): WaitingTask[] {
  return tasks.flatMap((task): WaitingTask[] => {
    const run = runs.get(task.runIds.at(-1) ?? '');
    const about = { task: task.slug, title: task.title || task.slug };
    const asked = run && isLive(run.phase) ? run.approvals?.[0] : undefined;
    if (asked) {
      return [{ key: `${task.slug} ${asked.id}`, item: { ...about, kind: 'asks', text: askedWords(asked) } }];
    }
    const judged = failedChecks(task) || isHeld(task);
    if (!judged && task.status !== 'failed' && task.status !== 'needs-input') return [];
    const why = judged ? `${task.validation!.verdict} ${task.validation!.head}` : task.status;
    const key = `${task.slug} ${why} ${run?.runId ?? ''}`;
    return [{ key, item: { ...about, ...standing(task) } }];
  });
}

/** What a task needs that no agent works on. */
function standing(task: Task): Pick<Attention, 'kind' | 'text'> {
  const failed = task.status === 'failed';
  const { validation } = task;
  if (validation && failedChecks(task)) {
    // Another attempt of the agent mends no program that is missing.
    return validation.verdict === 'error'
      ? { kind: 'no verdict', text: `validation could not tell: ${validation.summary}. Mend that first.` }
      : { kind: 'checks failed', text: `validation failed: ${validation.summary}` };
  }
  if (isHeld(task)) return { kind: 'held', text: `waits for your approval: ${validation!.summary}` };
  const text = task.problem?.message ?? (failed ? 'Its run failed.' : 'It waits for you.');
  return { kind: failed ? 'failed' : 'input', text };
}

/** What is asked for, without the shell that a runner wraps around a command. */
export const askedDetail = ({ kind, detail }: Pick<Approval, 'kind' | 'detail'>): string =>
  kind === 'command' ? unwrapShell(detail) : detail;

function conflictTexts(
  task: Task,
  { merges, target }: AppState,
): Required<Pick<Attention, 'text' | 'brief'>> {
  const merge: Pick<MergeResult, 'conflicts'> | undefined = merges[task.slug] ?? task.merge;
  const files = new Set(merge?.conflicts.map((conflict) => conflict.path));
  const where = files.size === 1 ? [...files][0] : `${files.size} files`;
  // Of a long path the name of the file tells most.
  return {
    text: `conflicts with ${target} in ${where}`,
    brief: `conflict in ${where?.replace(/^.*\//, '')}`,
  };
}

/** What one would do next when nothing needs a person; while agents work and nothing can be landed, that they do. */
export function suggestionOf(
  groups: readonly TaskGroup[],
  { target, ground, pairs }: Pick<AppState, 'target' | 'ground' | 'pairs'>,
): Attention | undefined {
  const branch = target || 'the target';
  const sizeOf = (name: string) => groups.find((group) => group.name === name)?.rows.length ?? 0;
  const tasks = (count: number) => `${count} task${count === 1 ? '' : 's'}`;
  if (groups.length === 0) return { kind: 'empty', text: 'There are no tasks yet.' };
  if (groups.every(({ name }) => name === 'landed' || name === 'cancelled'))
    return { kind: 'empty', text: `Nothing is left to do: ${tasks(sizeOf('landed'))} landed on ${branch}.` };
  if (sizeOf('to land') > 0)
    return {
      kind: 'to land',
      ...withCollisions(`${tasks(sizeOf('to land'))} can land on ${branch}.`, groups, pairs),
    };
  if (sizeOf('ready') > 0)
    return {
      kind: 'ready',
      text: `${tasks(sizeOf('ready'))} ${sizeOf('ready') === 1 ? 'is' : 'are'} ready.${editsSaid(ground)}`,
    };
  const working = sizeOf('working') + sizeOf('queued');
  if (working > 0)
    return {
      kind: 'working',
      text: `Nothing needs you. ${tasks(working)} ${working === 1 ? 'goes' : 'go'} on.`,
    };
  return undefined;
}

/** The sentence with a second one about tasks that can land and would collide: by their names, and briefly how many. */
function withCollisions(
  text: string,
  groups: readonly TaskGroup[],
  pairs: AppState['pairs'],
): Pick<Attention, 'text' | 'brief'> {
  const rows = groups.find(({ name }) => name === 'to land')?.rows ?? [];
  const titles = new Map(rows.map(({ task }) => [task.slug, task.title || task.slug]));
  const found = pairs.filter(({ a, b, status }) => status === 'conflict' && titles.has(a) && titles.has(b));
  const [first] = found;
  if (!first) return { text };
  if (found.length > 1) return { text: `${text} ${found.length} pairs collide.` };
  return {
    text: `${text} ${titles.get(first.a)} and ${titles.get(first.b)} collide.`,
    brief: `${text} 1 pair collides.`,
  };
}

/** What agents do not get of the person's own work, in a sentence with a space before it; empty where it is nothing. */
export function editsSaid(ground: AppState['ground']): string {
  const { count, first } = ground?.uncommitted ?? { count: 0, first: [] };
  if (count === 0) return '';
  const more = count > first.length ? ` and ${count - first.length} more` : '';
  return ` Agents do not get what is not committed: ${first.join(', ')}${more}.`;
}
