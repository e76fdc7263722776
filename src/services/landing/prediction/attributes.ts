/**
 * The .gitattributes of a commit. merge-tree takes attributes from the folder it runs in: without them a file with
 * merge=union is a false conflict, and one that may not be merged is falsely clean.
 */
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Git } from '../../platform/index.js';
import { writeTo } from '../../platform/index.js';

export interface Attributes {
  /** Paths and texts, in the order of paths. */
  files: readonly (readonly [path: string, text: string])[];
  /** Equal for equal files. */
  digest: string;
}

/** @param commit full id of a commit or tree. Throws `git-failed` */
export async function readAttributes(git: Git, commit: string): Promise<Attributes> {
  const { stdout } = await git.run(['ls-tree', '-r', '-z', commit]);
  const files: [string, string][] = [];
  for (const entry of stdout.split('\0')) {
    const [, id, path] = /^100\d+ blob ([0-9a-f]+)\t((?:.+\/)?\.gitattributes)$/s.exec(entry) ?? [];
    if (!id || !path || path.split('/').includes('..')) continue;
    files.push([path, (await git.run(['cat-file', 'blob', id])).stdout]);
  }
  return attributesOf(files);
}

/** Attributes that were read before. */
export function attributesOf(files: Attributes['files']): Attributes {
  return { files, digest: createHash('sha1').update(JSON.stringify(files)).digest('hex') };
}

/** Makes a folder with nothing but these files. */
export async function writeAttributes(folder: string, { files }: Attributes): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [path, text] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeTo(join(folder, path), text);
  }
}
