/** What of a repository can make us run something or change what an agent is told: files, and where it came from. */
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join, sep } from 'node:path';
import { appError, hasCode } from '../../../domain/platform/errors.js';
import { findRepository, readText } from '../../platform/index.js';

export interface TrustInputs {
  hash: string;
  files: { path: string; sha256: string }[];
  bytes: Map<string, Buffer>;
  /** Where the repository came from, such as "example.org/team/repo"; empty when it names no origin. */
  origin: string;
  /** Files too big to be read, and so to be trusted, with their sizes. */
  tooBig: { path: string; size: number }[];
}

/** A file of configuration or instructions that is bigger is something else. */
const maxBytes = 1_000_000;
/** All together: every command reads them before anything is trusted. */
const maxTotal = 16_000_000;
const maxFiles = 1_000;
/** Read as instructions of agents that are asked by way of an API, the first that is there. */
const instructionFiles = ['AGENTS.md', 'CLAUDE.md'];
/** More of them that configuration names. */
const mostNamed = 20;

const folders = [
  { folder: '.codex-agent', match: /^config\.toml$/ },
  // Not only TOML: an agent file may name a file of instructions beside it.
  { folder: '.codex-agent/agents', match: /\.(toml|md|txt)$/ },
  { folder: '.codex-agent/prompts', match: /\.md$/ },
];

/**
 * Reads them once, in order of name. The hash covers names and bytes, each with its length, so that no two
 * sets of files can look alike. `userConfig` is the text of the user's own configuration: with the repository's it
 * names further files of instructions. Throws `outside-repository` for a link that leads out of the repository,
 * `not-a-file` for a device, pipe or folder of such a name, `too-many-files`. A screen shows nothing before it is known
 * what is trusted, so that these small files are read at once.
 */
export async function readTrustInputs(root: string, userConfig = ''): Promise<TrustInputs> {
  const realRoot = realpathSync.native(root);
  const paths = folders.flatMap(({ folder, match }) => namesIn(realRoot, folder, match));
  // By themselves they are for other tools; with configuration of ours they instruct our agents.
  if (paths.length > 0) paths.push(...firstInstructions(realRoot));
  if (paths.length > maxFiles) throw tooMany(realRoot, paths.length);
  const total = createHash('sha256');
  const files: TrustInputs['files'] = [];
  const bytes: TrustInputs['bytes'] = new Map();
  const tooBig: TrustInputs['tooBig'] = [];
  let room = maxTotal;
  const take = (path: string) => {
    const { size, content } = readInside(realRoot, path, Math.min(maxBytes, room));
    room -= content?.length ?? 0;
    if (!content) tooBig.push({ path, size });
    const sha256 = createHash('sha256')
      .update(content ?? `too big: ${size}`)
      .digest('hex');
    total.update(`${Buffer.byteLength(path)}:${path}:${sha256}\n`);
    files.push({ path, sha256 });
    if (content) bytes.set(path, content);
  };
  for (const path of paths.sort()) take(path);
  const config = bytes.get('.codex-agent/config.toml')?.toString('utf8') ?? '';
  for (const name of paths.length > 0 ? namedIn(`${userConfig}\n${config}`) : []) {
    if (!paths.includes(name) && isInstructions(realRoot, name)) take(name);
  }
  return { hash: total.digest('hex'), files, bytes, origin: await originOf(realRoot), tooBig };
}

const tooMany = (root: string, count: number) =>
  appError('too-many-files', `${root}/.codex-agent has ${count} files that configure or instruct agents.`, {
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

function readInside(root: string, path: string, most: number): { size: number; content?: Buffer } {
  const full = join(root, path);
  const real = realOf(full, (cause) => {
    throw appError('outside-repository', `${full} is a link that leads nowhere.`, { cause, kind: 'trust' });
  })!;
  if (!real.startsWith(root + sep)) {
    throw appError('outside-repository', `${full} leads out of the repository, to ${real}.`, {
      kind: 'trust',
      hint: 'Replace the link by the file itself.',
    });
  }
  const found = lstatSync(real);
  if (!found.isFile()) {
    throw appError('not-a-file', `${full} is not a regular file.`, { kind: 'trust' });
  }
  return found.size > most ? { size: found.size } : { size: found.size, content: readFileSync(real) };
}

function firstInstructions(root: string): string[] {
  const first = instructionFiles.find((name) => isInstructions(root, name));
  return first === undefined ? [] : [first];
}

/** A regular file of a bearable size in the repository; anything else is not read as instructions either. */
function isInstructions(root: string, name: string): boolean {
  const real = realOf(join(root, name), () => undefined);
  const found = real?.startsWith(root + sep) ? lstatSync(real) : undefined;
  return found?.isFile() === true && found.size > 0 && found.size <= maxBytes;
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
  const other = names.filter((name) => !instructionFiles.includes(name));
  return [...new Set(other)].sort().slice(0, mostNamed);
}

/** Host and path of the origin, alike for every way of writing them; a password in it is left out. */
async function originOf(root: string): Promise<string> {
  const found = await findRepository(root).catch(() => undefined);
  if (!found) return '';
  const config = (await readText(join(found.commonDir, 'config')).catch(() => undefined)) ?? '';
  const section = /^\[remote "origin"\]\s*\n((?:(?!\[).*\n?)*)/m.exec(config)?.[1] ?? '';
  const url = /^\s*url\s*=\s*(.+?)\s*$/m.exec(section)?.[1] ?? '';
  const [, scheme = '', place = ''] = /^(?:([a-z+]+):\/\/)?(.*)$/is.exec(url)!;
  const bare = place
    .replace(/^[^/@]*@/, '')
    .replace(/^([^/:]+):(?!\d+\/)/, '$1/')
    .replace(/(\.git)?\/*$/, '');
  const port = usualPorts[scheme.toLowerCase()];
  return port ? bare.replace(new RegExp(`^([^/:]+):${port}(?=/|$)`), '$1') : bare;
}

const usualPorts: Readonly<Record<string, number>> = { https: 443, http: 80, ssh: 22, git: 9418 };

/** The place that a path leads to. */
function realOf(path: string, onError: (cause: unknown) => undefined): string | undefined {
  try {
    return realpathSync.native(path);
  } catch (cause) {
    return onError(cause);
  }
}
