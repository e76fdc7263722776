/**
 * Commits that exist only to be merged: written as loose objects into a folder that is thrown away, since `git commit-tree` would be
 * one process each. They are equal for equal content, and younger than every real commit, so that a walk for merge
 * bases meets them first.
 */
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { writeTo } from '../../platform/index.js';

const author = 'codex-agent <codex-agent@localhost> 4102444800 +0000';

export interface PassingCommit {
  tree: string;
  parents: readonly string[];
}

/** The id that a commit has, whether it was written or not. */
export function passingId(commit: PassingCommit): string {
  return createHash(commit.tree.length === 64 ? 'sha256' : 'sha1')
    .update(bytesOf(commit))
    .digest('hex');
}

/** Writes a commit and returns its id. Doing it again changes nothing. */
export async function writePassing(objects: string, commit: PassingCommit): Promise<string> {
  const id = passingId(commit);
  const file = join(objects, id.slice(0, 2), id.slice(2));
  await mkdir(dirname(file), { recursive: true });
  await writeTo(file, deflateSync(bytesOf(commit), { level: 1 }));
  return id;
}

function bytesOf({ tree, parents }: PassingCommit): Buffer {
  const lines = [
    `tree ${tree}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${author}`,
    `committer ${author}`,
  ];
  const text = `${lines.join('\n')}\n\nprediction\n`;
  return Buffer.from(`commit ${Buffer.byteLength(text)}\0${text}`);
}
