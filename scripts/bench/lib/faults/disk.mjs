/** A file system of its own for one folder of a ground, with as much room as it is given. Linux, in a mount namespace. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const inside = 'CODEX_AGENTS_BENCH_MOUNTS';
/** What is mounted now. A bench that is interrupted takes it away before its folders are removed. */
const mounted = new Set();
process.prependListener('exit', () => {
  for (const folder of mounted) unmount(folder);
});

function unmount(folder) {
  mounted.delete(folder);
  // It goes away when the last process has left it.
  execFileSync('umount', ['-l', folder]);
}

/** Runs this bench again in a namespace of its own, so that no other process sees what it mounts. */
export function inOwnNamespace() {
  if (process.env[inside]) return;
  const flags = process.getuid?.() === 0 ? '-m' : '-rm';
  const { status } = spawnSync('unshare', [flags, process.execPath, ...process.argv.slice(1)], {
    stdio: 'inherit',
    env: { ...process.env, [inside]: 'yes' },
  });
  process.exit(status ?? 1);
}

/** Puts a tmpfs over `folder`, with all that is below `saved`, which may not be there yet. It has room until it is told otherwise. */
export function mountOver(folder, saved) {
  for (const place of [folder, saved]) mkdirSync(place, { recursive: true });
  const mode = (statSync(folder).mode & 0o777).toString(8);
  const options = (pages, files) => `size=${pages * 4}k,nr_inodes=${files},mode=${mode}`;
  const mount = (...args) => execFileSync('mount', [...args, 'tmpfs', folder]);
  const most = 1 << 16;
  mount('-t', 'tmpfs', '-o', options(most, most));
  mounted.add(folder);
  execFileSync('cp', ['-a', `${saved}/.`, folder]);
  // A size of nothing would be one without end.
  if (statfsSync(folder).bfree === statfsSync(folder).blocks) writeFileSync(join(folder, '.taken'), '.');
  const { blocks, bfree, bsize, files, ffree } = statfsSync(folder);
  const pages = Math.ceil(((blocks - bfree) * bsize) / 4096);
  const remount = (left, inodes) => mount('-o', `remount,${options(left, inodes)}`);
  return {
    /** Leaves room for `n` more pages, or for `n` more files. */
    leave: (what, n) => (what === 'pages' ? remount(pages + n, most) : remount(most, files - ffree + n)),
    free: () => remount(most, most),
    drop: () => unmount(folder),
  };
}

/** Folders of a ground that are a file system of their own somewhere. */
export const folderOf = (root, place) =>
  join(root, { worktrees: 'repo.worktrees', repository: 'repo', temporary: 'tmp' }[place] ?? place);
