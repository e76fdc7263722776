/**
 * Versions of programs, remembered: some need seconds to tell theirs. A memory holds for the same file, by its inode
 * and times, and for a day, since a program may be a door to another one.
 */
import { createHash } from 'node:crypto';
import { readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { asRecord, numberOf, parseJson, textOf } from '../../../domain/agents/transcript/records.js';
import { ensurePrivateFolder, writeFileDurably } from '../../platform/index.js';

const maxAgeMs = 24 * 60 * 60 * 1000;

/**
 * What was remembered of the program at this path, empty when it took too long to tell; undefined when that is nothing,
 * or of another file.
 */
export async function recallVersion(cacheDir: string, path: string): Promise<string | undefined> {
  try {
    const kept = asRecord(parseJson(await readFile(fileFor(cacheDir, path), 'utf8')));
    const age = Date.now() - (numberOf(kept?.at) ?? 0);
    if (kept?.path !== path || age < 0 || age > maxAgeMs) return undefined;
    return kept.stamp === (await stampOf(path)) ? textOf(kept.version) : undefined;
  } catch {
    return undefined;
  }
}

/** Remembers it, or with no version that it is slow, where that can be done. */
export async function rememberVersion(cacheDir: string, path: string, version: string): Promise<void> {
  try {
    const kept = { path, version, stamp: await stampOf(path), at: Date.now() };
    ensurePrivateFolder(join(cacheDir, 'programs'));
    await writeFileDurably(fileFor(cacheDir, path), JSON.stringify(kept));
  } catch {
    // It is asked again next time.
  }
}

const fileFor = (cacheDir: string, path: string): string =>
  join(cacheDir, 'programs', `${createHash('sha256').update(path).digest('hex').slice(0, 32)}.json`);

/** Of the file itself, behind links: an upgrade replaces it, whatever it does to the link. */
async function stampOf(path: string): Promise<string> {
  const file = await realpath(path);
  const { dev, ino, size, mtimeMs, ctimeMs } = await stat(file);
  return [file, dev, ino, size, mtimeMs, ctimeMs].join(' ');
}
