/**
 * Stages files as they stand, byte for byte. A person's filter or conversion may refuse one (`core.safecrlf`,
 * `working-tree-encoding`, a filter that fails); what is rescued must be kept all the same.
 */
import { lstatSync } from 'node:fs';
import { type Git, objectIdsIn, pathBelow, unclear } from '../../platform/index.js';

/** Brings these paths of `indexFile`, which stand in the worktree and are named in bytes, up to it without filters. */
export async function stageUnfiltered(
  git: Pick<Git, 'run'>,
  worktree: string,
  indexFile: string,
  paths: readonly string[],
): Promise<void> {
  const options = { worktree, env: { GIT_INDEX_FILE: indexFile }, bytes: true };
  const found = paths.map((path) => ({ path, stats: lstatSync(pathBelow(worktree, path)) }));
  const files = found.filter(({ stats }) => stats.isFile());
  const others = found.filter(({ stats }) => !stats.isFile());
  const rest = others.map(({ path }) => `${path}\0`).join('');
  const update = ['update-index', '--add', '--remove', '--replace', '-z'];
  if (rest) await git.run([...update, '--stdin'], { ...options, input: rest });
  if (files.length === 0) return;
  const input = files.map(({ path }) => `${quoted(path)}\n`).join('');
  const hash = ['hash-object', '-w', '--no-filters', '--stdin-paths'];
  const ids = objectIdsIn((await git.run(hash, { ...options, input })).stdout, 'hash-object');
  if (ids.length !== files.length) throw unclear('hash-object', 'it does not name every file');
  const entries = files.map(
    ({ path, stats }, at) => `${stats.mode & 0o100 ? '100755' : '100644'} ${ids[at]}\t${path}\0`,
  );
  await git.run([...update, '--index-info'], { ...options, input: entries.join('') });
}

/** A name on a line of its own, as git reads it where it is quoted. */
const quoted = (path: string) =>
  `"${path.replace(/["\\\u0000-\u001f]/g, (sign) => `\\${sign.charCodeAt(0).toString(8).padStart(3, '0')}`)}"`;
