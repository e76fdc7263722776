/** Reads with few processes what a look needs: what commits touch, and where they say names. */
import { parseDiff } from '../../../domain/landing/diff.js';
import { codeOf } from '../../../domain/landing/gate/code.js';
import { wordsOf } from '../../../domain/landing/hunks.js';
import { declarationIn, familyOf, type Touched, touchedBy } from '../../../domain/landing/touched.js';
import { type Git, objectIdsIn } from '../../platform/index.js';

/** What takes longer is not looked into: a look is a hint, and is worth no waiting. */
const timeoutMs = 10_000;

/** What was read before, by the trees before and after. */
export type TouchedMemory = Map<string, Touched>;
const maxRemembered = 400;

/** What each pair of commits, "before after", touches; one process for all. */
export async function touchedIn(
  run: Git['run'],
  pairs: readonly string[],
  memory: TouchedMemory,
): Promise<Map<string, Touched>> {
  const commits = [...new Set(pairs.flatMap((pair) => pair.split(' ')))];
  const { stdout: ids } = await run(['rev-parse', ...commits.map((commit) => `${commit}^{tree}`)]);
  const trees = new Map(objectIdsIn(ids, 'rev-parse').map((tree, at) => [commits[at], tree]));
  const keys = pairs.map((pair) =>
    pair
      .split(' ')
      .map((commit) => trees.get(commit))
      .join(' '),
  );
  const open = [...new Set(keys)].filter((key) => !memory.has(key));
  const read = new Map(keys.flatMap((key) => (memory.has(key) ? [[key, memory.get(key)!] as const] : [])));
  if (open.length > 0) for (const [key, touched] of await touchedInTrees(run, open)) read.set(key, touched);
  for (const [key, touched] of read) {
    memory.delete(key);
    memory.set(key, touched);
  }
  for (const key of [...memory.keys()].slice(0, -maxRemembered)) memory.delete(key);
  return new Map(pairs.map((pair, at) => [pair, read.get(keys[at]!)!]));
}

async function touchedInTrees(run: Git['run'], pairs: readonly string[]): Promise<Map<string, Touched>> {
  const how = ['-r', '-p', '-U0', '-M', '--no-color', '--no-ext-diff', '--no-textconv'];
  const { stdout } = await run(
    ['diff-tree', '--stdin', ...how, '--src-prefix=a/', '--dst-prefix=b/', '--submodule=short'],
    { input: pairs.map((line) => `${line}\n`).join(''), timeoutMs },
  );
  const parts = stdout.split(/^([0-9a-f]{40,64} [0-9a-f]{40,64})\n/m);
  const texts = new Map<string, string>();
  for (let at = 1; at < parts.length; at += 2) texts.set(parts[at]!, parts[at + 1] ?? '');
  return new Map(pairs.map((pair) => [pair, touchedBy(parseDiff(texts.get(pair) ?? ''))]));
}

/** A line of code that says one of the names. */
export interface SaidLine {
  path: string;
  family: string;
  words: ReadonlySet<string>;
  /** The name that the line declares. */
  declares: string | undefined;
}

/** Names to look for in a commit, and where it differs from a commit that it stands on. */
export interface WantedNames {
  base: string;
  paths: readonly string[];
  names: ReadonlySet<string>;
}

/** From so many commits on one base on, the base is read once and each commit where it differs only. */
const sharedFrom = 4;
const atOnce = 4;

/** By commit, the lines of code that say one of its names. */
export async function namesSaidIn(
  run: Git['run'],
  wanted: ReadonlyMap<string, WantedNames>,
): Promise<Map<string, SaidLine[]>> {
  const byBase = new Map<string, WantedNames[]>();
  for (const one of wanted.values()) byBase.set(one.base, [...(byBase.get(one.base) ?? []), one]);
  const onBase = new Map<string, SaidLine[]>();
  for (const [base, group] of byBase) {
    if (group.length < sharedFrom) continue;
    const names = new Set(group.flatMap((one) => [...one.names]));
    onBase.set(base, await linesWith(run, base, names));
  }
  const said = new Map<string, SaidLine[]>();
  const open = [...wanted];
  const lookNext = async (): Promise<void> => {
    for (let next = open.pop(); next; next = open.pop()) {
      const [commit, { base, paths, names }] = next;
      const before = onBase.get(base);
      const changed = new Set(paths);
      said.set(commit, [
        ...(before ?? []).filter(({ path }) => !changed.has(path)),
        ...(await linesWith(run, commit, names, before ? paths : undefined)),
      ]);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lookNext));
  return said;
}

async function linesWith(
  run: Git['run'],
  commit: string,
  names: ReadonlySet<string>,
  paths?: readonly string[],
): Promise<SaidLine[]> {
  if (paths?.length === 0) return [];
  const words = [...names].flatMap((name) => ['-e', name]);
  const where = (paths ?? []).map((path) => `:(literal,top)${path}`);
  const args = ['grep', '-z', '-n', '-w', '-F', '-I', '--no-color', ...words, commit, '--', ...where];
  const { stdout } = await run(args, { ok: [0, 1], timeoutMs });
  return stdout.split('\n').flatMap((line) => {
    const [found = '', number = '', text = ''] = line.split('\0');
    const path = found.slice(commit.length + 1);
    const family = familyOf(path);
    if (!family) return [];
    const { text: code } = codeOf(path, text);
    return {
      path,
      family,
      words: new Set(wordsOf(code)),
      declares: declarationIn(path, { line: Number(number), code })?.name,
    };
  });
}
