/**
 * Where branches are, read from git's own files: a check asks often, and a process costs more than the merge. They
 * are so small that reading them at once is quicker than waiting for each.
 */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { hasCode } from '../../../domain/platform/errors.js';
import { readPlainSync } from '../files/plain.js';
import type { Git } from '../types.js';
import { readRefs } from './answers.js';

const commitId = /^([0-9a-f]{40}|[0-9a-f]{64})$/;

const packedCache = new Map<string, { stamp: string; tips: ReadonlyMap<string, string> }>();

/** Full commit ids of these branches; one that does not exist is not in the answer. Throws `git-failed`. */
export async function branchTips(
  git: Pick<Git, 'commonDir' | 'run'>,
  branches: readonly string[],
): Promise<Map<string, string>> {
  const inFiles = !existsSync(join(git.commonDir, 'reftable'));
  const read = inFiles ? branches.map((name) => looseTip(git.commonDir, name)) : [];
  // A branch that stands for another one, or an unexpected file there: git knows.
  if (!inFiles || read.includes('other')) return askedTips(git);
  // Read after the loose ones: a branch that is packed just now is in one of both.
  const packed = read.includes(undefined) ? packedTips(git.commonDir) : new Map<string, string>();
  const tips = new Map<string, string>();
  for (const [at, name] of branches.entries()) {
    const tip = read[at] ?? packed.get(`refs/heads/${name}`);
    if (tip) tips.set(name, tip);
  }
  return tips;
}

/** A million branches take less. */
const mostPackedBytes = 512_000_000;

function looseTip(commonDir: string, branch: string): string | 'other' | undefined {
  if (branch === '' || branch.includes('\0') || branch.split('/').includes('..')) return undefined;
  try {
    const text = readPlainSync(join(commonDir, 'refs/heads', branch))
      .toString('utf8')
      .trim();
    return commitId.test(text) ? text : 'other';
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG'].some((code) => hasCode(error, code)))
      return undefined;
    return 'other';
  }
}

function packedTips(commonDir: string): ReadonlyMap<string, string> {
  const file = join(commonDir, 'packed-refs');
  const found = statSync(file, { bigint: true, throwIfNoEntry: false });
  if (!found) return new Map();
  const stamp = `${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`;
  const known = packedCache.get(file);
  if (known?.stamp === stamp) return known.tips;
  const lines = readPlainSync(file, mostPackedBytes)
    .toString('utf8')
    .split('\n')
    .filter((line) => !/^[#^]/.test(line));
  const tips = asTips(lines);
  packedCache.set(file, { stamp, tips });
  return tips;
}

async function askedTips(git: Pick<Git, 'run'>): Promise<Map<string, string>> {
  const tips = await readRefs(git, { below: 'refs/heads' });
  return new Map([...tips].map(([name, id]) => [name.slice('refs/heads/'.length), id]));
}

function asTips(lines: readonly string[]): Map<string, string> {
  const tips = new Map<string, string>();
  for (const line of lines) {
    const at = line.indexOf(' ');
    if (at > 0) tips.set(line.slice(at + 1), line.slice(0, at));
  }
  return tips;
}
