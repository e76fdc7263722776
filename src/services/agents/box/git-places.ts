/**
 * What of a repository's git directory an agent in a box can write: as much as a commit in its linked worktree needs.
 * Configuration, hooks, packs, other worktrees' records and refs that are not beside its branch stay as they are.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { BoxPlaces } from '../../../domain/agents/box.js';
import { entriesOf, realOf } from './find.js';

export interface GitOfBox {
  /** Git directory that all worktrees share. */
  commonDir: string;
  /** The worktree's own record in it. */
  record: string;
  branch: string;
}

/** What git is told in a box besides: what it could not do there, it does not begin. */
export const boxGitConfig =
  '[gc]\n\tauto = 0\n\tpackRefs = false\n[maintenance]\n\tauto = false\n[rerere]\n\tenabled = false\n[fetch]\n\twriteCommitGraph = false\n';

/** The whole git directory once more, to read. `/dev` is a folder of the box's own. */
const aside = '/dev/codex-agents/git';

/** Git follows five links from a file to the place where it locks it; the system follows forty. */
const linksBeforeLock = 6;

/** No ref can have such a name, and git looks at nothing in it. */
const keepsFolder = '.codex-agents';

/** Adds what an agent in a box finds of git, as it is outside at every moment. Makes folders that git would make too. */
export function addGitPlaces(places: BoxPlaces, { commonDir, record, branch }: GitOfBox): void {
  const common = realOf(commonDir);
  const own = realOf(record);
  if (!common || !own) return;
  const ref = `refs/heads/${branch}`;
  for (const root of [common, join(common, 'logs')]) {
    // Git takes a folder away when its last ref is packed, and the place in the box would go with it.
    mkdirSync(join(dirname(join(root, ref)), keepsFolder), { recursive: true });
  }
  addTop(places, common);
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
