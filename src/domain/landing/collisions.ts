/** Which heads could conflict at all, told from the paths they change. Pure. */

/** One changed path against the common base. */
export interface PathChange {
  /** git's letter: A added, M modified, D deleted, T type changed, R renamed, C copied; or `maybeMoved`. */
  status: string;
  path: string;
  /** The old name of a rename or copy. */
  from?: string;
}

/** A deleted path whose file may have been renamed: that was not looked for. */
export const maybeMoved = 'L';

/**
 * Reads `git diff-tree --stdin -r -M --raw -z` fed with commits: per commit its id, then its changes.
 * A commit without changes is not named at all.
 */
export function parseChanges(stdout: string): Map<string, PathChange[]> {
  const fields = stdout.split('\0');
  const all = new Map<string, PathChange[]>();
  let list: PathChange[] = [];
  for (let at = 0; at < fields.length; at++) {
    const field = fields[at]!;
    if (!field) continue;
    if (!field.startsWith(':')) {
      list = [];
      all.set(field, list);
      continue;
    }
    const status = field.split(' ')[4]?.[0] ?? 'M';
    const first = fields[++at] ?? '';
    list.push(
      status === 'R' || status === 'C'
        ? { status, from: first, path: fields[++at] ?? '' }
        : { status, path: first },
    );
  }
  return all;
}

/**
 * The pairs that could conflict, as indexes, lower first: two heads that change one path (both names of a rename
 * count), one that changes a path which is a folder of the other's, or one that adds below a folder out of which
 * the other moves files, since git may move the new file along. All others merge cleanly.
 */
export function collidingPairs(heads: readonly (readonly PathChange[])[]): [number, number][] {
  const touched: Index = new Map();
  const below: Index = new Map();
  const added: Index = new Map();
  const left: Index = new Map();
  for (const [head, changes] of heads.entries()) {
    for (const { status, path, from } of changes) {
      for (const name of from === undefined ? [path] : [from, path]) {
        put(touched, [name], head);
        put(below, foldersOf(name), head);
      }
      if (status === 'A' || status === 'R' || status === 'C') put(added, [top, ...foldersOf(path)], head);
      if (status === 'R' && from !== undefined) put(left, foldersMoved(from, path), head);
      if (status === maybeMoved) put(left, [top, ...foldersOf(path)], head);
    }
  }
  const found = new Set<number>();
  const meet = (some: Iterable<number>, others: Iterable<number> = []) => {
    for (const a of some) {
      for (const b of others) if (a !== b) found.add(Math.min(a, b) * heads.length + Math.max(a, b));
    }
  };
  for (const [path, some] of touched) {
    meet(some, some);
    meet(some, below.get(path));
  }
  for (const [folder, some] of left) meet(some, added.get(folder));
  return [...found].sort((a, b) => a - b).map((key) => [Math.floor(key / heads.length), key % heads.length]);
}

/** Heads by path. */
type Index = Map<string, Set<number>>;

const top = '';

function put(index: Index, paths: readonly string[], head: number): void {
  for (const path of paths) {
    const known = index.get(path);
    if (known) known.add(head);
    else index.set(path, new Set([head]));
  }
}

/** Every folder above a path, the top one left out. */
function foldersOf(path: string): string[] {
  const folders: string[] = [];
  for (let at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1)) folders.push(path.slice(0, at));
  return folders;
}

/**
 * The folders that a rename may move as a whole: its own, and those above it as long as the rest of both names is
 * the same. git moves what the other side adds there along, when the folder is gone afterwards.
 */
function foldersMoved(from: string, path: string): string[] {
  const old = from.split('/').slice(0, -1);
  const next = path.split('/').slice(0, -1);
  const moved: string[] = [];
  while (old.join('/') !== next.join('/')) {
    moved.push(old.join('/'));
    if (old.pop() !== next.pop() || (old.length === 0 && next.length === 0)) break;
  }
  return moved;
}
