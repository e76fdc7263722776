/** What is on disk below a folder, in one short text that is the same where the next start finds the same. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';

// The hook counts and fails the calls of the program: those of this module go past it.
const { readdirSync, lstatSync, readFileSync, readlinkSync } = fs;

/** What the bench itself writes, and the program's own log of calls, which decides nothing. */
const notOfTheGround = new Set(['armed', 'calls', 'met', 'log']);
/** Larger files are told by inode and time: none of them is written twice in one tick of the clock. */
const largest = 1 << 16;

/** Names, modes and contents of all that is below `folder`. What goes away meanwhile is left out. */
export function stampOf(folder) {
  const hash = createHash('sha1');
  const walk = (at) => {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      if (notOfTheGround.has(entry.name)) continue;
      const path = `${at}/${entry.name}`;
      const { ino, size, mtimeMs, mode } = lstatSync(path);
      hash.update(`${path}\0${mode}\0`);
      if (entry.isDirectory()) walk(path);
      else if (entry.isSymbolicLink()) hash.update(readlinkSync(path));
      else if (entry.isFile() && size <= largest) hash.update(readFileSync(path));
      else hash.update(`${ino} ${size} ${mtimeMs}`);
    }
  };
  try {
    walk(folder);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  }
  return hash.digest('hex');
}
