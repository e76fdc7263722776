/** Text of `tasks.json` → registry, or what is wrong with it and where. */
import { appError, messageOf } from '../../../domain/platform/errors.js';
import type { RegistryFile } from '../../../domain/store/task.js';
import { positionAt, scanJson } from '../../platform/index.js';

export const schemaVersion = 1;

export const emptyRegistry = (): RegistryFile => ({ schemaVersion, rev: 0, repos: [], tasks: [] });

/** The text of a registry file, without the byte order mark that some editors put before it. */
export const withoutMark = (bytes: Buffer | string): string => bytes.toString().replace(/^\ufeff/, '');

/**
 * The registry in `text`.
 * Throws `registry-damaged` when the text is cut off or is no text at all, which no person writes;
 * `registry-invalid` with file, line and column for anything a person may have written;
 * `registry-newer` for a schema version of the future.
 */
export async function parseRegistry(text: string, path: string): Promise<RegistryFile> {
  const value = parseJson(text, path);
  const version = (value as { schemaVersion?: unknown } | null)?.schemaVersion;
  if (typeof version === 'number' && version > schemaVersion) {
    throw appError('registry-newer', `${path} was written by a newer codex-agents (schema ${version}).`, {
      hint: `This one knows schema ${schemaVersion}: install the newer one. The file was not touched.`,
    });
  }
  const problem = await problemOf(value);
  if (!problem) return value as RegistryFile;
  throw invalid(text, path, problem.pointer, problem.what);
}

/** What makes a value no registry: where, as a JSON pointer, and why. Undefined when it is one. */
export async function problemOf(value: unknown): Promise<{ pointer: string; what: string } | undefined> {
  const { validators } = await import('../../../generated/registry-validator.js');
  if (validators.registry(value)) return repeated(value as RegistryFile);
  const error = validators.registry.errors?.[0];
  return { pointer: error?.instancePath ?? '', what: error?.message ?? 'has an unknown form' };
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const { errorAt = 0 } = scanJson(text);
    const conflict = /^<{7} .*\n(?:.*\n)*?={7}\r?\n(?:.*\n)*?>{7} /m.exec(text);
    if (conflict) {
      const { line } = positionAt(text, conflict.index);
      throw appError('registry-invalid', `${path}:${line}: git left a merge conflict here.`, { hint, cause });
    }
    const cutOff = errorAt >= text.trimEnd().length;
    if (cutOff || !/^\s*\{/.test(text) || /[\0\ufffd]/.test(text)) {
      throw appError('registry-damaged', `${path} is damaged: ${messageOf(cause)}`, { cause });
    }
    const { line, column } = positionAt(text, errorAt);
    throw appError('registry-invalid', `${path}:${line}:${column}: this is not JSON.`, { hint, cause });
  }
}

function repeated({ repos, tasks }: RegistryFile): { pointer: string; what: string } | undefined {
  const twice = repos.findIndex(({ id }, at) => repos.findIndex((repo) => repo.id === id) < at);
  if (twice >= 0) return { pointer: `/repos/${twice}/id`, what: `"${repos[twice]!.id}" is there twice` };
  const ids = new Set<string>();
  const slugs = new Set<string>();
  for (const [index, task] of tasks.entries()) {
    const slug = `${task.repo} ${task.slug}`;
    if (ids.has(task.id)) return { pointer: `/tasks/${index}/id`, what: `"${task.id}" is there twice` };
    if (slugs.has(slug)) return { pointer: `/tasks/${index}/slug`, what: `"${task.slug}" is there twice` };
    ids.add(task.id);
    slugs.add(slug);
  }
  return undefined;
}

/** Throws `registry-invalid` where a key stands twice in one object: the next write would leave only the last value. */
export function requireSingleKeys(text: string, path: string): void {
  const { twice } = scanJson(text);
  if (!twice) return;
  const { line, column } = positionAt(text, twice.at);
  throw appError('registry-invalid', `${path}:${line}:${column}: the key "${twice.key}" is there twice.`, {
    hint,
  });
}

const hint =
  'Correct the file by hand, or put tasks.json.1 (the version before) in its place. Nothing was written.';

function invalid(text: string, path: string, pointer: string, what: string) {
  const { line, column } = positionAt(text, scanJson(text, pointer).foundAt ?? 0);
  return appError('registry-invalid', `${path}:${line}:${column}: ${pointer || 'the file'} ${what}.`, {
    hint,
  });
}
