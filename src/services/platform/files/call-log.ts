/**
 * The log of calls: `stateDir/log/<n>.jsonl`, one call a line. New lines go to the file with the highest number,
 * and the two highest are kept. Many processes write at once, and none of them ever renames a file that another one
 * writes to.
 */
import { closeSync, fstatSync, openSync, readdirSync, statSync, unlinkSync, write, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Call } from '../../../domain/platform/call.js';
import type { Paths } from '../types.js';
import { ensurePrivateFolder } from './paths.js';

/** A file that is longer is followed by another one. */
const maxBytes = 5_000_000;
const keptFiles = 2;
/** How long lines are gathered before they are written. */
const gatherMs = 200;
/** More is not held in memory: a disk that does not take it loses it. */
const maxHeld = 4_000_000;

export interface CallLog {
  /** Keeps a line; it is written soon. Never throws: what cannot be written is left out. */
  add(call: Call): void;
  /** Writes what is held at once. Never throws. */
  flush(): void;
}

export const logFolder = ({ stateDir }: Pick<Paths, 'stateDir'>): string => join(stateDir, 'log');

/** Files of the log, oldest first. */
export function logFiles(paths: Pick<Paths, 'stateDir'>): string[] {
  const folder = logFolder(paths);
  return numbersIn(folder).map((number) => fileOf(folder, number));
}

/** Opens the log of this process; nothing is made before the first line is written. */
export function openCallLog(paths: Pick<Paths, 'stateDir'>, limitBytes = maxBytes): CallLog {
  const folder = logFolder(paths);
  let held = '';
  let writing = false;
  let timer: NodeJS.Timeout | undefined;
  let file: { fd: number; number: number } | undefined;

  /** The file to write to: the next one when this one is full or was taken away. */
  function current(): number {
    if (file) {
      const { size, nlink } = fstatSync(file.fd);
      if (size < limitBytes && nlink > 0) return file.fd;
      closeSync(file.fd);
      file = undefined;
    }
    ensurePrivateFolder(folder);
    const newest = numbersIn(folder).at(-1) ?? 1;
    const full = (statSync(fileOf(folder, newest), { throwIfNoEntry: false })?.size ?? 0) >= limitBytes;
    const number = full ? newest + 1 : newest;
    file = { fd: openSync(fileOf(folder, number), 'a', 0o600), number };
    for (const old of numbersIn(folder)) if (old <= number - keptFiles) forget(fileOf(folder, old));
    return file.fd;
  }

  function take(): Buffer {
    const bytes = Buffer.from(held);
    held = '';
    return bytes;
  }

  function writeSoon(): void {
    timer = undefined;
    if (writing || held === '') return;
    try {
      const fd = current();
      writing = true;
      const bytes = take();
      write(fd, bytes, (error, written) => {
        writing = false;
        // A disk that filled up may have taken half a line: the next one begins anew.
        if (!error && written < bytes.length) held = `\n${held}`;
        if (held !== '') schedule();
      });
    } catch {
      held = '';
    }
  }

  function schedule(): void {
    timer ??= setTimeout(writeSoon, gatherMs).unref();
  }

  return {
    add(call) {
      if (held.length < maxHeld) held += `${JSON.stringify(call)}\n`;
      schedule();
    },
    flush() {
      clearTimeout(timer);
      timer = undefined;
      if (held === '') return;
      try {
        writeSync(current(), take());
      } catch {
        held = '';
      }
    },
  };
}

const fileOf = (folder: string, number: number) => join(folder, `${number}.jsonl`);

function numbersIn(folder: string): number[] {
  try {
    return readdirSync(folder)
      .flatMap((name) => /^(\d+)\.jsonl$/.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  } catch {
    return [];
  }
}

function forget(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Another process was quicker.
  }
}
