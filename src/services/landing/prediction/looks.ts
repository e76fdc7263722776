/** Looks into merges that git calls clean: names that the sides take from each other, and what both add of one kind. */
import { collidedIn } from '../../../domain/landing/gate/collided.js';
import { type PossibleLook, possibleLooks, sameNumbers } from '../../../domain/landing/looks.js';
import type { LookPlace, MergeLook } from '../../../domain/landing/merge.js';
import { familyOf, type Touched } from '../../../domain/landing/touched.js';
import { messageOf } from '../../../domain/platform/errors.js';
import { plural } from '../../../domain/platform/units.js';
import type { Git } from '../../platform/index.js';
import { readBlobs } from './blobs.js';
import { namesSaidIn, type SaidLine, type TouchedMemory, touchedIn } from './looks-reading.js';

/** A clean merge of two commits, and the one commit in which their histories meet. */
export interface CleanMerge {
  base: string;
  ours: string;
  theirs: string;
  /** Tree of the merge; absent where no file is changed by both. */
  tree?: string;
}

/** What a merge leaves to be looked at, and why more of it could not be looked into. */
export interface Looked {
  looks: MergeLook[];
  /** An error, or what is too much to read: whether there is more to look at is not known. */
  unknown?: string;
}

const maxText = 400_000;
const maxPaths = 40;
const maxLooks = 20;
/** Characters of all merges together that are looked into: in pairs they are many, and a look is worth no waiting. */
const maxTogether = 1_000_000;

interface Work extends CleanMerge {
  touched: Record<LookPlace['side'], Touched>;
  possible: PossibleLook[];
}

/**
 * What of each merge is worth a look, in their order. What cannot be read is told as unknown, never as nothing.
 * @param run a git that sees the objects of the merges' trees
 */
export async function looksIn(
  run: Git['run'],
  merges: readonly CleanMerge[],
  memory: TouchedMemory = new Map(),
): Promise<Looked[]> {
  if (merges.length === 0) return [];
  const works = await readWorks(run, merges, memory).catch((error: unknown) => messageOf(error));
  if (typeof works === 'string') return merges.map(() => ({ looks: [], unknown: works }));
  const failed = (error: unknown) => works.map((): Looked => ({ looks: [], unknown: messageOf(error) }));
  const [byName, collided] = await Promise.all([
    confirmed(run, works).catch(failed),
    collisions(run, works).catch(failed),
  ]);
  return works.map(({ touched }, at) => {
    const found = [collided[at]!, { looks: sameNumbers(touched.ours, touched.theirs) }, byName[at]!];
    const unknown = found.map((one: Looked) => one.unknown).find((why) => why !== undefined);
    const looks = found.flatMap((one) => one.looks).slice(0, maxLooks);
    return { looks, ...(unknown === undefined ? {} : { unknown }) };
  });
}

async function readWorks(
  run: Git['run'],
  merges: readonly CleanMerge[],
  memory: TouchedMemory,
): Promise<Work[]> {
  const pairs = merges.flatMap(({ base, ours, theirs }) => [`${base} ${ours}`, `${base} ${theirs}`]);
  const read = await touchedIn(run, [...new Set(pairs)], memory);
  return merges.map((merge) => {
    const touched = {
      ours: read.get(`${merge.base} ${merge.ours}`)!,
      theirs: read.get(`${merge.base} ${merge.theirs}`)!,
    };
    return { ...merge, touched, possible: possibleLooks(touched) };
  });
}

/** Those whose name the changing side uses nowhere any more, or whose new signature is the only one of that name. */
async function confirmed(run: Git['run'], works: readonly Work[]): Promise<Looked[]> {
  const wanted = new Map<string, { base: string; paths: readonly string[]; names: Set<string> }>();
  for (const work of works) {
    for (const { name, changed } of work.possible) {
      const commit = work[changed.side];
      const { edited, added, gone } = work.touched[changed.side];
      const one = wanted.get(commit) ?? {
        base: work.base,
        paths: [...edited, ...added, ...gone],
        names: new Set(),
      };
      wanted.set(commit, one);
      one.names.add(name);
    }
  }
  const said = await namesSaidIn(run, wanted);
  return works.map((work) => ({
    looks: work.possible
      .filter(({ name, declared, changed }) => {
        const family = familyOf(changed.path);
        const names = (line: SaidLine) => line.family === family && line.words.has(name);
        const there = (said.get(work[changed.side]) ?? []).filter(names);
        return declared === 0
          ? there.length === 0
          : there.filter((line) => line.declares === name).length === 1;
      })
      .map(({ declared: _, ...look }) => look),
  }));
}

/** What both sides add to files that both changed; the texts of all merges are read together. */
async function collisions(run: Git['run'], works: readonly Work[]): Promise<Looked[]> {
  const asked = works.map(({ touched: { ours, theirs }, tree }) => {
    const edited = new Set(theirs.edited);
    return tree === undefined ? [] : ours.edited.filter((path) => edited.has(path) && !path.includes('\n'));
  });
  const names = works.flatMap(({ base, ours, theirs, tree }, at) =>
    (asked[at]!.length > maxPaths ? [] : asked[at]!).flatMap((path) =>
      [base, ours, theirs, tree!].map((revision) => `${revision}:${path}`),
    ),
  );
  const texts = (await readBlobs(run, names)).map((blob) => blob?.text ?? '');
  let next = 0;
  const read = asked.map((paths) =>
    paths.length > maxPaths
      ? []
      : paths.map((path) => {
          const [base, ours, theirs, result] = texts.slice(next, next + 4) as [
            string,
            string,
            string,
            string,
          ];
          next += 4;
          return { path, base, ours, theirs, result };
        }),
  );
  const within = withinBound(read.map((files) => files.reduce((sum, { result }) => sum + result.length, 0)));
  return asked.map((paths, at): Looked => {
    const many = plural(paths.length, 'file');
    if (paths.length > maxPaths) return unknown(`both sides change ${many}, too many to look into`);
    const files = read[at]!;
    if (!within.has(at)) {
      return unknown(`both sides change ${many}, and smaller merges were looked into first`);
    }
    const found = files.map(lookIntoFile);
    const large = found.indexOf(undefined);
    return {
      looks: found.flatMap((looks) => looks ?? []),
      ...(large < 0 ? {} : { unknown: `${paths[large]} is too large to look into` }),
    };
  });
}

/** Which merges are looked into, by their sizes: the smallest first, so that a large one costs no other; one alone always. */
function withinBound(sizes: readonly number[]): Set<number> {
  if (sizes.length === 1) return new Set([0]);
  let left = maxTogether;
  const order = [...sizes.keys()].sort((one, other) => sizes[one]! - sizes[other]!);
  return new Set(
    order.filter((at) => {
      left -= sizes[at]!;
      return left >= 0;
    }),
  );
}

const unknown = (why: string): Looked => ({ looks: [], unknown: why });

/** Undefined: the file is too large. */
function lookIntoFile(texts: Parameters<typeof collidedIn>[0]): MergeLook[] | undefined {
  const { path, result } = texts;
  if (result === '' || result.includes('\0')) return [];
  if (result.length > maxText) return undefined;
  return collidedIn(texts).map(
    ({ what, ours, theirs }): MergeLook => ({
      kind: 'collision',
      name: what,
      now: `${path}: ${what}`,
      changed: { side: 'ours', path, line: ours },
      used: { side: 'theirs', path, line: theirs },
    }),
  );
}
