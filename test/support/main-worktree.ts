/** The folder a person works in: everything a command could change there, and what of it differs from before. */
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Sandbox } from './sandbox.js';

/** By name: paths of the worktree and of .git, `refs` and `status`. */
export type Snapshot = ReadonlyMap<string, string>;

/** Ours by agreement: objects, our branches and refs with their logs, linked worktrees, recorded resolutions. */
const ours =
  /^\.git\/(objects|worktrees|rr-cache|(logs\/)?refs\/(heads\/codex-agent|codex-agents))(\/|$)|^\.git\/packed-refs$/;
/** Folders of git's where files come and go while it works. */
const internal = /^\.git(\/|$)/;

/** Names, modes, times and bytes of all files, the index and HEAD among them; the refs that are not ours; the status. */
export function snapshot(sandbox: Sandbox, repo: string): Snapshot {
  const found = new Map<string, string>();
  const visit = (name: string): void => {
    if (ours.test(name)) return;
    const path = join(repo, name);
    const stat = lstatSync(path, { bigint: true });
    if (!stat.isDirectory()) {
      const bytes = stat.isSymbolicLink() ? readlinkSync(path) : readFileSync(path);
      const digest = createHash('sha1').update(bytes).digest('hex');
      found.set(name, `${stat.mode} ${stat.ino} ${stat.mtimeNs} ${digest}`);
      return;
    }
    if (!internal.test(name)) found.set(name || '.', `${stat.mode} ${stat.ino} ${stat.mtimeNs}`);
    for (const inner of readdirSync(path)) visit(name ? `${name}/${inner}` : inner);
  };
  visit('');
  const refs = sandbox.git(repo, 'for-each-ref', '--format=%(refname) %(objectname) %(symref)').split('\n');
  const theirs = refs.filter((ref) => !/^refs\/(heads\/codex-agent|codex-agents)\//.test(ref));
  found.set('refs', theirs.join('\n'));
  found.set('status', sandbox.git(repo, '--no-optional-locks', 'status', '--porcelain=v2', '--ignored'));
  return found;
}

/** Names of what is not as it was, sorted. */
export function differences(before: Snapshot, after: Snapshot): string[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((name) => before.get(name) !== after.get(name))
    .sort();
}

/**
 * What a fast-forward of the checked-out branch changes: files between the two commits with their folders, the index,
 * and git's notes on where the branch was. Undefined when the branch did not move, or not forward.
 */
export function fastForwarded(
  sandbox: Sandbox,
  repo: string,
  from: string,
): ((name: string) => boolean) | undefined {
  const to = sandbox.git(repo, 'rev-parse', 'HEAD');
  if (to === from || sandbox.git(repo, 'merge-base', from, to) !== from) return undefined;
  const paths = sandbox.git(repo, 'diff', '--name-only', from, to).split('\n');
  const branch = sandbox.git(repo, 'symbolic-ref', 'HEAD');
  const notes = ['index', 'ORIG_HEAD', 'logs/HEAD', branch, `logs/${branch}`].map((name) => `.git/${name}`);
  const allowed = new Set([...paths, ...paths.flatMap(foldersOf), ...notes, 'refs', 'status']);
  return (name) => allowed.has(name);
}

const foldersOf = (path: string): string[] =>
  ['.', ...path.split('/').slice(0, -1)].map((_, at, parts) => parts.slice(at ? 1 : 0, at + 1).join('/'));
