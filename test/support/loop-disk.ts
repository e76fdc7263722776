/** A file system of its own, for what depends on the kind of file system. Needs root. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface LoopDisk {
  folder: string;
  unmount(): void;
}

/** Mounts a disk of so many bytes in memory over a folder; undefined where that may not be done: not root. */
export function mountSmall(
  folder: string,
  bytes: number,
): { fill(): void; free(): void; unmount(): void } | undefined {
  mkdirSync(folder, { recursive: true });
  const options = `size=${bytes},mode=700`;
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]).status !== 0) return undefined;
  const filler = join(folder, 'filler');
  return {
    fill: () => void spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4k']),
    free: () => rmSync(filler, { force: true }),
    unmount: () => void spawnSync('umount', ['-l', folder]),
  };
}

/** Mounts a new btrfs; undefined where that cannot be done: not root, no mkfs.btrfs, no loop devices. */
export function mountBtrfs(): LoopDisk | undefined {
  const work = mkdtempSync(join(tmpdir(), 'codex-agents-disk-'));
  const [image, folder] = [join(work, 'image'), join(work, 'mounted')];
  const run = (program: string, ...args: string[]) => execFileSync(program, args, { stdio: 'ignore' });
  try {
    writeFileSync(image, '');
    // Sparse: it takes what is written to it.
    truncateSync(image, 1024 * 1024 * 1024);
    mkdirSync(folder);
    run('mkfs.btrfs', '-q', image);
    run('mount', '-o', 'loop', image, folder);
  } catch {
    rmSync(work, { recursive: true, force: true });
    return undefined;
  }
  return {
    folder,
    unmount() {
      // Deletions in the background may still work there; a lazy unmount ends when they do.
      run('umount', '-l', folder);
      rmSync(work, { recursive: true, force: true });
    },
  };
}
