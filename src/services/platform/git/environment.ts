/**
 * The environment every git call gets. Git reads programs to run from a repository's own configuration, and an
 * agent can write there: hooks, fsmonitor, filters, merge drivers. All of them are overridden through GIT_CONFIG_*
 * variables, which also reach the processes git starts. Configuration of the user and the system stays in force.
 */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ConfigEntry, SkippedFilter } from '../types.js';
import { configStamp, readGitConfig } from './config.js';
import { identity, identityVariables } from './identity.js';
import type { Place } from './place.js';

export interface Hardened {
  env: Record<string, string>;
  /** Filters that only the repository's own configuration defines, and that are therefore not run. */
  skippedFilters: readonly SkippedFilter[];
  /** The configuration all this was made from, weakest first. */
  entries: readonly ConfigEntry[];
}

/** Variables that reach git as the user set them. */
const passed = [
  ...[
    'PATH',
    'HOME',
    'USER',
    'LOGNAME',
    'EMAIL',
    'TMPDIR',
    'XDG_CONFIG_HOME',
    'XDG_CACHE_HOME',
    'SSH_AUTH_SOCK',
    'GNUPGHOME',
  ],
  ...[
    'GIT_CONFIG_GLOBAL',
    'GIT_CONFIG_SYSTEM',
    'GIT_CONFIG_NOSYSTEM',
    'GIT_EXEC_PATH',
    'GIT_CEILING_DIRECTORIES',
    'GIT_LFS_SKIP_SMUDGE',
  ],
];

const fixed: Record<string, string> = {
  LC_ALL: 'C',
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_EDITOR: ':',
  GIT_SEQUENCE_EDITOR: ':',
  GIT_PAGER: 'cat',
  GIT_ASKPASS: '',
  GIT_SSH_COMMAND: 'ssh',
  // Replacement objects would show one thing to the checks and land another.
  GIT_NO_REPLACE_OBJECTS: '1',
  // Nor do grafts; git is silent about a file of them that cannot be there.
  GIT_GRAFT_FILE: '/dev/null/none',
};

/** What no call of ours may do by itself, wherever it is configured: start programs, stash, move other branches. */
const alwaysOff: [string, string][] = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['commit.gpgSign', 'false'],
  ['tag.gpgSign', 'false'],
  ['log.showSignature', 'false'],
  ['submodule.recurse', 'false'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  // It says which tree and parents a commit has, and git compares that with no commit.
  ['core.commitGraph', 'false'],
  ['merge.autoStash', 'false'],
  ['rebase.autoStash', 'false'],
  ['rebase.updateRefs', 'false'],
];

/** Tastes of people that would change what we read. */
const plainOutput: [string, string][] = [
  ['color.ui', 'false'],
  ['color.diff', 'false'],
  ['color.status', 'false'],
  ['color.branch', 'false'],
  ['core.quotePath', 'false'],
  ['diff.context', '3'],
  ['diff.dstPrefix', 'b/'],
  ['diff.interHunkContext', '0'],
  ['diff.mnemonicPrefix', 'false'],
  ['diff.noprefix', 'false'],
  ['diff.orderFile', '/dev/null'],
  ['diff.relative', 'false'],
  ['diff.srcPrefix', 'a/'],
  ['diff.suppressBlankEmpty', 'false'],
  ['i18n.logOutputEncoding', 'UTF-8'],
  ['status.showUntrackedFiles', 'normal'],
];

/** What git does without a driver; stands in for a planted one, since an empty driver ends the merge. */
const plainMerge = 'git merge-file -q --marker-size=%L %A %O %B';

/** Programs that sign, as git knows them by itself: the repository may not name others. */
const signers: Readonly<Record<string, string>> = {
  'gpg.program': 'gpg',
  'gpg.openpgp.program': 'gpg',
  'gpg.x509.program': 'gpgsm',
  'gpg.ssh.program': 'ssh-keygen',
  'gpg.ssh.defaultkeycommand': 'false',
};

const cache = new Map<string, { stamp: string; files: string[]; hardened: Hardened }>();
/** Configuration that every worktree of a repository sees alike, by common directory and the user's environment. */
const everywhere = new Map<string, { stamp: string; files: string[]; entries: ConfigEntry[] }>();
/** Reads under way: calls that start together share one. */
const reading = new Map<string, Promise<Hardened>>();

/** The user's variables that git may see, without any place. */
export function baseEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  const names = [...passed, ...identityVariables(env)];
  const kept = names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const]));
  return { ...Object.fromEntries(kept), ...fixed, ...configVariables(inherited(env)) };
}

/** The environment for calls at a place. Read once per place, and again when a configuration file changed. */
export async function hardenedEnvironment(place: Place, env: NodeJS.ProcessEnv): Promise<Hardened> {
  const base = {
    ...baseEnvironment(env),
    GIT_DIR: place.gitDir,
    GIT_COMMON_DIR: place.commonDir,
    GIT_WORK_TREE: place.workTree,
  };
  const key = JSON.stringify([place.gitDir, place.workTree, base]);
  const known = cache.get(key);
  if (known && known.stamp === configStamp(place, known.files)) return known.hardened;
  const shared = reading.get(key) ?? readHardened(key, place, base, env).finally(() => reading.delete(key));
  reading.set(key, shared);
  return shared;
}

async function readHardened(
  key: string,
  place: Place,
  base: Record<string, string>,
  env: NodeJS.ProcessEnv,
): Promise<Hardened> {
  const users = env.GIT_CONFIG_GLOBAL ?? join(env.HOME ?? homedir(), '.gitconfig');
  const began = configStamp(place, [users]);
  const common = { ...place, gitDir: place.commonDir };
  const shared = JSON.stringify([place.commonDir, baseEnvironment(env)]);
  const known = everywhere.get(shared);
  const alike = known && known.stamp === configStamp(common, known.files);
  const entries = alike ? known.entries : await readGitConfig(place, base);
  const files = [...new Set([users, ...entries.flatMap((entry) => entry.file ?? [])])];
  const hardened = harden(place, base, env, entries);
  // Included files may appear, or apply, without any known file changing: then every call looks again.
  const included = entries.some((entry) => isRepositorys(entry) && /^include(if)?\./.test(entry.key));
  const stable = !included && began === configStamp(place, [users]);
  if (stable) cache.set(key, { stamp: configStamp(place, files), files, hardened });
  // A condition, or a file of the worktree's own, may say something else in another worktree.
  const differs = entries.some(({ key: name }) => /^(includeif\.|extensions\.worktreeconfig$)/.test(name));
  if (stable && !differs) {
    everywhere.set(shared, { stamp: configStamp(common, files), files, entries });
  }
  return hardened;
}

/**
 * Whether the file system has two files of names that differ by case alone. A configuration that says otherwise, as one
 * that came from another disk, would hide new files from git.
 */
const tellsCasesApart = (folder: string): boolean =>
  existsSync(join(folder, '.git')) && !existsSync(join(folder, '.GIT'));

const isRepositorys = (entry: ConfigEntry) => entry.scope === 'local' || entry.scope === 'worktree';

function harden(
  place: Place,
  base: Record<string, string>,
  env: NodeJS.ProcessEnv,
  entries: ConfigEntry[],
): Hardened {
  const users = new Map(
    entries.filter((entry) => !isRepositorys(entry)).map((entry) => [entry.key, entry.value]),
  );
  const planted = entries.filter(isRepositorys);
  const overrides: [string, string][] = [...inherited(env), ...alwaysOff, ...plainOutput];
  for (const { key } of planted) {
    const own = users.get(key);
    if (/^filter\..*\.(clean|smudge|process)$/s.test(key)) overrides.push([key, own ?? '']);
    else if (/^filter\..*\.required$/s.test(key)) overrides.push([key, own ?? 'false']);
    else if (/^merge\..*\.driver$/s.test(key)) overrides.push([key, own ?? plainMerge]);
    else if (signers[key] !== undefined) overrides.push([key, own ?? signers[key]]);
  }
  if (tellsCasesApart(place.workTree)) overrides.push(['core.ignoreCase', 'false']);
  // What a person wants of their own merges would change what ours do.
  for (const { key } of entries) if (/^branch\..*\.mergeoptions$/s.test(key)) overrides.push([key, '']);
  overrides.push(...identity(entries, env));
  return {
    env: { ...base, GIT_ALLOW_PROTOCOL: protocols(planted), ...configVariables(overrides) },
    skippedFilters: skipped(planted, users),
    entries,
  };
}

/** Filters with a command that the repository defines and the user does not. */
function skipped(planted: readonly ConfigEntry[], users: ReadonlyMap<string, string>): SkippedFilter[] {
  const filters = new Map<string, Omit<SkippedFilter, 'name'>>();
  for (const { key, value } of planted) {
    const [, name, kind] = /^filter\.(.*)\.(clean|smudge|process|required)$/s.exec(key) ?? [];
    if (name === undefined || !kind || users.has(key)) continue;
    const is = kind === 'required' ? value !== 'false' : value;
    filters.set(name, { ...filters.get(name), [kind]: is });
  }
  return [...filters]
    .filter(([, { clean, smudge, process }]) => clean || smudge || process)
    .map(([name, filter]) => ({ name, ...filter }));
}

/** Nothing of ours uses the network, save that git fetches what a partial clone left out, if no program is planted. */
function protocols(planted: readonly ConfigEntry[]): string {
  const partial = planted.some((entry) =>
    /^(extensions\.partialclone|remote\..*\.promisor)$/s.test(entry.key),
  );
  const risky = planted.some((entry) =>
    /^(remote\..*\.(uploadpack|vcs)|url\.|credential\.|core\.gitproxy)/s.test(entry.key),
  );
  return partial && !risky ? 'https:ssh' : 'none';
}

/** Values the user's own environment already gives git; where the files are, the repository itself says. */
function inherited(env: NodeJS.ProcessEnv): [string, string][] {
  const count = Number(env.GIT_CONFIG_COUNT ?? 0);
  const pairs = Array.from(
    { length: Number.isInteger(count) && count > 0 ? count : 0 },
    (_, at): [string, string] => [env[`GIT_CONFIG_KEY_${at}`] ?? '', env[`GIT_CONFIG_VALUE_${at}`] ?? ''],
  );
  return pairs.filter(([key]) => !/^core\.(bare|worktree)$/i.test(key));
}

function configVariables(pairs: readonly [string, string][]): Record<string, string> {
  const variables: Record<string, string> = { GIT_CONFIG_COUNT: String(pairs.length) };
  for (const [at, [key, value]] of pairs.entries()) {
    variables[`GIT_CONFIG_KEY_${at}`] = key;
    variables[`GIT_CONFIG_VALUE_${at}`] = value;
  }
  return variables;
}
