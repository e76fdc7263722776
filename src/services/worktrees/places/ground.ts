/** What the file system under a repository can do; probed, never guessed from its name alone. */
import { constants, copyFileSync, rmSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface Ground {
  fileSystem: 'btrfs' | 'xfs' | 'ext4' | 'other';
  /** Copies from the donor share blocks with it. */
  reflink: boolean;
  /** The donor is a btrfs subvolume, so that all of it can be cloned at once. */
  subvolume: boolean;
}

/** `f_type` of statfs(2), from the kernel's magic.h. */
const fileSystems: Record<number, Ground['fileSystem']> = {
  2435016766: 'btrfs',
  1481003842: 'xfs',
  61267: 'ext4',
};
/** Inode number of the root of every btrfs subvolume. */
const subvolumeInode = 256;

const reflinks = new Map<string, boolean>();

/**
 * Looks at the ground for copies from `donor` to `path`, both existing folders. Leaves nothing behind.
 * @param file a regular file of the donor's file system, to try a reflink with; only read
 */
export function groundBetween(donor: string, path: string, file: string): Ground {
  const [from, to] = [statSync(donor), statSync(path)];
  const pair = `${from.dev} ${to.dev}`;
  let reflink = reflinks.get(pair);
  if (reflink === undefined) {
    reflink = canReflink(file, path);
    reflinks.set(pair, reflink);
  }
  const fileSystem = fileSystems[statfsSync(path).type] ?? 'other';
  return { fileSystem, reflink, subvolume: fileSystem === 'btrfs' && from.ino === subvolumeInode };
}

function canReflink(file: string, folder: string): boolean {
  const probe = join(folder, `.codex-agents-probe-${process.pid}`);
  try {
    copyFileSync(file, probe, constants.COPYFILE_FICLONE_FORCE);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(probe, { force: true });
  }
}
