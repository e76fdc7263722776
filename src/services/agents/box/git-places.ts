/**
 * What of a repository's git directory an agent in a box can write: as much as a commit in its linked worktree needs.
 * Configuration, hooks, packs, other worktrees' records and refs that are not beside its branch stay as they are; it has a
 * stash of its own.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { BoxPlaces } from '../../../domain/agents/box.js';
import { readPlainSync } from '../../platform/index.js';
import { entriesOf, realOf } from './find.js';

export interface GitOfBox {
  /** Git directory that all worktrees share. */
  commonDir: string;
  /** The worktree's own record in it. */
  record: string;
  branch: string;
}

/** The whole git directory once more, to read. `/dev` is a folder of the box's own. */
const aside = '/dev/codex-agents/git';

/** Git follows five links from a file to the place where it locks it; the system follows forty. */
const linksBeforeLock = 6;

/** No ref can have such a name, and git looks at nothing in it. */
const keepsFolder = '.codex-agents';

/** In the run's folder: the agent's own stash, and its reflog. Every worktree shares the person's, which it does not see. */
export const ownRefs = join('box', 'refs');
export const ownLogs = join('box', 'logs');

/**
 * Adds what an agent in a box finds of git, as it is outside at every moment. Makes folders that git would make too.
 * @param folder the run's
 */
export function addGitPlaces(
  places: BoxPlaces,
  { commonDir, record, branch }: GitOfBox,
  folder: string,
): void {
  const common = realOf(commonDir);
  const own = realOf(record);
  if (!common || !own) return;
  const ref = `refs/heads/${branch}`;
  for (const root of [common, join(common, 'logs')]) {
    // Git takes a folder away when its last ref is packed, and the place in the box would go with it.
    mkdirSync(join(dirname(join(root, ref)), keepsFolder), { recursive: true });
  }
  addTop(places, common);
  if (!existsSync(join(common, 'reftable'))) addStash(places, common, folder);
  places.set(own, { kind: 'write' });
  // These would lead git elsewhere, or make it run programs.
  for (const name of ['commondir', 'gitdir', 'config.worktree']) {
    if (existsSync(join(own, name))) places.set(join(own, name), { kind: 'read' });
  }
  for (const name of ['objects', 'lfs', 'reftable']) {
    if (existsSync(join(common, name))) places.set(join(common, name), { kind: 'write' });
  }
  for (const name of ['pack', 'info']) {
    const folder = join(common, 'objects', name);
    if (existsSync(folder)) places.set(folder, { kind: 'read' });
  }
  for (const root of [common, join(common, 'logs')]) {
    const path = join(root, ref);
    places.set(dirname(path), { kind: 'write' });
    for (const { name } of entriesOf(dirname(path))) {
      const beside = join(dirname(path), name);
      if (beside !== path && name !== keepsFolder) places.set(beside, { kind: 'read' });
    }
  }
  // A branch that is packed has no file that could be held: a folder in its place lets git read it, and not write it.
  const beside = dirname(ref);
  for (const name of packedBelow(common, beside)) {
    const path = join(common, beside, name);
    if (name !== basename(ref) && !places.has(path)) places.set(path, { kind: 'empty' });
  }
}

/** More places than these take long to make; what an agent did to a branch is told after its run in any case. */
const mostPacked = 300;

/** First parts of the names of packed refs below a folder of refs. */
function packedBelow(common: string, folder: string): string[] {
  const path = join(common, 'packed-refs');
  if (!existsSync(path)) return [];
  const names = readPlainSync(path)
    .toString('utf8')
    .split('\n')
    .map((line) => line.slice(line.indexOf(' ') + 1))
    .filter((name) => name.startsWith(`${folder}/`))
    .map((name) => name.slice(folder.length + 1).split('/')[0]!);
  return [...new Set(names)].slice(0, mostPacked);
}

/** `git stash` writes beside the folders of refs: there is a place for it, and what the folders hold is as outside. */
function addStash(places: BoxPlaces, common: string, run: string): void {
  const own = [
    [join(common, 'refs'), join(run, ownRefs)],
    [join(common, 'logs', 'refs'), join(run, ownLogs)],
  ] as const;
  for (const [path, from] of own) {
    mkdirSync(from, { recursive: true, mode: 0o700 });
    places.set(path, { kind: 'other', from, write: true });
    for (const entry of entriesOf(path)) {
      if (entry.isDirectory()) places.set(join(path, entry.name), { kind: 'read' });
    }
  }
}

/**
 * The top of the git directory: its folders to read, and a link to each file, so that a file that is replaced outside is
 * seen anew. To take a mark such as CHERRY_PICK_HEAD away, git locks `packed-refs`: it can, in the box only.
 */
function addTop(places: BoxPlaces, common: string): void {
  places.set(common, { kind: 'empty' });
  places.set(aside, { kind: 'other', from: common, write: false });
  for (const entry of entriesOf(common)) {
    const path = join(common, entry.name);
    if (entry.isDirectory()) places.set(path, { kind: 'read' });
    else places.set(path, { kind: 'link', to: join(aside, entry.name) });
  }
  for (let n = 0; n < linksBeforeLock; n += 1) {
    const [from, to] = [n, n + 1].map((one) => (one === 0 ? 'packed-refs' : `packed-refs.${one}`));
    places.set(join(common, from!), { kind: 'link', to: to! });
  }
  places.set(join(common, `packed-refs.${linksBeforeLock}`), {
    kind: 'link',
    to: join(aside, 'packed-refs'),
  });
}
