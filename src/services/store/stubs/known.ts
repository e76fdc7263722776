/**
 * What the stubs of a repository said when they were last read, kept in the state folder. From it the program tells
 * an edit by hand from a change of the task, a new file from an old one, and a deleted one from one never written.
 */
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../../../domain/platform/errors.js';
import { ensurePrivateFolder, type Paths, readUtf8, writeTo } from '../../platform/index.js';

/** Marks that the folder was looked at: what comes later is new. */
const looked = 'looked';

export interface KnownStubs {
  /** Whether the folder was never looked at as a whole. */
  isNew: boolean;
  names: Set<string>;
  /** Text of a stub, by name of its file. */
  textOf(name: string): Promise<string | undefined>;
  note(name: string, text: string): Promise<void>;
  forget(name: string): Promise<void>;
  /** The folder has been looked at as a whole. */
  noteLook(): Promise<void>;
}

/** Opens the notes of one repository; nothing is made before something is noted. */
export async function knownStubs(paths: Pick<Paths, 'stateDir'>, repoId: string): Promise<KnownStubs> {
  const folder = join(paths.stateDir, 'repositories', repoId, 'stubs');
  const found = await readdir(folder).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  async function write(name: string, text: string): Promise<void> {
    ensurePrivateFolder(paths.stateDir);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeTo(join(folder, name), text, { mode: 0o600 });
  }
  return {
    isNew: !found?.includes(looked),
    names: new Set((found ?? []).filter((name) => name.endsWith('.md'))),
    textOf: (name) => readUtf8(join(folder, name)).catch(() => undefined),
    note: write,
    noteLook: () => write(looked, ''),
    forget: (name) => rm(join(folder, name), { force: true }),
  };
}
