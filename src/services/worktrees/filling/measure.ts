/** Counts what is copied, for the report, and lists its links; beside the copying and never in its way. */
import { normalize } from 'node:path';
import { runProcess } from '../../platform/index.js';
import type { Entry } from './ignored.js';

export interface FileCount {
  files: number;
  /** Apparent size: shared blocks count in full. */
  bytes: number;
}

export interface FoundFiles extends FileCount {
  /** Paths of symbolic links, relative to the root. */
  links: string[];
}

const entriesPerCall = 500;
/** `f` and a file's size, or `l` and a link's path. */
const format = [
  '(',
  '-type',
  'f',
  '-printf',
  'f%s\\0',
  ')',
  '-o',
  '(',
  '-type',
  'l',
  '-printf',
  'l%p\\0',
  ')',
];

/** Files and links in the entries below `root`; undefined where there is no GNU `find`, or one cannot look. */
export async function countFiles(
  root: string,
  entries: readonly Entry[],
  env: NodeJS.ProcessEnv,
): Promise<FoundFiles | undefined> {
  const sum: FoundFiles = { files: 0, bytes: 0, links: [] };
  for (let at = 0; at < entries.length; at += entriesPerCall) {
    const paths = entries.slice(at, at + entriesPerCall).map(({ path }) => `./${path}`);
    const argv = ['find', ...paths, ...format];
    const found = await runProcess(argv, { cwd: root, env, maxBytes: 64 * 1024 * 1024 }).catch(
      () => undefined,
    );
    if (found?.code !== 0 || found.truncated) return undefined;
    for (const word of found.stdout.split('\0')) {
      if (word.startsWith('l')) sum.links.push(normalize(word.slice(1)));
      if (!word.startsWith('f')) continue;
      sum.files++;
      sum.bytes += Number(word.slice(1));
    }
  }
  return sum;
}

/** Undefined when one of the parts is. */
export function totalOf(parts: readonly (FileCount | undefined)[]): FileCount | undefined {
  const sum: FileCount = { files: 0, bytes: 0 };
  for (const part of parts) {
    if (!part) return undefined;
    sum.files += part.files;
    sum.bytes += part.bytes;
  }
  return sum;
}
