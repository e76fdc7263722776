/** Registry → text, row by row, so that two versions can be compared by their rows. */
import type { RegistryFile } from '../../../domain/store/task.js';

/** A registry as text in parts. Later changes of the registry do not reach it. */
export interface Rendered {
  /** Everything but revision and rows: schema version and the fields we do not know. */
  head: string;
  repos: Row[];
  tasks: Row[];
}

export interface Row {
  id: string;
  line: string;
}

export function render(file: RegistryFile): Rendered {
  const { repos, tasks, rev: _, ...head } = file;
  const rowOf = (row: { id: string }): Row => ({ id: row.id, line: JSON.stringify(row) });
  return { head: JSON.stringify(head), repos: repos.map(rowOf), tasks: tasks.map(rowOf) };
}

/** One row a line: easy to read, to compare and to point at. */
export function registryText({ head, repos, tasks }: Rendered, rev: number): string {
  const rows = (list: readonly Row[]) =>
    list.length === 0 ? '[]' : `[\n${list.map((row) => row.line).join(',\n')}\n]`;
  return `${head.slice(0, -1)},"rev":${rev},"repos":${rows(repos)},"tasks":${rows(tasks)}}\n`;
}

export function isSame(a: Rendered, b: Rendered): boolean {
  const same = (left: readonly Row[], right: readonly Row[]) =>
    left.length === right.length && left.every((row, index) => row.line === right[index]!.line);
  return a.head === b.head && same(a.tasks, b.tasks) && same(a.repos, b.repos);
}

/** Rows of `after` that are new or different, as the values their lines hold, and the ids of rows that are gone. */
export function difference<T>(before: readonly Row[], after: readonly Row[]): { put: T[]; gone: string[] } {
  const old = new Set(before.map((row) => row.line));
  const ids = new Set(after.map((row) => row.id));
  return {
    put: after.filter((row) => !old.has(row.line)).map((row) => JSON.parse(row.line)),
    gone: before.filter((row) => !ids.has(row.id)).map((row) => row.id),
  };
}
