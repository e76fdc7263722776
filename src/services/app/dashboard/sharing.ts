/**
 * What the screen that looks tells those beside it: one file per repository, replaced whole. It is not made durable,
 * as nothing hangs on it: a reader that finds it old, or of another version, looks for itself.
 */
import { readdirSync, readFileSync, rmSync, statSync, utimesSync, watch, writeFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { SharedState } from '../../../domain/app/events.js';
import { hasCode } from '../../../domain/platform/errors.js';
import { ensurePrivateFolder } from '../../platform/index.js';
import { type RepoSession, screensFolder } from '../../store/index.js';

type Needs = Pick<RepoSession, 'paths' | 'repo'>;

/** What is found, as of now. `subscribe` calls back when it is different. */
export interface Findings {
  current(): SharedState;
  subscribe(listener: () => void): () => void;
}

/** Grows when what is shared changes its form. */
const version = 2;
/** So often the file is replaced at most, and its time renewed at least. */
const gatherMs = 1_000;
const beatMs = 5_000;

const fileIn = (folder: string): string => join(folder, 'found.json');

/** Writes what is found for as long as another screen reads it. Returns the way to stop. */
export function shareFindings(session: Needs, findings: Findings): () => void {
  const folder = screensFolder(session);
  ensurePrivateFolder(folder);
  let timer: NodeJS.Timeout | undefined;
  let written = Number.NEGATIVE_INFINITY;
  let due = true;
  let stopped = false;

  async function write(): Promise<void> {
    timer = undefined;
    if (stopped || !hasReaders(folder)) return;
    due = false;
    written = Date.now();
    const temp = `${fileIn(folder)}.${process.pid}`;
    writeFileSync(temp, JSON.stringify({ version, pid: process.pid, found: findings.current() }), {
      mode: 0o600,
    });
    await rename(temp, fileIn(folder));
  }

  function writeSoon(): void {
    due = true;
    timer ??= setTimeout(
      () => void write().catch(() => undefined),
      Math.max(0, written + gatherMs - Date.now()),
    );
  }

  function beat(): void {
    if (!hasReaders(folder)) return;
    if (due) {
      writeSoon();
      return;
    }
    try {
      const now = new Date();
      utimesSync(fileIn(folder), now, now);
    } catch {
      writeSoon();
    }
  }

  const unsubscribe = findings.subscribe(writeSoon);
  const unwatch = watchFor(folder, (name) => name?.startsWith('reader.') && writeSoon());
  const beats = setInterval(beat, beatMs);
  return () => {
    stopped = true;
    clearTimeout(timer);
    clearInterval(beats);
    unsubscribe();
    unwatch();
  };
}

/**
 * Reads what another screen finds, whenever it has found something new.
 * @param onSign called with each sign of life that the system tells
 * @returns `freshAt`, when that screen last gave a sign of life, in milliseconds since the epoch; and the way to stop
 */
export function readFindings(
  session: Needs,
  onFound: (found: SharedState) => void,
  onSign: () => void,
): { freshAt(): number; stop(): void } {
  const folder = screensFolder(session);
  ensurePrivateFolder(folder);
  const mark = join(folder, `reader.${process.pid}`);
  let seen = '';

  function read(): void {
    const stamp = stampOf(fileIn(folder));
    if (!stamp || stamp.content === seen) return;
    const found = parse(fileIn(folder));
    seen = stamp.content;
    if (found) onFound(found);
  }

  const unwatch = watchFor(folder, (name) => {
    if (name !== undefined && name !== 'found.json') return;
    onSign();
    read();
  });
  writeFileSync(mark, '', { mode: 0o600 });
  return {
    freshAt() {
      // Also for a system without watches to give.
      read();
      return stampOf(fileIn(folder))?.at ?? 0;
    },
    stop() {
      unwatch();
      rmSync(mark, { force: true });
    },
  };
}

/** Tells what changes in a folder, which is made where it is missing. Without watches to give, nothing is told. */
export function watchFor(folder: string, onName: (name: string | undefined) => void): () => void {
  try {
    ensurePrivateFolder(folder);
    const watcher = watch(folder, { persistent: false }, (_event, name) => onName(name ?? undefined));
    watcher.on('error', () => watcher.close());
    return () => watcher.close();
  } catch {
    return () => undefined;
  }
}

/** Marks of readers that died are swept. */
function hasReaders(folder: string): boolean {
  let some = false;
  for (const name of readdirSync(folder)) {
    const pid = /^reader\.(\d+)$/.exec(name)?.[1];
    if (pid === undefined) continue;
    if (isThere(Number(pid))) some = true;
    else rmSync(join(folder, name), { force: true });
  }
  return some;
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !hasCode(error, 'ESRCH');
  }
}

/** `content` differs for another file; renewing the time leaves it as it is. */
function stampOf(file: string): { content: string; at: number } | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  return found && { content: `${found.ino} ${found.birthtimeMs} ${found.size}`, at: found.mtimeMs };
}

function parse(file: string): SharedState | undefined {
  try {
    const read = JSON.parse(readFileSync(file, 'utf8')) as { version?: number; found?: SharedState };
    return read.version === version ? read.found : undefined;
  } catch {
    return undefined;
  }
}
