/**
 * What merges answered, kept between processes. Every answer follows from what its key names (tree and commit ids,
 * settings, attributes), so entries never grow stale; they are only forgotten, the longest unused first. A file that
 * is missing, cut off or damaged is an empty one. Two processes that write at once lose some entries of one of them,
 * which costs time, never truth.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ensurePrivateFolder, tempName, writeTo } from '../../platform/index.js';

export interface AnswerCache {
  /** What `set` was given for this key, by this process or another one. */
  get<T>(key: string): T | undefined;
  set(key: string, value: unknown): void;
  /** Writes what is new to the disk. Never throws: a cache that cannot be kept is only slow. */
  save(): Promise<void>;
}

/** Limits of one repository's file, and of all of them. */
const maxEntries = 20_000;
const maxBytes = 8 * 1024 * 1024;
/** An answer larger than this is not worth its place on the disk. */
const maxEntryBytes = 64 * 1024;
const maxFiles = 50;

const format = 'codex-agents merges 1';

/** Opens the cache of one repository. @param name tells repositories apart; any text */
export async function openAnswerCache(cacheDir: string, name: string): Promise<AnswerCache> {
  const digest = createHash('sha1').update(name).digest('hex').slice(0, 16);
  const file = join(cacheDir, 'merges', `${digest}.json`);
  let { stamp, entries } = await readEntries(file);
  let changed = false;
  return {
    get<T>(key: string) {
      const value = entries.get(key);
      if (value === undefined) return undefined;
      // Used last, forgotten last.
      entries.delete(key);
      entries.set(key, value);
      return value as T;
    },
    set(key, value) {
      entries.delete(key);
      entries.set(key, value);
      changed = true;
      if (entries.size <= 2 * maxEntries) return;
      entries = new Map([...entries].slice(-maxEntries));
    },
    async save() {
      if (!changed) return;
      changed = false;
      try {
        const there = await readEntries(file, stamp);
        // Ours last: they were used just now.
        const all = there.stamp === stamp ? entries : new Map([...there.entries, ...entries]);
        await write(cacheDir, file, all);
        stamp = await stampOf(file);
      } catch {
        // Nothing depends on it.
      }
    },
  };
}

async function readEntries(
  file: string,
  known?: string,
): Promise<{ stamp: string; entries: Map<string, unknown> }> {
  const stamp = await stampOf(file);
  const entries = new Map<string, unknown>();
  if (stamp === '' || stamp === known) return { stamp, entries };
  try {
    const text = await readFile(file, 'utf8');
    const end = text.indexOf('\n');
    const body = text.slice(end + 1);
    if (text.slice(0, end) !== headOf(body)) return { stamp, entries };
    return { stamp, entries: new Map(JSON.parse(body) as [string, unknown][]) };
  } catch {
    return { stamp, entries };
  }
}

async function write(cacheDir: string, file: string, entries: ReadonlyMap<string, unknown>): Promise<void> {
  const lines: string[] = [];
  let bytes = 0;
  for (const entry of [...entries].reverse()) {
    const line = JSON.stringify(entry);
    if (line.length > maxEntryBytes) continue;
    bytes += line.length;
    if (bytes > maxBytes || lines.length >= maxEntries) break;
    lines.push(line);
  }
  const body = `[${lines.reverse().join(',\n')}]\n`;
  const folder = join(ensurePrivateFolder(cacheDir), 'merges');
  ensurePrivateFolder(folder);
  const temp = tempName(file);
  try {
    await writeTo(temp, `${headOf(body)}\n${body}`, { mode: 0o600, flag: 'wx' });
    await rename(temp, file);
  } catch (error) {
    await rm(temp, { force: true });
    throw error;
  }
  await forgetOldest(folder);
}

/** The first line: what this is, and a digest that tells whether the rest is whole. */
const headOf = (body: string): string => `${format} ${createHash('sha1').update(body).digest('hex')}`;

/** Repositories come and go; what a killed process left half-written goes as well, in its time. */
async function forgetOldest(folder: string): Promise<void> {
  const names = await readdir(folder);
  if (names.length <= maxFiles) return;
  const aged = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(join(folder, name))).mtimeMs })),
  );
  aged.sort((a, b) => b.at - a.at);
  await Promise.all(aged.slice(maxFiles).map(({ name }) => rm(join(folder, name), { force: true })));
}

async function stampOf(file: string): Promise<string> {
  const found = await stat(file, { bigint: true }).catch(() => undefined);
  return found ? `${found.ino} ${found.size} ${found.mtimeNs}` : '';
}
