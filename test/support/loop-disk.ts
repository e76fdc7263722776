/** A file system of its own in an image file, for what depends on the kind of file system. Needs root. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface LoopDisk {
  folder: string;
  unmount(): void;
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
