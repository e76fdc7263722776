/** A damaged `tasks.json`: kept aside once, rebuilt from the version before and the journal. */
import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { existsSync, linkSync } from 'node:fs';
import { dirname } from 'node:path';
import { appError, hasCode } from '../../../domain/platform/errors.js';
import type { RegistryFile } from '../../../domain/store/task.js';
import { readPlainSync } from '../../platform/index.js';
import { type JournalLine, readJournal, replay, textSum } from './journal.js';
import { emptyRegistry, parseRegistry, problemOf, withoutMark } from './parse.js';
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
  const known = await lastKnown(path, lines);
  if (!known) {
    throw appError('registry-lost', `${path} cannot be read, and there is nothing to rebuild it from.`, {
      hint: `${kept ? `Its content is kept as ${kept}. ` : ''}Restore it from a backup, or move ${dirname(path)} away to start anew.`,
    });
  }
  const { file, applied, complete, sound } = known;
  const lost = [
    ...(complete ? [] : ['changes of the journal that follow a gap, or that are damaged']),
    ...(unreadable > 0 ? [`${unreadable} unreadable journal line${unreadable === 1 ? '' : 's'}`] : []),
    ...(applied === 0 ? ['what was changed last, of which the journal does not tell'] : []),
  ];
  const report = [
    `${path} ${kept ? `was damaged and is kept as ${kept}` : 'was gone'};`,
    `rebuilt revision ${file.rev} with ${file.tasks.length} tasks from the version before and the journal.`,
    lost.length > 0 ? `Lost: ${lost.join(', ')}.` : 'No recorded change was lost.',
    ...(sound === false ? ['It does not agree with its sum in the journal: look at the tasks.'] : []),
  ].join(' ');
  return { file, report };
}

interface Known {
  file: RegistryFile;
  /** How many changes of the journal it holds. */
  applied: number;
  complete: boolean;
  /** Whether it is the text of which the journal has the sum; undefined where it has none. */
  sound: boolean | undefined;
}

/** How many changes at the end of the journal are given up, one by one, until the rest gives a registry. */
const mostGivenUp = 100;

/**
 * What was written last, as the previous copy and the journal know it, or as the journal alone does where its sum proves
 * that, and not the other. Undefined where neither reaches back far enough.
 */
export async function lastKnown(path: string, lines: readonly JournalLine[]): Promise<Known | undefined> {
  const previous = await previousCopy(`${path}.1`);
  const known = previous && (await wayFrom(previous, lines));
  if (known?.sound) return known;
  const alone = await wayFrom(emptyRegistry(), lines);
  if (!known) return alone.applied > 0 ? alone : undefined;
  return alone.sound && alone.applied >= known.applied + previous.rev ? alone : known;
}

/** As far as the journal leads from there to what is a registry: a line that its disk changed may lead to none. */
async function wayFrom(base: RegistryFile, lines: readonly JournalLine[]): Promise<Known> {
  const whole = replay(base, lines);
  const end = base.rev + whole.applied;
  for (let upTo = end; ; upTo = end - upTo < mostGivenUp ? upTo - 1 : base.rev) {
    const { file, applied } =
      upTo === end
        ? whole
        : replay(
            base,
            lines.filter(({ rev }) => rev <= upTo),
          );
    if (upTo > base.rev && (await problemOf(file))) continue;
    const sum = lines.findLast(({ rev }) => rev === upTo)?.sum;
    const sound =
      sum === undefined ? undefined : sum === textSum(registryText(render({ ...file, rev: upTo }), upTo));
    return {
      file: { ...file, rev: whole.file.rev },
      applied,
      complete: whole.complete && upTo === end,
      sound,
    };
  }
}

/**
 * Whether the file is what the previous copy and the journal know, but for one bit, or for one byte that makes it no
 * JSON: then its disk changed it, and no person did. What a person wrote by hand, and wrote wrong, is left to them.
 */
export async function isFlipped(path: string, journal: string): Promise<boolean> {
  const last = await lastKnown(path, readJournal(journal).lines).catch(() => undefined);
  if (!last) return false;
  const known = Buffer.from(registryText(render(last.file), last.file.rev));
  const found = readPlainSync(path);
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
  const hash = createHash('sha256').update(readPlainSync(path)).digest('hex').slice(0, 12);
  const aside = `${path}.corrupt-${hash}`;
  try {
    linkSync(path, aside);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
  return aside;
}

/** The version before; undefined where there is none, or where it is damaged: then the journal may tell all that it told. */
async function previousCopy(path: string): Promise<RegistryFile | undefined> {
  try {
    const bytes = readPlainSync(path);
    return isUtf8(bytes) ? await parseRegistry(withoutMark(bytes), path) : undefined;
  } catch (error) {
    if (['ENOENT', 'registry-damaged', 'registry-invalid'].some((code) => hasCode(error, code)))
      return undefined;
    throw error;
  }
}
