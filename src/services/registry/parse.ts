/** Text of `tasks.json` → registry, or what is wrong with it and where. */
import { appError, messageOf } from '../../domain/errors.js';
import type { RegistryFile } from '../../domain/task.js';
import { positionAt, scanJson } from '../files/json-position.js';

export const schemaVersion = 1;

export const emptyRegistry = (): RegistryFile => ({ schemaVersion, rev: 0, repos: [], tasks: [] });

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
  const { validators } = await import('../../generated/registry-validator.js');
  const validate = validators.registry;
  if (validate(value)) return uniqueTasks(value as RegistryFile, text, path);
  const problem = validate.errors?.find((error) => error.keyword !== 'if') ?? validate.errors?.[0];
  throw invalid(text, path, problem?.instancePath ?? '', problem?.message ?? 'has an unknown form');
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const { errorAt = 0 } = scanJson(text);
    const cutOff = errorAt >= text.trimEnd().length;
    if (cutOff || !/^\s*\{/.test(text) || /[\0\ufffd]/.test(text)) {
      throw appError('registry-damaged', `${path} is damaged: ${messageOf(cause)}`, { cause });
    }
    const { line, column } = positionAt(text, errorAt);
    throw appError('registry-invalid', `${path}:${line}:${column}: this is not JSON.`, { hint, cause });
  }
}

function uniqueTasks(file: RegistryFile, text: string, path: string): RegistryFile {
  const ids = new Set<string>();
  const slugs = new Set<string>();
  for (const [index, task] of file.tasks.entries()) {
    const slug = `${task.repo} ${task.slug}`;
    if (ids.has(task.id)) throw invalid(text, path, `/tasks/${index}/id`, `"${task.id}" is there twice`);
    if (slugs.has(slug)) throw invalid(text, path, `/tasks/${index}/slug`, `"${task.slug}" is there twice`);
    ids.add(task.id);
    slugs.add(slug);
  }
  return file;
}

const hint =
  'Correct the file by hand, or put tasks.json.1 (the version before) in its place. Nothing was written.';

function invalid(text: string, path: string, pointer: string, what: string) {
  const { line, column } = positionAt(text, scanJson(text, pointer).foundAt ?? 0);
  return appError('registry-invalid', `${path}:${line}:${column}: ${pointer || 'the file'} ${what}.`, {
    hint,
  });
}

/** One task a line: easy to read, to compare and to point at. Fields we do not know are kept. */
export function formatRegistry(file: RegistryFile, lineOf: (value: object) => string): string {
  const { repos, tasks, ...head } = file;
  const rows = (list: readonly object[]) =>
    list.length === 0 ? '[]' : `[\n${list.map(lineOf).join(',\n')}\n]`;
  return `${JSON.stringify(head).slice(0, -1)},"repos":${rows(repos)},"tasks":${rows(tasks)}}\n`;
}
