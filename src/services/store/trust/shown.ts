/** What is to be trusted, for a person to read: every character, also those that no terminal shows, and the difference to what was trusted before. */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../../../domain/platform/errors.js';
import { withHiddenShown } from '../../../domain/platform/sanitize.js';
import { textDiff } from '../../../domain/store/text-diff.js';
import { ensurePrivateFolder, type Paths, writeTo } from '../../platform/index.js';
import type { TrustInputs } from './inputs.js';

type TrustPaths = Pick<Paths, 'stateDir'>;

const folderOf = (paths: TrustPaths) => join(paths.stateDir, 'trusted-files');

/** Keeps the bytes of trusted files by their digest, so that a later difference can be shown. */
export async function keepTrusted(paths: TrustPaths, { files, bytes }: TrustInputs): Promise<void> {
  ensurePrivateFolder(paths.stateDir);
  await mkdir(folderOf(paths), { recursive: true, mode: 0o700 });
  for (const { path, sha256 } of files) {
    const content = bytes.get(path);
    if (!content) continue;
    await writeTo(join(folderOf(paths), sha256), content, { mode: 0o600, flag: 'wx' }).catch(
      (error: unknown) => {
        if (!hasCode(error, 'EEXIST')) throw error;
      },
    );
  }
}

/** A file as it is shown: its text, or its difference to what was trusted. */
export interface ShownFile {
  path: string;
  what: 'new' | 'changed' | 'gone' | 'as trusted';
  lines: string[];
}

const onlyLineEnds = '(only the ends of lines differ)';

/** Every file of a repository as a person reads it before trusting it. */
export async function shownFiles(
  paths: TrustPaths,
  { files, bytes, tooBig, unread }: TrustInputs,
  trusted: Readonly<Record<string, string>> = {},
): Promise<ShownFile[]> {
  const shown: ShownFile[] = [];
  const whyUnread = (name: string) =>
    unread.find(({ path }) => path === name)?.why ??
    `${tooBig.find(({ path }) => path === name)?.size ?? 0} bytes: too big to be read`;
  for (const { path, sha256 } of files) {
    const text = withHiddenShown(bytes.get(path)?.toString('utf8') ?? `(${whyUnread(path)})`);
    const was = Object.hasOwn(trusted, path) ? trusted[path] : undefined;
    if (was === sha256) shown.push({ path, what: 'as trusted', lines: [] });
    else if (was === undefined) shown.push({ path, what: 'new', lines: text.split('\n') });
    else {
      const before = await keptText(paths, was);
      const lines = before === undefined ? text.split('\n') : textDiff(withHiddenShown(before), text);
      shown.push({ path, what: 'changed', lines: lines.length > 0 ? lines : [onlyLineEnds] });
    }
  }
  const now = new Set(files.map(({ path }) => path));
  const gone = Object.keys(trusted).filter((path) => !now.has(path));
  return [...shown, ...gone.map((path): ShownFile => ({ path, what: 'gone', lines: [] }))];
}

/** Undefined when it was trusted by a version that kept no bytes. */
const keptText = (paths: TrustPaths, sha256: string): Promise<string | undefined> =>
  readFile(join(folderOf(paths), sha256), 'utf8').catch(() => undefined);
