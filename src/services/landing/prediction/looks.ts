/** Looks into merges that git calls clean: names that the sides take from each other, and what both add of one kind. */
import { randomUUID } from 'node:crypto';
import { parseDiff } from '../../../domain/landing/diff.js';
import { codeOf } from '../../../domain/landing/gate/code.js';
import { collidedIn } from '../../../domain/landing/gate/collided.js';
import { wordsOf } from '../../../domain/landing/hunks.js';
import { type PossibleLook, possibleLooks, sameNumbers } from '../../../domain/landing/looks.js';
import type { MergeLook } from '../../../domain/landing/merge.js';
import { declarationIn, familyOf, type Touched, touchedBy } from '../../../domain/landing/touched.js';
import type { Git } from '../../platform/index.js';

/** A clean merge of two commits, and the one commit in which their histories meet. */
export interface CleanMerge {
  base: string;
  ours: string;
  theirs: string;
  /** Tree of the merge. */
  tree: string;
}

/** What takes longer is not looked into: a look is a hint, and is worth no waiting. */
const timeoutMs = 10_000;
const maxText = 400_000;
const maxPaths = 40;
const maxLooks = 20;

/**
 * What of each merge is worth a look, in their order; undefined where git could not tell.
 * @param run a git that sees the objects of the merges' trees
 */
export async function looksIn(
  run: Git['run'],
  merges: readonly CleanMerge[],
): Promise<(MergeLook[] | undefined)[]> {
  if (merges.length === 0) return [];
  const pairs = merges.flatMap(({ base, ours, theirs }) => [`${base} ${ours}`, `${base} ${theirs}`]);
  const touched = await touchedIn(run, [...new Set(pairs)]).catch(() => new Map<string, Touched>());
  const found: (MergeLook[] | undefined)[] = [];
  for (const merge of merges) {
    const [ours, theirs] = [
      touched.get(`${merge.base} ${merge.ours}`),
      touched.get(`${merge.base} ${merge.theirs}`),
    ];
    found.push(ours && theirs ? await looksOf(run, merge, ours, theirs).catch(() => undefined) : undefined);
  }
  return found;
}

async function looksOf(
  run: Git['run'],
  merge: CleanMerge,
  ours: Touched,
  theirs: Touched,
): Promise<MergeLook[]> {
  const possible = possibleLooks({ ours, theirs });
  const [byName, collided] = await Promise.all([
    confirmed(run, merge, possible),
    collisions(run, merge, ours, theirs),
  ]);
  return [...collided, ...sameNumbers(ours, theirs), ...byName].slice(0, maxLooks);
}

/** What each pair of commits, "before after", touches; one process for all. */
async function touchedIn(run: Git['run'], pairs: readonly string[]): Promise<Map<string, Touched>> {
  const commits = [...new Set(pairs.flatMap((pair) => pair.split(' ')))];
  const { stdout: ids } = await run(['rev-parse', ...commits.map((commit) => `${commit}^{tree}`)]);
  const trees = new Map(ids.split('\n').map((tree, at) => [commits[at], tree]));
  const input = pairs.map((pair) =>
    pair
      .split(' ')
      .map((commit) => trees.get(commit))
      .join(' '),
  );
  const how = ['-r', '-p', '-U0', '-M', '--no-color', '--no-ext-diff', '--no-textconv'];
  const { stdout } = await run(
    ['diff-tree', '--stdin', ...how, '--src-prefix=a/', '--dst-prefix=b/', '--submodule=short'],
    { input: [...new Set(input)].map((line) => `${line}\n`).join(''), timeoutMs },
  );
  const parts = stdout.split(/^([0-9a-f]{40,64} [0-9a-f]{40,64})\n/m);
  const texts = new Map<string, string>();
  for (let at = 1; at < parts.length; at += 2) texts.set(parts[at]!, parts[at + 1] ?? '');
  const read = new Map([...texts].map(([key, text]) => [key, touchedBy(parseDiff(text))]));
  return new Map(pairs.map((pair, at) => [pair, read.get(input[at]!) ?? touchedBy([])]));
}

/** Those whose name the changing side uses nowhere any more, or whose new signature is the only one of that name. */
async function confirmed(
  run: Git['run'],
  { ours, theirs }: CleanMerge,
  possible: readonly PossibleLook[],
): Promise<MergeLook[]> {
  const bySide = await Promise.all(
    (['ours', 'theirs'] as const).map(async (side) => {
      const own = possible.filter(({ changed }) => changed.side === side);
      const names = [...new Set(own.map(({ name }) => name))];
      if (names.length === 0) return [];
      const said = await saidIn(run, side === 'ours' ? ours : theirs, names);
      return own.filter(({ name, declared, changed }) => {
        const family = familyOf(changed.path);
        const there = said.filter((line) => line.family === family && line.words.has(name));
        return declared === 0
          ? there.length === 0
          : there.filter((line) => line.declares === name).length === 1;
      });
    }),
  );
  return bySide.flat().map(({ declared: _, ...look }) => look);
}

/** Lines of code in a commit that say one of the names. */
async function saidIn(run: Git['run'], commit: string, names: readonly string[]) {
  const words = names.flatMap((name) => ['-e', name]);
  const args = ['grep', '-z', '-n', '-w', '-F', '-I', '--no-color', ...words, commit, '--'];
  const { stdout } = await run(args, { ok: [0, 1], timeoutMs });
  return stdout.split('\n').flatMap((line) => {
    const [where = '', number = '', text = ''] = line.split('\0');
    const path = where.slice(commit.length + 1);
    const family = familyOf(path);
    if (!family) return [];
    const { text: code } = codeOf(path, text);
    return {
      family,
      words: new Set(wordsOf(code)),
      declares: declarationIn(path, { line: Number(number), code })?.name,
    };
  });
}

/** What both sides add to a file that both changed. */
async function collisions(
  run: Git['run'],
  { base, ours, theirs, tree }: CleanMerge,
  one: Touched,
  other: Touched,
): Promise<MergeLook[]> {
  const both = one.edited.filter((path) => other.edited.includes(path) && !path.includes('\n'));
  if (both.length === 0 || both.length > maxPaths) return [];
  const revisions = [base, ours, theirs, tree];
  const texts = await blobs(
    run,
    both.flatMap((path) => revisions.map((revision) => `${revision}:${path}`)),
  );
  return both.flatMap((path, at) => {
    const [b = '', o = '', t = '', result = ''] = texts.slice(4 * at, 4 * at + 4);
    if (result === '' || result.length > maxText || result.includes('\0')) return [];
    return collidedIn({ path, base: b, ours: o, theirs: t, result }).map(
      ({ what, ours: first, theirs: second }): MergeLook => ({
        kind: 'collision',
        name: what,
        now: `${path}: ${what}`,
        changed: { side: 'ours', path, line: first },
        used: { side: 'theirs', path, line: second },
      }),
    );
  });
}

/** Texts of blobs in the order asked; empty for what is not there. */
async function blobs(run: Git['run'], names: readonly string[]): Promise<string[]> {
  const asked = (list: readonly string[]) => ({ input: list.map((name) => `${name}\n`).join('') });
  const kinds = (await run(['cat-file', '--batch-check=%(objecttype)'], asked(names))).stdout.split('\n');
  const there = names.filter((_, at) => kinds[at] === 'blob');
  if (there.length === 0) return names.map(() => '');
  // An answer is told from what a blob says by a word that no blob can know.
  const mark = randomUUID();
  const { stdout } = await run(['cat-file', `--batch=${mark}`], asked(there));
  const parts = stdout.split(`${mark}\n`).slice(1);
  const texts = new Map(there.map((name, at) => [name, (parts[at] ?? '').replace(/\n$/, '')]));
  return names.map((name) => texts.get(name) ?? '');
}
