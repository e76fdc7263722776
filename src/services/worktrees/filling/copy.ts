/** Copies ignored entries from the donor, with whatever copies best on this machine. */
import { chmodSync, statSync, utimesSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { appError } from '../../../domain/platform/errors.js';
import { findProgram, type ProcessResult, runProcess } from '../../platform/index.js';
import type { Meter } from './meter.js';

/** GNU `cp`, macOS `cp -c` (clonefile), `rsync`, or Node's own copying. Measured in this order of speed. */
export type Copier = 'gnu' | 'clone' | 'rsync' | 'node';

export interface CopyOptions {
  from: string;
  to: string;
  copier: Copier;
  /** Processes at once; two are faster, but for btrfs. */
  workers: number;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  /** Told of what is to be copied and what is. */
  meter?: Pick<Meter, 'toCopy' | 'copied' | 'allKnown'>;
}

/** Entries in one call; far below the limit on the length of an argument list, and small enough to share out. */
const entriesPerCall = 64;

/** Which copier there is. */
export async function findCopier(env: NodeJS.ProcessEnv): Promise<Copier> {
  if (findProgram('cp', env)) {
    if (process.platform === 'darwin') return 'clone';
    const said = await runProcess(['cp', '--version'], { cwd: '/', env, timeoutMs: 5000 });
    if (said.stdout.includes('GNU coreutils')) return 'gnu';
  }
  return findProgram('rsync', env) ? 'rsync' : 'node';
}

/**
 * Copies entries (paths below `from`, as a stream so that copying starts before all are known) with modes, times
 * and links as they are. Returns what could not be copied, because it vanished meanwhile or may not be read.
 * Throws `copy-failed` when the disk is full or fails, `interrupted`.
 */
export async function copyEntries(
  entries: AsyncIterable<{ path: string; folder: boolean }>,
  options: CopyOptions,
): Promise<string[]> {
  const failed: string[] = [];
  const opened: string[] = [];
  const batches = inBatches(entries, options, opened);
  const work = async () => {
    for (;;) {
      const next = await batches.next();
      if (next.done) return;
      failed.push(...(await copySome(next.value, options)));
      options.meter?.copied(next.value.length);
    }
  };
  // One that fails ends the stream for all, and is told only when none of them writes any more.
  const ends = await Promise.allSettled(
    Array.from({ length: options.workers }, () =>
      work().catch(async (error: unknown) => {
        await batches.return(undefined);
        throw error;
      }),
    ),
  );
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  for (const folder of opened) alike(options, folder);
  return failed;
}

/** Deals out the children of folders rather than folders, so that all workers have something to do. */
async function* inBatches(
  entries: AsyncIterable<{ path: string; folder: boolean }>,
  { from, to, workers, meter }: CopyOptions,
  opened: string[],
): AsyncGenerator<string[], void> {
  let batch: string[] = [];
  for await (const { path, folder } of entries) {
    const children = folder && workers > 1 ? await readdir(join(from, path)).catch(() => []) : [];
    if (children.length > 1) {
      await mkdir(join(to, path), { recursive: true });
      opened.push(path);
    }
    meter?.toCopy(Math.max(1, children.length));
    for (const one of children.length > 1 ? children.map((name) => join(path, name)) : [path]) {
      batch.push(one);
      if (batch.length < entriesPerCall) continue;
      yield batch;
      batch = [];
    }
  }
  meter?.allKnown();
  if (batch.length > 0) yield batch;
}

/** A folder we made ourselves gets its mode and time when everything is in it. */
function alike({ from, to }: CopyOptions, folder: string): void {
  try {
    const { mode, atime, mtime } = statSync(join(from, folder));
    chmodSync(join(to, folder), mode);
    utimesSync(join(to, folder), atime, mtime);
  } catch {
    // Gone meanwhile.
  }
}

async function copySome(entries: readonly string[], options: CopyOptions): Promise<string[]> {
  const { from, to, copier, env, signal } = options;
  if (copier === 'node') return copyInWorker(entries, options);
  const process = { cwd: from, env: { TMPDIR: tmpdir(), ...env }, signal };
  if (copier === 'gnu') {
    const argv = ['cp', '-a', '--reflink=auto', '--parents', '-t', to, '--', ...entries];
    return complaints(await runProcess(argv, process));
  }
  if (copier === 'rsync') {
    const argv = ['rsync', '-aHr', '--from0', '--files-from=-', './', `${to}/`];
    return complaints(
      await runProcess(argv, { ...process, input: entries.map((one) => `${one}\0`).join('') }),
    );
  }
  const failed: string[] = [];
  for (const [parent, names] of byParent(entries)) {
    await mkdir(join(to, parent), { recursive: true });
    const sources = names.map((name) => `./${join(parent, name)}`);
    failed.push(...complaints(await runProcess(['cp', '-cRp', ...sources, join(to, parent)], process)));
  }
  return failed;
}

function byParent(entries: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const entry of entries) {
    const at = entry.lastIndexOf('/');
    const parent = at < 0 ? '.' : entry.slice(0, at);
    groups.set(parent, [...(groups.get(parent) ?? []), entry.slice(at + 1)]);
  }
  return groups;
}

/** The donor is in use, so a file may vanish; a disk that cannot take more is another matter. */
function complaints(result: ProcessResult): string[] {
  if (result.code === 0) return [];
  const lines = result.stderr.split('\n').filter(Boolean);
  const fatal = lines.find((line) =>
    /No space left|quota exceeded|Read-only file system|Input\/output/i.test(line),
  );
  if (fatal || result.code > 128 || lines.length === 0) {
    throw appError('copy-failed', `Copying failed: ${fatal ?? `exit ${result.code}`}.`, {
      hint: 'Free some space, or keep large folders out with worktree.exclude.',
    });
  }
  return lines.slice(0, 20);
}

/** Node's synchronous calls copy faster than its asynchronous ones; in a thread they hold nothing up. */
function copyInWorker(entries: readonly string[], { from, to, signal }: CopyOptions): Promise<string[]> {
  return new Promise((done, fail) => {
    const worker = new Worker(copyLoop, { eval: true, workerData: { entries, from, to } });
    const stop = () => void worker.terminate();
    signal.addEventListener('abort', stop, { once: true });
    worker.once('message', ({ failed, fatal }: { failed: string[]; fatal?: string }) => {
      if (fatal) fail(appError('copy-failed', `Copying failed: ${fatal}.`, { hint: 'Free some space.' }));
      else done(failed);
    });
    worker.once('error', fail);
    worker.once('exit', () => {
      signal.removeEventListener('abort', stop);
      if (signal.aborted) fail(appError('interrupted', 'Interrupted.', { kind: 'interrupted' }));
      fail(appError('copy-failed', 'Copying ended without an answer.'));
    });
  });
}

/** Links stay as they are: made absolute they would lead back into the donor. */
const copyLoop = `
const { parentPort, workerData } = require('node:worker_threads');
const { cpSync, mkdirSync, constants } = require('node:fs');
const { dirname, join } = require('node:path');
const failed = [];
let fatal;
for (const entry of workerData.entries) {
  const to = join(workerData.to, entry);
  try {
    mkdirSync(dirname(to), { recursive: true });
    cpSync(join(workerData.from, entry), to, {
      recursive: true, verbatimSymlinks: true, preserveTimestamps: true, mode: constants.COPYFILE_FICLONE,
    });
  } catch (error) {
    if (/ENOSPC|EDQUOT|EROFS|EIO/.test(error.code)) { fatal = error.message; break; }
    failed.push(error.message);
  }
}
parentPort.postMessage({ failed, fatal });
`;
