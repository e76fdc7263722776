/**
 * An edit of `tasks.json` that this program did not make. A person may edit it by hand at any time; so may an agent
 * that no sandbox keeps from it, and by that declare its own work landed. While such an agent runs, the two cannot be
 * told apart: the edit counts, and the tasks of those agents wait for a person's word. Pure.
 */
import { type GuardFinding, settledKey } from '../worktrees/guard.js';
import type { RegistryFile, Task } from './task.js';

/** What the finding is about. */
export const registryEdited = 'tasks.json';

const shownAtMost = 6;
/** Short values, of which before and after are told. */
const told = ['status', 'priority', 'owner', 'branch'] as const;

/**
 * The registry as it was found, with the tasks of agents that may have edited it marked; undefined where none may
 * have. A task that the edit took out of its run waits at once, the others when their run is over.
 * @param sum identity of what was found
 */
export function markedAfterEdit(
  known: RegistryFile,
  found: RegistryFile,
  sum: string,
): RegistryFile | undefined {
  const free = new Set(
    known.tasks.filter(({ status, guard }) => status === 'running' && guard).map(({ id }) => id),
  );
  const changes = free.size === 0 ? [] : changesTold(known, found);
  if (changes.length === 0) return undefined;
  const more = changes.length > shownAtMost ? [`and ${changes.length - shownAtMost} more`] : [];
  const list = [...changes.slice(0, shownAtMost), ...more].join('; ');
  const text = `tasks.json was edited, by a person or an agent, and not by codex-agent: ${list}.`;
  const finding = { what: registryEdited, text, look: true, state: sum };
  const byId = new Map(known.tasks.map((task) => [task.id, task]));
  return {
    ...found,
    tasks: withTasksOf(known, found.tasks, free).map((task) => {
      if (!free.has(task.id)) return task;
      const before = byId.get(task.id)!;
      const guard = { ...before.guard!, ...task.guard, found: [...(task.guard?.found ?? []), finding] };
      if (task.status === 'running') return { ...task, guard };
      const message = `${finding.text} To leave it so: \`codex-agent task accept ${task.slug}\`.`;
      return { ...task, guard, status: 'needs-input', problem: { code: 'changed-outside', message } };
    }),
  };
}

/**
 * A task whose agent works is not gone, nor another one, because its row is: its run goes on, and a person decides about
 * its work. A row of the same name takes its place.
 */
function withTasksOf(known: RegistryFile, found: readonly Task[], free: ReadonlySet<string>): Task[] {
  const there = new Set(found.map(({ id }) => id));
  const before = new Set(known.tasks.map(({ id }) => id));
  const nameOf = ({ repo, slug }: Task) => `${repo}/${slug}`;
  const gone = new Map(
    known.tasks.filter(({ id }) => free.has(id) && !there.has(id)).map((task) => [nameOf(task), task]),
  );
  const rows = found.map((task) => {
    const name = nameOf(task);
    const same = before.has(task.id) ? undefined : gone.get(name);
    if (same) gone.delete(name);
    return same ? { ...task, id: same.id } : task;
  });
  const names = new Set(rows.map(nameOf));
  return [...rows, ...[...gone.values()].filter((task) => !names.has(nameOf(task)))];
}

/** Edits of the registry that wait for a person's word about this task. */
export function editsOf({ guard }: Pick<Task, 'guard'>): GuardFinding[] {
  const edits = guard?.found?.filter(({ what }) => what === registryEdited) ?? [];
  return edits.filter((edit) => !guard?.settled?.includes(settledKey(edit)));
}

function changesTold(known: RegistryFile, found: RegistryFile): string[] {
  const before = new Map(known.tasks.map((task) => [task.id, task]));
  const after = new Set(found.tasks.map(({ id }) => id));
  return [
    ...known.tasks.filter(({ id }) => !after.has(id)).map(({ slug }) => `${slug} is gone`),
    ...found.tasks.flatMap((task) => {
      const old = before.get(task.id);
      if (!old) return [`${task.slug} is new`];
      const fields = changedFields(old, task);
      return fields.length > 0 ? [`${task.slug}: ${fields.join(', ')}`] : [];
    }),
  ];
}

function changedFields(old: Task, task: Task): string[] {
  const names = [...new Set([...Object.keys(old), ...Object.keys(task)])] as (keyof Task)[];
  return names
    .filter((name) => JSON.stringify(old[name]) !== JSON.stringify(task[name]))
    .map((name) =>
      (told as readonly string[]).includes(name) ? `${name} ${old[name]} → ${task[name]}` : name,
    );
}
