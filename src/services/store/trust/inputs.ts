/** What of a repository can make us run something or change what an agent is told: files, and where it came from. */
import { readdirSync, realpathSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { appError, hasCode } from '../../../domain/platform/errors.js';
import { isOnlyRead } from '../../../domain/store/agent-files.js';
import { plainOrigin } from '../../../domain/store/origin.js';
import { findRepository, originUrl } from '../../platform/index.js';
import { instructionPaths, takeImports } from './instructions.js';
import { takeFiles } from './take.js';

export interface TrustedFile {
  path: string;
  sha256: string;
  onlyRead?: true;
}

export interface TrustInputs {
  hash: string;
  /** Those that are `onlyRead` do not count in the hash: they start nothing, and a change of them is told. */
  files: TrustedFile[];
  bytes: Map<string, Buffer>;
  /** Where the repository came from, such as "example.org/team/repo"; empty when it names no origin. */
  origin: string;
  /** Files of ours that are too big to be read, and so to be trusted, with their sizes. */
  tooBig: { path: string; size: number }[];
  /** Files for other programs whose bytes are not read, and why: too big, or behind a link that leads out. */
  unread: { path: string; why: string }[];
}

/** Every command reads them before anything is trusted; of documents, further ones are not looked at. */
const maxFiles = 1_000;
/** Files of instructions that configuration names. */
const mostNamed = 20;

const folders = [
  { folder: '.codex-agent', match: /^config\.toml$/ },
  // Not only TOML: an agent file may name a file of instructions beside it.
  { folder: '.codex-agent/agents', match: /\.(toml|md|txt)$/ },
  { folder: '.codex-agent/prompts', match: /\.md$/ },
];

/**
 * Reads them once. The hash covers names and bytes, each with its length, so that no two sets of files can look alike.
 * `userConfig` is the text of the user's own configuration: with the repository's it names further files of
 * instructions. What instructs or configures coding CLIs counts where there is configuration of ours: by itself it is for
 * other tools. Throws `outside-repository` for a link that leads out of the repository, `not-a-file` for a device, pipe or
 * folder of such a name, `too-many-files`. A screen shows nothing before it is known what is trusted, so that these
 * small files are read at once.
 */
export async function readTrustInputs(root: string, userConfig = ''): Promise<TrustInputs> {
  const realRoot = realpathSync.native(root);
  const found = await findRepository(realRoot).catch(() => undefined);
  const own = folders.flatMap(({ folder, match }) => namesIn(realRoot, folder, match)).sort();
  const others = own.length > 0 ? await instructionPaths(realRoot, found) : [];
  const [documents, settings] = split(others, (path) => isOnlyRead(path, undefined));
  const count = own.length + settings.length;
  if (count > maxFiles) throw tooMany(realRoot, count);
  const taken = takeFiles(realRoot);
  for (const path of own) taken.take(path);
  const config = taken.textOf('.codex-agent/config.toml');
  const named = own.length > 0 ? namedIn(`${userConfig}\n${config}`) : [];
  for (const path of settings) taken.takeOther(path, named.includes(path));
  for (const name of named) taken.takeOther(name, true);
  for (const path of documents.slice(0, maxFiles)) taken.takeOther(path);
  takeImports([...settings, ...documents.slice(0, maxFiles)], (path) => taken.takeOther(path));
  const origin = found ? plainOrigin(await originUrl(found).catch(() => '')) : '';
  return { ...taken.inputs(), origin };
}

function split(paths: readonly string[], isFirst: (path: string) => boolean): [string[], string[]] {
  return [paths.filter(isFirst), paths.filter((path) => !isFirst(path))];
}

const tooMany = (root: string, count: number) =>
  appError('too-many-files', `${root} has ${count} files that configure or instruct agents.`, {
    kind: 'trust',
    hint: `At most ${maxFiles} can be looked through and trusted: move what is not needed away.`,
  });

function namesIn(root: string, folder: string, match: RegExp): string[] {
  try {
    const names = readdirSync(join(root, folder));
    return names.filter((name) => match.test(name)).map((name) => `${folder}/${name}`);
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return [];
    throw error;
  }
}

/**
 * What `agents.fallback_files` names in a configuration before it is checked, sorted. A name too many only makes the
 * person look at one more file; a name that is missed here is not read as instructions later.
 */
function namedIn(config: string): string[] {
  const lists = config.matchAll(/\bfallback_files"?\s{0,9}=\s{0,9}\[([^\]]{0,2000})\]/g);
  const names = [...lists].flatMap(([, list = '']) =>
    [...list.matchAll(/"([^"\\\n]+)"|'([^'\n]+)'/g)].map(([, double, single]) => double ?? single ?? ''),
  );
  const inside = names.map((name) => normalize(name)).filter((name) => !/^(\.\.|\.git)?(\/|$)/.test(name));
  return [...new Set(inside)].sort().slice(0, mostNamed);
}
