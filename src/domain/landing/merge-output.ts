/** Reads what `git merge-tree --write-tree -z` prints, alone or as a batch with `--stdin`. Pure. */
import type { Conflict } from './merge.js';

/** One merge as git computed it. */
export interface MergeAnswer {
  clean: boolean;
  /** Tree id of the result; on a conflict it holds files with markers. */
  tree: string;
  conflicts: Conflict[];
  /** Set when git itself could not finish the merge ("ERROR (…)" of newer versions). */
  error?: string;
}

interface Message {
  paths: string[];
  type: string;
  text: string;
}

/** What git 2.38 and later tell people about submodules, right where a program expects the end. */
const advice = 'Recursive merging with submodules';

const treeId = /^([0-9a-f]{40}|[0-9a-f]{64})$/;

/**
 * The answer of a single run, or undefined when there is none: exit 1 also stands for an unknown revision, so only
 * an exit code and a tree id together say anything.
 */
export function parseMerge(exitCode: number, stdout: string): MergeAnswer | undefined {
  if (exitCode !== 0 && exitCode !== 1) return undefined;
  return readAnswer(stdout.split('\0'), 0, exitCode === 0)?.answer;
}

/** The answers of a batch, in the order of its lines. Fewer than lines when git stopped at a bad one. */
export function parseMergeBatch(stdout: string): MergeAnswer[] {
  const fields = stdout.split('\0');
  const answers: MergeAnswer[] = [];
  let at = 0;
  while (at + 1 < fields.length) {
    const status = fields[at];
    if (status !== '0' && status !== '1') break;
    const read = readAnswer(fields, at + 1, status === '1');
    if (!read) break;
    answers.push(read.answer);
    // A clean merge ends with its empty list, a conflict with its empty list and the end of its messages.
    at = read.next + 1;
  }
  return answers;
}

function readAnswer(fields: readonly string[], start: number, clean: boolean) {
  let at = start;
  const tree = fields[at++] ?? '';
  if (!treeId.test(tree)) return undefined;
  if (clean) return { answer: { clean, tree, conflicts: [] }, next: at };
  const unmerged = new Map<string, string>();
  for (; fields[at]; at++) {
    const [, stage, path] = /^\d+ [0-9a-f]+ ([123])\t(.+)$/s.exec(fields[at]!) ?? [];
    if (path === undefined) return undefined;
    unmerged.set(path, `${unmerged.get(path) ?? ''}${stage}`);
  }
  at++;
  const messages: Message[] = [];
  while (fields[at] && !fields[at]!.startsWith(advice)) {
    const count = Number(fields[at]);
    if (!Number.isInteger(count) || at + count + 2 >= fields.length) return undefined;
    const paths = fields.slice(at + 1, at + 1 + count);
    messages.push({ paths, type: fields[at + 1 + count]!, text: fields[at + 2 + count]! });
    at += count + 3;
  }
  const failed = messages.find((message) => message.type.startsWith('ERROR'));
  const answer: MergeAnswer = {
    clean,
    tree,
    conflicts: conflictsOf(unmerged, messages),
    ...(failed ? { error: failed.text.trim() } : {}),
  };
  return { answer, next: at };
}

/** Every unmerged path once, under its real name, and what git says about paths that have no stages. */
function conflictsOf(unmerged: ReadonlyMap<string, string>, messages: readonly Message[]): Conflict[] {
  const told = messages.flatMap(({ type, paths, text }) => {
    const kind = /^CONFLICT ?\((.+)\)$/.exec(type)?.[1];
    return kind ? [{ kind, paths, message: text.trim() }] : [];
  });
  const found = new Map<string, Conflict>();
  const add = (path: string, kind: string, message: string | undefined) => {
    if (!found.has(path)) found.set(path, { path, kind, ...(message ? { message } : {}) });
  };
  for (const [path, stages] of unmerged) {
    const about = told.filter((message) => message.paths.includes(path));
    const kind = about[0]?.kind ?? 'contents';
    const bothNew = kind === 'contents' && stages === '23';
    add(realName(path, about), bothNew ? 'add/add' : kind, about[0]?.message);
  }
  for (const { kind, paths, message } of told) {
    if (!paths.some((path) => unmerged.has(path)) && paths[0]) add(paths[0], kind, message);
  }
  return [...found.values()];
}

/** Where a file and a folder want one name, git moves the file to `name~branch`; people know it as `name`. */
function realName(path: string, about: readonly { paths: string[] }[]): string {
  const named = about.flatMap((message) => message.paths).find((other) => path.startsWith(`${other}~`));
  return named ?? path;
}

/** git calls the two sides by the ids it was given, in messages and in names it makes up; people know other names. */
export function withNames(conflicts: readonly Conflict[], names: ReadonlyMap<string, string>): Conflict[] {
  const said = (text: string) =>
    text.replace(/\b([0-9a-f]{64}|[0-9a-f]{40})\b/g, (id) => names.get(id) ?? id);
  return conflicts.map((conflict) =>
    conflict.message ? { ...conflict, message: said(conflict.message) } : conflict,
  );
}
