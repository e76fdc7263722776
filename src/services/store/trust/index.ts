/**
 * Which repositories' configuration may run programs here: those whose exact bytes the user has trusted.
 * Nothing of a repository is read as configuration before.
 */
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { appError, hasCode } from '../../../domain/platform/errors.js';
import { type MovedOrigin, originWords, sameOrigin } from '../../../domain/store/origin.js';
import type { Paths } from '../../platform/index.js';
import { acquireLock, ensurePrivateFolder, readText, writeFileDurably } from '../../platform/index.js';
import { readTrustInputs, type TrustedFile, type TrustInputs } from './inputs.js';
import { keepTrusted } from './shown.js';

export interface TrustState {
  status: 'nothing-to-trust' | 'trusted' | 'untrusted' | 'changed';
  /** SHA-256 over names and bytes of all files; what `trustRepository` wants to see. */
  hash: string;
  files: TrustedFile[];
  /** Paths that are new, different or gone since they were trusted. */
  changes?: string[];
  /** The same of files that are only read: they are told, and end no trust. */
  told?: string[];
  /** SHA-256 of each file when it was trusted. */
  trustedFiles?: Record<string, string>;
  /** Where the repository came from, now and when it was trusted, where that differs. */
  origin?: MovedOrigin;
  /** Files too big to be trusted. */
  tooBig?: { path: string; size: number }[];
}

interface TrustRecord {
  hash: string;
  at: string;
  files: Record<string, string>;
  /** Those that were only read then. */
  onlyRead?: string[];
  /** Absent in records of older versions. */
  origin?: string;
}

interface TrustFile {
  schemaVersion: 1;
  repositories: Record<string, TrustRecord>;
}

type TrustPaths = Pick<Paths, 'stateDir'> & Partial<Pick<Paths, 'configDir'>>;

/** Whether the configuration that is in the main worktree at `root` now is trusted. */
export async function trustState(paths: TrustPaths, root: string): Promise<TrustState> {
  return judge(await inputsOf(paths, root), await recordOf(paths, root));
}

/**
 * The trusted files with the very bytes that were checked, by path relative to `root`;
 * undefined when they are not trusted, empty when there are none.
 */
export async function trustedFiles(
  paths: TrustPaths,
  root: string,
): Promise<Map<string, Buffer> | undefined> {
  const { state, inputs } = await readTrust(paths, root);
  return isUsable(state) ? inputs.bytes : undefined;
}

/** State and bytes from one reading. */
export async function readTrust(
  paths: TrustPaths,
  root: string,
): Promise<{ state: TrustState; inputs: TrustInputs }> {
  const inputs = await inputsOf(paths, root);
  return { state: judge(inputs, await recordOf(paths, root)), inputs };
}

export function isUsable(state: TrustState): boolean {
  return state.status === 'trusted' || state.status === 'nothing-to-trust';
}

/** What is not trusted, by name, and the commands that go on from there. */
export function notTrusted(
  root: string,
  {
    hash,
    changes = [],
    origin,
  }: {
    hash?: string | undefined;
    changes?: readonly string[] | undefined;
    origin?: MovedOrigin | undefined;
  },
) {
  const files =
    changes.slice(0, 5).join(', ') + (changes.length > 5 ? ` and ${changes.length - 5} more` : '');
  const differ = files
    ? `${files} of ${root} ${changes.length === 1 ? 'is' : 'are'} not what you trusted: changed, new or gone since.`
    : `The configuration in ${root}/.codex-agent is not trusted${origin ? ' any more' : ''}.`;
  const what = origin ? `${differ} ${originWords(origin)}` : differ;
  const without = hash ? ` (or \`codex-agent trust --hash ${hash}\` without a terminal)` : '';
  return appError('not-trusted', what, {
    kind: 'trust',
    hint: `It can run programs and instructs agents. Read it with \`codex-agent trust --show\`, then run \`codex-agent trust\`${without}, and give the command again.`,
  });
}

/**
 * Trusts exactly the content with this hash.
 * Throws `trust-moved` when the repository holds other content by now: show it again first.
 * @param seen whether a person was shown documents as they are now; otherwise a change of them is still to be told
 */
export async function trustRepository(
  paths: TrustPaths,
  root: string,
  hash: string,
  seen = true,
): Promise<void> {
  const inputs = await inputsOf(paths, root);
  if (inputs.hash !== hash) {
    throw appError('trust-moved', `The configuration in ${root} is not the one with hash ${hash}.`, {
      kind: 'trust',
      hint: 'Read it again: codex-agent trust --show',
    });
  }
  const [big] = inputs.tooBig;
  if (big) {
    throw appError(
      'too-big-to-trust',
      `${join(root, big.path)} is too big to be read, so it cannot be trusted.`,
      {
        kind: 'trust',
        hint: 'Look at that file and move it away.',
      },
    );
  }
  const key = realpathSync(root);
  await keepTrusted(paths, inputs);
  await changeRecords(paths, (repositories) => {
    const documents = seen
      ? {}
      : documentsOf(Object.hasOwn(repositories, key) ? repositories[key] : undefined);
    const counted = inputs.files.filter(({ onlyRead }) => seen || !onlyRead);
    const files = { ...documents, ...Object.fromEntries(counted.map(({ path, sha256 }) => [path, sha256])) };
    const onlyRead = [
      ...Object.keys(documents),
      ...counted.filter((file) => file.onlyRead).map(({ path }) => path),
    ];
    const record = { hash, at: new Date().toISOString(), files, onlyRead, origin: inputs.origin };
    return { ...repositories, [key]: record };
  });
}

const documentsOf = ({ files = {}, onlyRead = [] }: Partial<TrustRecord> = {}): Record<string, string> =>
  Object.fromEntries(onlyRead.map((path) => [path, files[path]!]));

/** Forgets that the repository was trusted. */
export async function revokeTrust(paths: TrustPaths, root: string): Promise<{ revoked: boolean }> {
  const key = realpathSync(root);
  let revoked = false;
  await changeRecords(paths, ({ [key]: record, ...others }) => {
    revoked = record !== undefined;
    return others;
  });
  return { revoked };
}

/** Gives what is trusted at one place to another: a repository whose folder was moved is the same. */
export async function moveTrust(paths: TrustPaths, from: string, to: string): Promise<void> {
  const key = realpathSync(to);
  await changeRecords(paths, ({ [from]: record, ...others }) =>
    record ? { ...others, [key]: others[key] ?? record } : others,
  );
}

async function inputsOf({ configDir }: TrustPaths, root: string): Promise<TrustInputs> {
  const own = configDir === undefined ? undefined : await readText(join(configDir, 'config.toml'));
  return readTrustInputs(root, own);
}

function judge({ hash, files, origin, tooBig }: TrustInputs, record: TrustRecord | undefined): TrustState {
  const about = { hash, files, ...(tooBig.length > 0 ? { tooBig } : {}) };
  if (files.length === 0) return { status: 'nothing-to-trust', ...about };
  if (!record) return { status: 'untrusted', ...about };
  const elsewhere =
    record.origin === undefined || sameOrigin(record.origin, origin)
      ? {}
      : { origin: { now: origin, trusted: record.origin } };
  const { told, changes } = differences(files, record);
  const more = { ...about, ...(told.length > 0 ? { told } : {}), trustedFiles: record.files };
  if (record.hash === hash && !elsewhere.origin) return { status: 'trusted', ...more };
  return { status: 'changed', ...more, changes, ...elsewhere };
}

/** What is not as it was trusted; `told` is what was only read then, if it was there, and is only read now. */
function differences(
  files: readonly TrustedFile[],
  record: TrustRecord,
): { told: string[]; changes: string[] } {
  const now = new Map(files.map((file) => [file.path, file]));
  const wasRead = new Set(record.onlyRead);
  const isHeld = (path: string) => now.get(path)?.onlyRead !== true && (now.has(path) || !wasRead.has(path));
  const wasHeld = (path: string) => Object.hasOwn(record.files, path) && !wasRead.has(path);
  const told: string[] = [];
  const changes: string[] = [];
  for (const path of [...new Set([...now.keys(), ...Object.keys(record.files)])].sort()) {
    const counts = isHeld(path) || wasHeld(path);
    const isSame = now.get(path)?.sha256 === record.files[path] && isHeld(path) === wasHeld(path);
    if (!isSame) (counts ? changes : told).push(path);
  }
  return { told, changes };
}

const trustFile = (paths: TrustPaths) => join(paths.stateDir, 'trust.json');

async function recordOf(paths: TrustPaths, root: string): Promise<TrustRecord | undefined> {
  const { repositories } = await readRecords(paths);
  const key = realpathSync(root);
  return Object.hasOwn(repositories, key) ? repositories[key] : undefined;
}

/** A file that cannot be read means that nothing is trusted, and says so, rather than that everything is. */
async function readRecords(paths: TrustPaths): Promise<TrustFile> {
  const path = trustFile(paths);
  try {
    const text = await readText(path);
    if (text === undefined) return { schemaVersion: 1, repositories: {} };
    const file = JSON.parse(text);
    if (file?.schemaVersion === 1 && typeof file.repositories === 'object' && file.repositories !== null)
      return file;
  } catch (error) {
    if (hasCode(error, 'EACCES')) throw error;
  }
  throw appError('trust-unreadable', `${path} cannot be read.`, {
    kind: 'trust',
    hint: 'Mend it, or remove it and trust your repositories again.',
  });
}

async function changeRecords(
  paths: TrustPaths,
  change: (repositories: TrustFile['repositories']) => TrustFile['repositories'],
): Promise<void> {
  ensurePrivateFolder(paths.stateDir);
  const lock = await acquireLock(join(paths.stateDir, 'trust.lock.d'), { command: 'trust' });
  try {
    const file = await readRecords(paths);
    const next = { ...file, repositories: change(file.repositories) };
    await writeFileDurably(trustFile(paths), `${JSON.stringify(next, null, 2)}\n`);
  } finally {
    await lock.release();
  }
}
