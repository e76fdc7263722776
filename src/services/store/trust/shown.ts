/** What is to be trusted, for a person to read: every character, also those that no terminal shows, and the difference to what was trusted before. */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../../../domain/platform/errors.js';
import { withHiddenShown } from '../../../domain/platform/sanitize.js';
import { textDiff } from '../../../domain/store/text-diff.js';
import { ensurePrivateFolder, type Paths, writeTo } from '../../platform/index.js';
import type { TrustState } from './index.js';
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
  /** It starts nothing: a change is told, and ends no trust. */
  onlyRead?: true;
  lines: string[];
}

const onlyLineEnds = '(only the ends of lines differ)';

/** Every file of a repository as a person reads it before trusting it. */
export async function shownFiles(
  paths: TrustPaths,
  { files, bytes, tooBig, unread }: TrustInputs,
  { trustedFiles: trusted = {}, told = [] }: Pick<TrustState, 'trustedFiles' | 'told'> = {},
): Promise<ShownFile[]> {
  const whyUnread = (name: string) =>
    unread.find(({ path }) => path === name)?.why ??
    `${tooBig.find(({ path }) => path === name)?.size ?? 0} bytes: too big to be read`;
  const shown: ShownFile[] = [];
  for (const { path, sha256, onlyRead } of files) {
    const text = withHiddenShown(bytes.get(path)?.toString('utf8') ?? `(${whyUnread(path)})`);
    const was = Object.hasOwn(trusted, path) ? trusted[path] : undefined;
    shown.push({
      path,
      ...(was === sha256 ? { what: 'as trusted', lines: [] } : await difference(paths, was, text)),
      ...(onlyRead ? { onlyRead } : {}),
    });
  }
  const now = new Set(files.map(({ path }) => path));
  for (const path of Object.keys(trusted).filter((name) => !now.has(name)))
    shown.push({ path, what: 'gone', lines: [], ...(told.includes(path) ? { onlyRead: true } : {}) });
  return shown;
}

async function difference(
  paths: TrustPaths,
  was: string | undefined,
  text: string,
): Promise<Pick<ShownFile, 'what' | 'lines'>> {
  if (was === undefined) return { what: 'new', lines: text.split('\n') };
  const before = await keptText(paths, was);
  const lines = before === undefined ? text.split('\n') : textDiff(withHiddenShown(before), text);
  return { what: 'changed', lines: lines.length > 0 ? lines : [onlyLineEnds] };
}

/** Undefined when it was trusted by a version that kept no bytes. */
const keptText = (paths: TrustPaths, sha256: string): Promise<string | undefined> =>
  readFile(join(folderOf(paths), sha256), 'utf8').catch(() => undefined);
