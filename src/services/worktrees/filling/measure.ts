/** Counts what is copied, for the report; beside the copying and never in its way. */
import { runProcess } from '../../platform/index.js';
import type { Entry } from './ignored.js';

export interface FileCount {
  files: number;
  /** Apparent size: shared blocks count in full. */
  bytes: number;
}

const entriesPerCall = 500;

/** Regular files in the entries below `root`; undefined where there is no GNU `find`, or one cannot look. */
export async function countFiles(
  root: string,
  entries: readonly Entry[],
  env: NodeJS.ProcessEnv,
): Promise<FileCount | undefined> {
  const sum: FileCount = { files: 0, bytes: 0 };
  for (let at = 0; at < entries.length; at += entriesPerCall) {
    const paths = entries.slice(at, at + entriesPerCall).map(({ path }) => `./${path}`);
    const argv = ['find', ...paths, '-type', 'f', '-printf', '%s\\n'];
    const found = await runProcess(argv, { cwd: root, env, maxBytes: 64 * 1024 * 1024 }).catch(
      () => undefined,
    );
    if (found?.code !== 0 || found.truncated) return undefined;
    for (const size of found.stdout.split('\n')) {
      if (size === '') continue;
      sum.files++;
      sum.bytes += Number(size);
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
