/** What files hold while something runs: they may be as they were at both ends, and be something else between. */
import { lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { isGenerated } from '../../../domain/landing/generated.js';
import { hasCode } from '../../../domain/platform/errors.js';

const oftenMs = 2;
/** A file may be away for a moment while it is written. Longer than this, or than this part of all, it was taken away. */
const momentMs = 100;
const momentOfAll = 0.25;

interface Looked {
  path: string;
  bytes: Buffer | undefined;
  stamp: string;
  /** Since when it is not there, or only a beginning of it. */
  awaySince?: number;
  awayMs: number;
  isOther: boolean;
}

/**
 * Runs `work`, and tells which of these files held something else meanwhile than before it. A file that is written anew
 * with the same content is none; neither is one that a tool makes, and that it first takes away.
 */
export async function heldMeanwhile<T>(
  folder: string,
  paths: readonly string[],
  work: () => Promise<T>,
): Promise<{ result: T; others: string[] }> {
  const looked = paths.map((path): Looked => {
    const file = join(folder, path);
    return { path, stamp: stampOf(file), bytes: bytesOf(file), awayMs: 0, isOther: false };
  });
  const begun = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const look = () => {
    const at = performance.now();
    for (const one of looked) if (!one.isOther) lookAt(one, join(folder, one.path), at);
    timer = setTimeout(look, Math.max(oftenMs, 3 * (performance.now() - at)));
  };
  if (looked.length > 0) look();
  try {
    const result = await work();
    const now = performance.now();
    const moment = Math.min(momentMs, momentOfAll * (now - begun));
    const others = looked.filter((one) => {
      const awayMs = one.awayMs + (one.awaySince === undefined ? 0 : now - one.awaySince);
      return one.isOther || (awayMs > moment && !isGenerated(one.path));
    });
    return { result, others: others.map(({ path }) => path) };
  } finally {
    clearTimeout(timer);
  }
}

function lookAt(one: Looked, file: string, at: number): void {
  const stamp = stampOf(file);
  if (stamp === one.stamp) return;
  one.stamp = stamp;
  const bytes = bytesOf(file);
  const isWhole = bytes !== undefined && one.bytes?.equals(bytes) === true;
  const isAway = bytes === undefined || one.bytes?.subarray(0, bytes.length).equals(bytes) === true;
  if (!isWhole && isAway) one.awaySince ??= at;
  else if (one.awaySince !== undefined) {
    one.awayMs += at - one.awaySince;
    one.awaySince = undefined;
  }
  one.isOther = !isWhole && !isAway;
}

function stampOf(file: string): string {
  const state = lstatSync(file, { bigint: true, throwIfNoEntry: false });
  return state ? `${state.ino} ${state.size} ${state.mtimeNs} ${state.ctimeNs}` : '';
}

/** What a file holds, or where a link leads; undefined where there is neither. */
function bytesOf(file: string): Buffer | undefined {
  try {
    return lstatSync(file).isSymbolicLink() ? Buffer.from(readlinkSync(file)) : readFileSync(file);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR', 'EINVAL'].some((code) => hasCode(error, code))) return undefined;
    throw error;
  }
}
