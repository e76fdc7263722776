/** Temporary folders of our own. Each says whose it is, so that the next process removes what a killed one left. */
import { accessSync, constants } from 'node:fs';
import { lstat, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeTo } from './atomic.js';
import { namesInFolder } from './folder.js';
import { liveness, type ProcessIdentity, selfIdentity } from './identity.js';
import { readText } from './plain.js';

/** Objects of predicted merges; a moment's index and files; a model's question to an agent; a lock file made anew. */
export type OwnFolderKind = 'merge' | 'scratch' | 'think' | 'lock';

const ownerFile = 'owner.json';
const namePattern = /^codex-agents-(merge|scratch|think|lock)-[\w-]*\w{6}$/;

/** A folder without an owner that is older than this was left by a maker who was killed before it named itself. */
const beginningMs = 60 * 60_000;

/** Where temporary files go: as the environment says, unless that is no folder to write in, as after a session that is over. */
export function temporaryFolder(env: NodeJS.ProcessEnv): string {
  const said = env.TMPDIR || tmpdir();
  return [said, '/tmp'].find(canHold) ?? said;
}

function canHold(folder: string): boolean {
  try {
    accessSync(join(folder, '.'), constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Folders swept by this process: once is enough. */
const swept = new Set<string>();

/** Makes a folder below `parent` that says whose it is, after removing those of processes that are dead. */
export async function makeOwnFolder(parent: string, kind: OwnFolderKind): Promise<string> {
  if (!swept.has(parent)) {
    swept.add(parent);
    await sweepOwnFolders(parent);
  }
  const folder = await mkdtemp(join(parent, `codex-agents-${kind}-`));
  try {
    await writeTo(join(folder, ownerFile), JSON.stringify(selfIdentity()));
    return folder;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Runs `use` with such a folder, and removes it then. */
export async function withOwnFolder<T>(
  parent: string,
  kind: OwnFolderKind,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await makeOwnFolder(parent, kind);
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Removes the folders of processes that are dead, of every kind. Returns their paths. */
export async function sweepOwnFolders(parent: string): Promise<string[]> {
  // One where this user may write and not look is not swept.
  const names = await namesInFolder(parent).catch((): string[] => []);
  const removed: string[] = [];
  for (const name of names.filter((one) => namePattern.test(one))) {
    const folder = join(parent, name);
    if (!(await isLeft(folder))) continue;
    // What cannot be removed is left to a later sweep.
    const gone = await rm(folder, { recursive: true, force: true }).then(
      () => true,
      () => false,
    );
    if (gone) removed.push(folder);
  }
  return removed;
}

/**
 * Whether a folder is ours to remove: this user's own, and of a process that is dead for certain. Another user could
 * change one of theirs while it is deleted, and so make us delete what is our own.
 */
async function isLeft(folder: string): Promise<boolean> {
  try {
    const found = await lstat(folder);
    if (!found.isDirectory() || found.uid !== process.getuid?.()) return false;
    const owner = ownerIn(await readText(join(folder, ownerFile)));
    return owner ? liveness(owner) === 'dead' : Date.now() - found.mtimeMs > beginningMs;
  } catch {
    // What cannot be read says nothing about its owner.
    return false;
  }
}

/** The owner that a file names; undefined where it is missing, or was not written to its end. */
function ownerIn(text: string | undefined): ProcessIdentity | undefined {
  try {
    const owner = JSON.parse(text ?? '') as Partial<ProcessIdentity> | null;
    const isWhole = owner?.pid !== undefined && owner.start !== undefined && owner.boot !== undefined;
    return isWhole ? (owner as ProcessIdentity) : undefined;
  } catch {
    return undefined;
  }
}
