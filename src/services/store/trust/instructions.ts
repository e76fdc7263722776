/** Which files of a repository instruct or configure the coding CLIs that agents are. */
import { existsSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import {
  importsIn,
  isAgentFile,
  isSharedInstruction,
  sharedSettings,
} from '../../../domain/store/agent-files.js';
import { type FoundRepository, gitText, indexNames, namesInFolder, valueIn } from '../../platform/index.js';

/** Imported files name further ones; coding CLIs follow so many steps. */
const mostSteps = 5;
const mostImports = 100;

/** Sorted paths of those that git tracks, in any folder, and of those at the top that it does not track yet. */
export async function instructionPaths(root: string, found: FoundRepository | undefined): Promise<string[]> {
  const top = (await namesInFolder(root)).filter(isSharedInstruction);
  const settings = sharedSettings.filter((path) => existsSync(join(root, path)));
  return [...new Set([...top, ...settings, ...(found ? await trackedPaths(found) : [])])].sort();
}

/** What was found in an index, as long as that is the same file. */
let known: { stamp: string; paths: string[] } | undefined;

async function trackedPaths({ commonDir, gitDir = commonDir }: FoundRepository): Promise<string[]> {
  const index = statSync(join(gitDir, 'index'), { bigint: true, throwIfNoEntry: false });
  const stamp = `${gitDir} ${index?.ino} ${index?.size} ${index?.mtimeNs} ${index?.ctimeNs}`;
  if (known?.stamp !== stamp) {
    const format = valueIn((await gitText(join(commonDir, 'config'))) ?? '', 'extensions', 'objectformat');
    known = { stamp, paths: await indexNames(gitDir, format, isAgentFile) };
  }
  return known.paths;
}

/** Takes the files that these Markdown files bring in, and those that they bring in. */
export function takeImports(paths: readonly string[], take: (path: string) => string | undefined): void {
  const seen = new Set(paths);
  let from = paths;
  for (let step = 0; step <= mostSteps && from.length > 0; step++) {
    const next: string[] = [];
    for (const path of from.filter((one) => /\.md$/i.test(one))) {
      const named = importsIn(take(path) ?? '').map((name) => normalize(join(dirname(path), name)));
      next.push(...named.filter((name) => !seen.has(name) && !/^(\.\.|\.git)(\/|$)/.test(name)));
    }
    from = [...new Set(next)].slice(0, mostImports);
    for (const path of from) seen.add(path);
  }
}
