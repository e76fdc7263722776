/** A damaged `tasks.json`: kept aside once, rebuilt from the version before and the journal. */
import { createHash } from 'node:crypto';
import { existsSync, linkSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { appError, hasCode } from '../../../domain/platform/errors.js';
import type { RegistryFile } from '../../../domain/store/task.js';
import { readJournal, replay } from './journal.js';
import { emptyRegistry, parseRegistry, withoutMark } from './parse.js';
import { registryText, render } from './render.js';

/**
 * The registry as the previous copy and the journal know it. Call under the lock.
 * Throws `registry-lost` when those do not reach back far enough; an empty registry is never made up.
 */
export async function rebuild(
  path: string,
  journal: string,
): Promise<{ file: RegistryFile; report: string }> {
  const kept = keepAside(path);
  const { lines, unreadable } = readJournal(journal);
  const base = await previousCopy(`${path}.1`);
  const start = base ?? emptyRegistry();
  const { file, applied, complete } = replay(start, lines);
  if (!base && applied === 0) {
    throw appError('registry-lost', `${path} cannot be read, and there is nothing to rebuild it from.`, {
      hint: `${kept ? `Its content is kept as ${kept}. ` : ''}Restore it from a backup, or move ${dirname(path)} away to start anew.`,
    });
  }
  const lost = [
    ...(complete ? [] : ['changes of the journal that follow a gap']),
    ...(unreadable > 0 ? [`${unreadable} unreadable journal line${unreadable === 1 ? '' : 's'}`] : []),
  ];
  const report = [
    `${path} ${kept ? `was damaged and is kept as ${kept}` : 'was gone'};`,
    `rebuilt revision ${file.rev} with ${file.tasks.length} tasks from the version before and the journal.`,
    lost.length > 0 ? `Lost: ${lost.join(', ')}.` : 'No recorded change was lost.',
  ].join(' ');
  return { file, report };
}

/**
 * Whether the file is what the previous copy and the journal know, but for one bit, or for one byte that makes it no
 * JSON: then its disk changed it, and no person did. What a person wrote by hand, and wrote wrong, is left to them.
 */
export async function isFlipped(path: string, journal: string): Promise<boolean> {
  const base = await previousCopy(`${path}.1`).catch(() => undefined);
  const { file } = replay(base ?? emptyRegistry(), readJournal(journal).lines);
  const known = Buffer.from(registryText(render(file), file.rev));
  const found = readFileSync(path);
  if (found.length !== known.length) return false;
  const at = known.findIndex((byte, index) => byte !== found[index]);
  if (at < 0 || !found.subarray(at + 1).equals(known.subarray(at + 1))) return false;
  const bits = known[at]! ^ found[at]!;
  return (bits & (bits - 1)) === 0 || !isJson(found.toString());
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** True when there once was a registry although its file is gone. */
export function hasTraces(path: string, journal: string): boolean {
  return existsSync(`${path}.1`) || existsSync(journal);
}

/** One copy per content: twenty readers of one damaged file make one backup. Undefined when there is no file. */
function keepAside(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  const hash = createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 12);
  const aside = `${path}.corrupt-${hash}`;
  try {
    linkSync(path, aside);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
  return aside;
}

/** The version before; undefined where there is none, or where it is damaged. */
export async function previousCopy(path: string): Promise<RegistryFile | undefined> {
  try {
    return await parseRegistry(withoutMark(readFileSync(path)), path);
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'registry-damaged')) return undefined;
    throw error;
  }
}
