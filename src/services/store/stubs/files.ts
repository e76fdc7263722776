/** Stub files: reading what people give us, keeping those of a repository in step with its tasks. */
import { copyFile, lstat, readdir, rm, stat, unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { appError, hasCode } from '../../../domain/platform/errors.js';
import type { TaskDraft } from '../../../domain/store/draft.js';
import type { Task } from '../../../domain/store/task.js';
import {
  ensurePrivateFolder,
  errorAt,
  folderInside,
  readPlain,
  writeFileDurably,
  writeTo,
} from '../../platform/index.js';
import type { RepoSession } from '../types.js';
import { formatStub, parseStub } from './format.js';
import { knownStubs } from './known.js';
import { stubText } from './text.js';

/** Folder of a repository's stubs, relative to it. */
export const stubFolder = '.codex-agent/tasks';
/** A stub is written by hand; something bigger is another file. */
const maxBytes = 1_000_000;
const filesAtOnce = 32;

/** Files that stand in such folders and describe no task. */
const aboutTheFolder =
  /^(readme|index|changelog|contributing|licen[cs]e|agents|claude|template|_.*|\..*)\.md$/i;

/** Whether a file of a folder of stubs is one, by its name. */
export const isStubName = (name: string): boolean => name.endsWith('.md') && !aboutTheFolder.test(name);

/** Path of a task's stub, relative to the repository. */
export function stubPath(slug: string): string {
  return `${stubFolder}/${slug}.md`;
}

/**
 * Drafts from a stub file, from all `*.md` of a folder (by name), or from `stdin` when `from` is "-".
 * Throws `stubs-not-found`, and what `parseStub` throws.
 */
export async function readStubs(from: string, stdin: NodeJS.ReadableStream): Promise<TaskDraft[]> {
  if (from === '-') return [await parseStub(await textOf(stdin), 'standard input')];
  const found = await stat(from).catch((cause) => {
    throw appError('stubs-not-found', `There is no file or folder ${from}.`, { kind: 'usage', cause });
  });
  if (!found.isDirectory()) return [await readStub(from)];
  const entries = await readdir(from, { withFileTypes: true });
  // A folder may be named like a file.
  const names = entries
    .flatMap((one) => (isStubName(one.name) && !one.isDirectory() ? [one.name] : []))
    .sort();
  if (names.length === 0) {
    throw appError('stubs-not-found', `${from} holds no stub.`, {
      kind: 'usage',
      hint: 'Stubs are Markdown files, <slug>.md.',
    });
  }
  return inOrder(names, (name) => readStub(join(from, name)));
}

async function readStub(path: string): Promise<TaskDraft> {
  const { size } = await stat(path);
  if (size > maxBytes) throw appError('stub-invalid', `${path} is too big for a stub (${size} bytes).`);
  return parseStub(stubText(await readPlain(path), path), path);
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk as Buffer);
    size += bytes.length;
    if (size > maxBytes) throw appError('stub-invalid', 'Standard input is too long for a stub.');
    chunks.push(bytes);
  }
  return stubText(Buffer.concat(chunks), 'standard input');
}

/** Writes the stubs of tasks unless those files exist: a person may have written them. Notes what they say. */
export async function writeStubs(
  { root, paths, repo }: Pick<RepoSession, 'root' | 'paths' | 'repo'>,
  tasks: readonly Task[],
): Promise<void> {
  const known = await knownStubs(paths, repo.id);
  const inside = await madeFolder(root);
  await inOrder(tasks, async (task) => {
    const name = basename(stubPath(task.slug));
    const path = join(inside, name);
    try {
      await writeTo(path, formatStub(task), { flag: 'wx' });
      // Without the note an edit is compared with the task itself.
      await known.note(name, formatStub(task)).catch(() => {});
    } catch (error) {
      if (hasCode(error, 'EEXIST')) return;
      // Half a stub would be taken for one that was written by hand.
      await rm(path, { force: true }).catch(() => {});
      throw errorAt(error, path);
    }
  });
}

/** Many small files: some at a time, the results in order. */
async function inOrder<T, R>(list: readonly T[], one: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let from = 0; from < list.length; from += filesAtOnce) {
    results.push(...(await Promise.all(list.slice(from, from + filesAtOnce).map(one))));
  }
  return results;
}

/** Brings the stub up to date after an edit, as long as it has not been changed by hand. */
export async function refreshStub(
  { root, paths, repo }: Pick<RepoSession, 'root' | 'paths' | 'repo'>,
  before: Task,
  after: Task,
): Promise<void> {
  if (!after.stub) return;
  const path = join(root, after.stub);
  const text = await readPlain(path).then(String, () => undefined);
  if (text !== formatStub(before)) return;
  const place = join(await madeFolder(root), basename(path));
  await writeFileDurably(place, formatStub(after), 0o666);
  await (await knownStubs(paths, repo.id)).note(basename(path), formatStub(after)).catch(() => {});
}

/** Moves the stub of a removed task to the state folder. */
export async function setStubAside(root: string, stateDir: string, task: Task): Promise<void> {
  if (!task.stub) return;
  const path = join(root, task.stub);
  const removed = ensurePrivateFolder(join(stateDir, 'removed'));
  const kept = join(removed, `${task.slug}-${task.id}.md`);
  try {
    if (!(await lstat(path)).isFile()) return;
    // Copied, not renamed: the two folders may be on different file systems.
    await copyFile(path, kept);
    await unlink(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    await rm(kept, { force: true });
    throw error;
  }
}

/** The repository's folder of stubs, made when missing. A link that leads out of the repository is refused. */
const madeFolder = (root: string): Promise<string> => folderInside(root, stubFolder);
