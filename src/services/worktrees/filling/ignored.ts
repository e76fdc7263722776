/** Which ignored files of the main worktree a new worktree gets: dependencies and build output, never secrets. */
import { lstat, readdir, readlink } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { matchesAny } from '../../../domain/platform/glob.js';
import { formatSize, parseSize } from '../../../domain/platform/units.js';
import { readPlain } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { listWorktrees } from '../places/list.js';
import { worktreeRoot } from '../places/places.js';
import { lockFileNames } from './donor.js';

/** Paths are relative to the main worktree; a folder stands for all that is in it. */
export interface Entry {
  path: string;
  folder: boolean;
}

export interface Selection {
  /** Folders of installed packages, known at once and taken whole: what is in them came from a registry. */
  dependencies: Entry[];
  /** Everything else, after a look at all of it. */
  others: Promise<Entry[]>;
  /** Left out, with the reason: "`.env` (may hold secrets)". Complete when `others` is. */
  skipped: string[];
  /** Everything that is left out, at any depth. Complete when `others` is. */
  refused(): readonly Entry[];
}

type Needs = Pick<RepoSession, 'git' | 'root' | 'config' | 'env'>;

/** File, in the syntax of .gitignore, by which a repository names ignored files that new worktrees should have. */
const includeFile = '.worktreeinclude';
const dependencyFolders: ReadonlySet<string> = new Set([
  ...['node_modules', 'bower_components', '.pnpm-store', '.yarn', 'Pods'],
]);

/**
 * Lists what may be copied. Reads the main worktree only.
 * @param sharing copies cost no space, so that no folder is too large
 */
export async function selectIgnored(session: Needs, sharing: boolean): Promise<Selection> {
  const args = ['ls-files', '-z', '-o', '-i', '--exclude-standard', '--directory'];
  const [{ stdout }, worktrees] = await Promise.all([session.git.run(args), worktreesInside(session)]);
  const selection = { dependencies: [] as Entry[], skipped: [] as string[] };
  const walk: Walk = {
    root: session.root,
    judge: judgeOf(session, worktrees),
    gate: sharing ? Number.POSITIVE_INFINITY : parseSize(session.config.worktree.max_copy),
    looksInside:
      session.config.worktree.exclude.some((glob) => glob.includes('/')) || worktrees.some(inDependencies),
    refused: [],
  };
  const rest: Entry[] = [];
  for (const entry of stdout.split('\0').filter(Boolean)) {
    const one = { path: entry.replace(/\/$/, ''), folder: entry.endsWith('/') };
    const whole = one.folder && isDependencies(one.path) && !walk.looksInside && !walk.judge(one.path);
    (whole ? selection.dependencies : rest).push(one);
  }
  const others = selectOthers(session, walk, rest, selection);
  // A caller that stops early does not wait for it.
  others.catch(() => {});
  return { ...selection, others, refused: () => walk.refused };
}

/** Whether a folder holds installed packages, by its name. */
export const isDependencies = (path: string): boolean => dependencyFolders.has(basename(path));
const inDependencies = (path: string) => path.split('/').slice(0, -1).some(isDependencies);

/** Linked worktrees inside the main one, and the folder for ours if it is there. */
export async function worktreesInside(session: Needs): Promise<string[]> {
  return [worktreeRoot(session), ...(await listWorktrees(session.git)).map((one) => one.path)]
    .map((path) => relative(session.root, path))
    .filter((path) => path !== '' && !path.startsWith('..'));
}

async function selectOthers(
  session: Needs,
  walk: Walk,
  candidates: readonly Entry[],
  selection: Pick<Selection, 'skipped'>,
): Promise<Entry[]> {
  const kept: Entry[] = [];
  for (const entry of candidates) {
    const sum = { bytes: 0 };
    const found = await look(walk, entry, sum);
    kept.push(...(sum.bytes > walk.gate ? tooLarge(walk, entry) : found));
  }
  const [named, envFiles] = await Promise.all([
    namedByRepository(session, walk.refused),
    envFilesOf(session),
  ]);
  const refused: Refused[] = [];
  for (const one of walk.refused) {
    const how = one.optIn !== 'never' && named.has(one.path);
    if (how && one.optIn === 'pattern') {
      kept.push({ path: one.path, folder: one.folder });
      continue;
    }
    refused.push(one);
    const only = how ? '; only a line with its full name takes it along' : '';
    if (!envFiles.includes(one.path)) selection.skipped.push(`${one.path} (${one.reason}${only})`);
  }
  walk.refused = refused;
  return kept;
}

interface Walk {
  root: string;
  judge: Judge;
  /** Bytes an entry outside dependencies may have. */
  gate: number;
  /** Something may have to stay behind that is inside installed packages. */
  looksInside: boolean;
  refused: Refused[];
}

/** `link`: whether it is a symbolic link, when that is known. */
type Seen = Entry & { link?: boolean };

interface Refusal {
  reason: string;
  /** Whether `.worktreeinclude` can take it along: by any pattern, by its full name only (copied apart), or not. */
  optIn: 'pattern' | 'literal' | 'never';
}
type Refused = Entry & Refusal;
type Judge = (path: string) => Refusal | undefined;

/** Why a path is not copied; undefined when it is. */
function judgeOf(session: Pick<RepoSession, 'config'>, worktrees: readonly string[]): Judge {
  const { include, exclude, env_files } = session.config.worktree;
  return (path) => {
    const name = basename(path);
    if (worktrees.includes(path)) return { reason: 'a worktree', optIn: 'never' };
    if (matchesAny(path, exclude)) return { reason: 'excluded', optIn: 'never' };
    if (inDependencies(path)) return undefined;
    if (env_files.includes(path)) return { reason: 'copied apart', optIn: 'never' };
    if (isSecretFile(name)) return { reason: 'may hold secrets', optIn: 'literal' };
    if (/\.(pid|sock|socket|lck)$/.test(name) || isProcessLock(name)) {
      return { reason: 'belongs to a running program', optIn: 'never' };
    }
    if (/^\.?venv$/.test(name) && !matchesAny(path, include)) return absolutePaths;
    return undefined;
  };
}

const absolutePaths: Refusal = { reason: 'a virtual environment: it holds absolute paths', optIn: 'pattern' };

export const isSecretFile = (name: string) =>
  /^\.env(rc|\..*)?$/.test(name) ||
  /^(\.netrc|\.pgpass|\.pypirc|id_(rsa|dsa|ecdsa|ed25519)|credentials(\.json)?)$/.test(name) ||
  /\.(pem|p12|pfx|keystore|jks|tfvars)$/.test(name);

const isProcessLock = (name: string) => /\.lock$/.test(name) && !lockFileNames.has(name);

/** What of an entry may be copied: itself when all of it may, otherwise those of its children that may. */
async function look(walk: Walk, entry: Seen, sum: { bytes: number }): Promise<Entry[]> {
  const refusal = walk.judge(entry.path) ?? (entry.folder ? undefined : await refuseFile(walk, entry, sum));
  if (refusal) return refuse(walk, entry, refusal);
  if (!entry.folder || (isDependencies(entry.path) && !walk.looksInside)) return [entry];
  const children = await readdir(join(walk.root, entry.path), { withFileTypes: true }).catch(() => undefined);
  if (!children) return refuse(walk, entry, { reason: 'cannot be read', optIn: 'never' });
  const names = new Set(children.map((child) => child.name));
  if (names.has('pyvenv.cfg')) return refuse(walk, entry, absolutePaths);
  if (children.some((child) => child.name === '.git' && !child.isDirectory())) {
    return refuse(walk, entry, { reason: 'a worktree or submodule of its own', optIn: 'never' });
  }
  const kept: Entry[] = [];
  let whole = true;
  for (const child of children) {
    const below = {
      path: join(entry.path, child.name),
      folder: child.isDirectory(),
      link: child.isSymbolicLink(),
    };
    if (!child.isDirectory() && !child.isFile() && !child.isSymbolicLink()) {
      refuse(walk, below, { reason: 'not a file', optIn: 'never' });
      whole = false;
      continue;
    }
    const inner = await look(walk, below, sum);
    if (sum.bytes > walk.gate) return [];
    whole &&= inner.length === 1 && inner[0]!.path === below.path;
    kept.push(...inner);
  }
  return whole ? [entry] : kept;
}

function refuse(walk: Walk, entry: Entry, refusal: Refusal): Entry[] {
  walk.refused.push({ ...entry, ...refusal });
  return [];
}

/** The whole is named, in place of what was refused inside. */
function tooLarge(walk: Walk, entry: Entry): Entry[] {
  walk.refused = walk.refused.filter((one) => !one.path.startsWith(`${entry.path}/`));
  const reason = `more than ${formatSize(walk.gate)}, and copies share no blocks here`;
  return refuse(walk, entry, { reason, optIn: 'pattern' });
}

/** Links that leave the repository are not taken. Adds the file's size to the sum where that matters. */
async function refuseFile(
  walk: Walk,
  { path, link }: Seen,
  sum: { bytes: number },
): Promise<Refusal | undefined> {
  if (inDependencies(path)) return undefined;
  if (Number.isFinite(walk.gate))
    sum.bytes += (await lstat(join(walk.root, path)).catch(() => undefined))?.size ?? 0;
  if (link === false) return undefined;
  const target = await readlink(join(walk.root, path)).catch(() => undefined);
  if (target === undefined) return undefined;
  const leaves = relative(walk.root, resolve(walk.root, dirname(path), target)).startsWith('..');
  return leaves ? { reason: 'a link that leaves the repository', optIn: 'never' } : undefined;
}

/** Which of the refused paths a pattern of `.worktreeinclude` names. git itself reads the patterns. */
async function namedByRepository(session: Needs, refused: readonly Refused[]): Promise<Set<string>> {
  const named = new Set<string>();
  const asked = refused.filter((one) => one.optIn !== 'never').slice(0, 1000);
  if (asked.length === 0 || (await includeLines(session)).length === 0) return named;
  const flags = ['ls-files', '-z', '-o', '-i', '-X', join(session.root, includeFile), '--directory', '--'];
  const { stdout } = await session.git.run([...flags, ...asked.map(({ path }) => `:(literal)${path}`)]);
  const found = stdout.split('\0').filter(Boolean);
  for (const { path } of asked) {
    if (found.some((one) => one.replace(/\/$/, '') === path || one.startsWith(`${path}/`))) named.add(path);
  }
  return named;
}

async function includeLines({ root }: Pick<RepoSession, 'root'>): Promise<string[]> {
  const text = await readPlain(join(root, includeFile)).then(String, () => '');
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** Files with secrets that come along because they are named one by one: in the configuration or `.worktreeinclude`. */
export async function envFilesOf(session: Pick<RepoSession, 'root' | 'config'>): Promise<string[]> {
  const lines = (await includeLines(session)).map((line) => line.replace(/^\//, ''));
  const literal = lines.filter(
    (line) => isSecretFile(basename(line)) && !/[*?[\]!\\]|(^|\/)\.\.(\/|$)/.test(line),
  );
  return [...new Set([...session.config.worktree.env_files, ...literal])];
}
