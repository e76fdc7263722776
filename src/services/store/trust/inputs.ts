/** The files of a repository that can make us run something or change what an agent is told. */
import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { appError, hasCode } from '../../../domain/platform/errors.js';

export interface TrustInputs {
  hash: string;
  files: { path: string; sha256: string }[];
  bytes: Map<string, Buffer>;
}

const folders = [
  { folder: '.codex-agent', match: /^config\.toml$/ },
  // Not only TOML: an agent file may name a file of instructions beside it.
  { folder: '.codex-agent/agents', match: /\.(toml|md|txt)$/ },
  { folder: '.codex-agent/prompts', match: /\.md$/ },
];

/**
 * Reads them once, in order of name. The hash covers names and bytes, each with its length, so that no two
 * sets of files can look alike. Throws `outside-repository` for a link that leads out of the repository,
 * `not-a-file` for a device, pipe or folder of such a name.
 */
export async function readTrustInputs(root: string): Promise<TrustInputs> {
  const realRoot = await realpath(root);
  const paths = (
    await Promise.all(folders.map(({ folder, match }) => namesIn(realRoot, folder, match)))
  ).flat();
  const total = createHash('sha256');
  const files: TrustInputs['files'] = [];
  const bytes: TrustInputs['bytes'] = new Map();
  for (const path of paths.sort()) {
    const content = await readInside(realRoot, path);
    const sha256 = createHash('sha256').update(content).digest('hex');
    total.update(`${Buffer.byteLength(path)}:${path}:${sha256}\n`);
    files.push({ path, sha256 });
    bytes.set(path, content);
  }
  return { hash: total.digest('hex'), files, bytes };
}

async function namesIn(root: string, folder: string, match: RegExp): Promise<string[]> {
  try {
    const names = await readdir(join(root, folder));
    return names.filter((name) => match.test(name)).map((name) => `${folder}/${name}`);
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return [];
    throw error;
  }
}

async function readInside(root: string, path: string): Promise<Buffer> {
  const full = join(root, path);
  const real = await realpath(full).catch((cause) => {
    throw appError('outside-repository', `${full} is a link that leads nowhere.`, { cause, kind: 'trust' });
  });
  if (!real.startsWith(root + sep)) {
    throw appError('outside-repository', `${full} leads out of the repository, to ${real}.`, {
      kind: 'trust',
      hint: 'Replace the link by the file itself.',
    });
  }
  if (!(await lstat(real)).isFile()) {
    throw appError('not-a-file', `${full} is not a regular file.`, { kind: 'trust' });
  }
  return readFile(real);
}
