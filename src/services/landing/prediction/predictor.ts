/**
 * Where many merges are computed: one scratch store of objects for all, every answer remembered. Merges may build on the results
 * of other merges (a head brought onto the target, the tip of a queue). Such a result is known by its ids alone;
 * its objects are made again only when a merge that is not remembered needs them, in the same batch.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { maybeMoved, type PathChange, parseChanges } from '../../../domain/landing/collisions.js';
import { hasCode } from '../../../domain/platform/errors.js';
import { type Git, objectIdsIn } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { type Analysis, openAnalysis } from './analysis.js';
import { type Attributes, attributesOf, readAttributes } from './attributes.js';
import { type AnswerCache, openAnswerCache } from './cache.js';
import { type PassingCommit, passingId, writePassing } from './commits.js';
import { type Distance, distances } from './distance.js';
import { type CleanMerge, type Looked, looksIn } from './looks.js';
import type { TouchedMemory } from './looks-reading.js';
import { type OwnCommits, ownCommits } from './own-commits.js';
import { type MergedTree, mergeMany } from './tree.js';

export type PredictorNeeds = Pick<RepoSession, 'git' | 'env'> & {
  paths?: Pick<RepoSession['paths'], 'cacheDir'>;
};

/** Two full commit ids: the one that receives the merge, and the one merged into it. */
export type MergePair = readonly [receiver: string, merged: string];

/** The predictor set up for one target: its attributes hold for every merge. */
export interface TargetMerges {
  /** Commit of the target. */
  target: string;
  /** Stands for everything but the commits that an answer depends on. */
  digest: string;
  analysis: Pick<Analysis, 'objects' | 'environment'>;
  /** Answers in the order asked. Never throws for what git answers: that is "unknown". */
  merge(merges: readonly MergePair[]): Promise<MergedTree[]>;
  /** A commit without history that holds the target's tree: what is merged on top of it forgets where it came from. */
  root: string;
  /** Id of a commit that holds the tree of a merge's answer. `from` are the sides of that merge. */
  result(tree: string, parents: readonly string[], from: MergePair): string;
  /** Paths that each of these results changes against its first parent. */
  changes(commits: readonly string[]): Promise<PathChange[][]>;
  /** What of each history the target does not have; undefined where git cannot tell. */
  own(commits: readonly string[]): Promise<(OwnCommits | undefined)[]>;
  /** What the clean merge of each into the target leaves to be looked at: ours is the head, theirs the target. */
  looks(heads: readonly CleanHead[]): Promise<Looked[]>;
  /** What clean merges of two results onto the target leave to be looked at: ours is the first. */
  looksBetween(pairs: readonly CleanPair[]): Promise<Looked[]>;
  /** How far each is from the target; undefined where git cannot tell. */
  distances(commits: readonly string[]): Promise<(Distance | undefined)[]>;
}

/** A head that merges cleanly: its commit, that of its branch below uncommitted work, and the tree of the merge. */
export interface CleanHead {
  commit: string;
  tip: string;
  tree: string;
}

/** Two results that hold heads on top of the target, and the merge that says they go together. */
export interface CleanPair {
  ours: string;
  theirs: string;
  /** The merge and its tree; absent where no path is changed by both. */
  merged?: { sides: MergePair; tree: string };
}

export interface Predictor {
  /** Throws `git-failed` when the target cannot be read. */
  on(target: string): Promise<TargetMerges>;
  /** How often the scratch store was started anew: what was written there before is gone. */
  generation(): number;
  save(): Promise<void>;
  close(): Promise<void>;
}

/** After this many merges a new scratch store is begun, so that it fills neither memory nor disk. */
const maxMerges = 5_000;
/** From this many merges on, a second process pays. */
const shareFrom = 200;

interface Recipe {
  commit: PassingCommit;
  /** The two sides of the merge that makes its tree; absent when the repository has that tree. */
  from?: MergePair;
}

/** Opens a predictor; close it, or its scratch store stays on the disk. Without `paths` nothing is remembered on the disk. */
export async function openPredictor(session: PredictorNeeds): Promise<Predictor> {
  const { git, paths } = session;
  const cache = paths ? await openAnswerCache(paths.cacheDir, git.commonDir) : forgetfulCache();
  let analysis: Analysis | undefined;
  let madeOf = '';
  let generation = 0;
  let merges = 0;
  /** What the scratch store holds: ids of trees that merges made, and of commits of ours. */
  let present = new Set<string>();
  const touched: TouchedMemory = new Map();

  async function freshAnalysis(inputs: string, sha256: boolean): Promise<Analysis> {
    if (analysis && inputs === madeOf && merges < maxMerges) return analysis;
    await analysis?.close();
    analysis = await openAnalysis(session, { sha256 });
    [madeOf, merges, present] = [inputs, 0, new Set()];
    generation++;
    return analysis;
  }

  return {
    async on(target) {
      const inputs = await inputsOf(session);
      const own = await freshAnalysis(inputs, target.length === 64);
      const { tree, attributes } = await readTarget(git, cache, target);
      const run = await own.at(attributes);
      const digest = createHash('sha1').update(`${inputs}\n${attributes.digest}`).digest('hex');
      const counted = (many: number) => {
        merges += many;
      };
      return makeTargetMerges({
        run,
        cache,
        digest,
        present,
        touched,
        counted,
        analysis: own,
        target,
        targetTree: tree,
      });
    },
    generation: () => generation,
    save: () => cache.save(),
    async close() {
      await cache.save();
      await analysis?.close();
    },
  };
}

interface State extends Pick<TargetMerges, 'target' | 'digest' | 'analysis'> {
  targetTree: string;
  run: Git['run'];
  cache: AnswerCache;
  present: Set<string>;
  touched: TouchedMemory;
  counted(merges: number): void;
}

function makeTargetMerges(state: State): TargetMerges {
  const { run, cache, digest, present, touched, analysis, target, targetTree } = state;
  const recipes = new Map<string, Recipe>();
  const keyOf = ([ours, theirs]: MergePair) => `merge ${digest} ${ours} ${theirs}`;
  const rootCommit: PassingCommit = { tree: targetTree, parents: [] };
  const root = passingId(rootCommit);
  recipes.set(root, { commit: rootCommit });

  /** The merges, in order, that must run again before these commits can be read; writes the commits themselves. */
  async function missing(commits: readonly string[]): Promise<MergePair[]> {
    const again: MergePair[] = [];
    const unwritten: PassingCommit[] = [];
    const open = [...commits].reverse();
    const entered = new Set<string>();
    const seen = new Set<string>();
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      const recipe = recipes.get(id);
      if (!recipe || seen.has(id)) continue;
      const needed = [...recipe.commit.parents, ...(recipe.from ?? [])].filter(
        (other) => recipes.has(other) && !seen.has(other),
      );
      if (needed.length > 0 && !entered.has(id)) {
        entered.add(id);
        open.push(id, ...needed);
        continue;
      }
      seen.add(id);
      if (!present.has(id)) unwritten.push(recipe.commit);
      present.add(id);
      if (recipe.from && !present.has(recipe.commit.tree)) again.push(recipe.from);
    }
    await Promise.all(unwritten.map((commit) => writePassing(analysis.objects, commit)));
    return again;
  }

  async function compute(merges: readonly MergePair[]): Promise<MergedTree[]> {
    const before = await missing(merges.flat());
    state.counted(before.length + merges.length);
    const answers =
      merges.length >= shareFrom && before.length === 0
        ? await shared(merges)
        : (await mergeMany(run, [...before, ...merges])).slice(before.length);
    for (const recipe of before) {
      const tree = cache.get<MergedTree>(keyOf(recipe))?.tree;
      if (tree) present.add(tree);
    }
    for (const { tree } of answers) if (tree) present.add(tree);
    return answers;
  }

  async function shared(merges: readonly MergePair[]): Promise<MergedTree[]> {
    const middle = Math.ceil(merges.length / 2);
    const parts = [merges.slice(0, middle), merges.slice(middle)];
    return (await Promise.all(parts.map((part) => mergeMany(run, part)))).flat();
  }

  async function own(commits: readonly string[]) {
    const keyFor = (commit: string) => `apart ${target} ${commit}`;
    const open = [...new Set(commits)].filter((commit) => !cache.get(keyFor(commit)));
    if (open.length > 0) {
      const all = await ownCommits(run, target, open);
      for (const [commit, found] of all) cache.set(keyFor(commit), found);
    }
    return commits.map((commit) => cache.get<OwnCommits>(keyFor(commit)));
  }

  return {
    target,
    digest,
    root,
    analysis,
    async merge(merges) {
      const answers = merges.map((sides) => cache.get<MergedTree>(keyOf(sides)));
      const open = merges.filter((_, at) => answers[at] === undefined);
      if (open.length === 0) return answers as MergedTree[];
      const fresh = await compute(open);
      // What could not be told may be told the next time.
      for (const [at, one] of fresh.entries()) {
        if (one.status !== 'unknown') cache.set(keyOf(open[at]!), one);
      }
      const next = fresh.values();
      return answers.map((answer) => answer ?? next.next().value!);
    },
    result(tree, parents, from) {
      const commit = { tree, parents };
      const id = passingId(commit);
      // The first way to it holds: a later one may lead over this very commit, as when a merge changes nothing.
      if (!recipes.has(id)) recipes.set(id, { commit, from });
      return id;
    },
    async changes(commits) {
      const keyFor = (commit: string) => `changes ${commit}`;
      const open = [...new Set(commits)].filter((commit) => !cache.get(keyFor(commit)));
      if (open.length > 0) {
        const again = await missing(open);
        if (again.length > 0) await compute(again);
        const all = await changesOf(run, open);
        for (const commit of open) cache.set(keyFor(commit), all.get(commit) ?? []);
      }
      return commits.map((commit) => cache.get<PathChange[]>(keyFor(commit))!);
    },
    own,
    async looks(heads) {
      const keyFor = ({ commit }: CleanHead) => `looks 2 ${digest} ${target} ${commit}`;
      const open = heads.filter((head) => !cache.get(keyFor(head)));
      const apart = await own(open.map(({ tip }) => tip));
      const bases = await Promise.all(open.map(({ tip }, at) => baseOf(run, target, tip, apart[at])));
      const known = open.filter((_, at) => bases[at] !== undefined);
      const absent = known.filter(({ tree }) => !present.has(tree));
      if (absent.length > 0) await compute(absent.map(({ commit }) => [target, commit]));
      const merges = known.map((head): CleanMerge => {
        const base = bases[open.indexOf(head)]!;
        return { base, ours: head.commit, theirs: target, tree: head.tree };
      });
      const found = await looksIn(run, merges, touched);
      for (const [at, looked] of found.entries()) {
        if (looked.unknown === undefined) cache.set(keyFor(known[at]!), looked);
      }
      return heads.map((head): Looked => {
        const remembered = cache.get<Looked>(keyFor(head)) ?? found[known.indexOf(head)];
        return remembered ?? { looks: [], unknown: 'no one commit is where its history meets the target' };
      });
    },
    async looksBetween(pairs) {
      const asked = createHash('sha1')
        .update(JSON.stringify([digest, target, pairs]))
        .digest('hex');
      const remembered = cache.get<[number, Looked][]>(`looks between ${asked}`);
      if (remembered) {
        const told = new Map(remembered);
        return pairs.map((_, at) => told.get(at) ?? { looks: [] });
      }
      const again = await missing([root, ...new Set(pairs.flatMap(({ ours, theirs }) => [ours, theirs]))]);
      const lost = pairs.flatMap(({ merged }) => (merged && !present.has(merged.tree) ? [merged.sides] : []));
      if (again.length + lost.length > 0) await compute([...again, ...lost]);
      const merges = pairs.map(
        ({ ours, theirs, merged }): CleanMerge => ({
          ...{ base: root, ours, theirs },
          ...(merged ? { tree: merged.tree } : {}),
        }),
      );
      const found = await looksIn(run, merges, touched);
      // Most pairs have none, so those that have are remembered together.
      const told = [...found.entries()].filter(([, { looks }]) => looks.length > 0);
      if (found.every(({ unknown }) => unknown === undefined)) cache.set(`looks between ${asked}`, told);
      return found;
    },
    async distances(commits) {
      const keyFor = (commit: string) => `distance ${target} ${commit}`;
      const open = [...new Set(commits)].filter((commit) => !cache.get(keyFor(commit)));
      const apart = await own(open);
      const known = open.filter((_, at) => apart[at]);
      if (known.length > 0) {
        const found = await distances(
          run,
          target,
          apart.flatMap((one) => one ?? []),
        );
        for (const [at, commit] of known.entries()) cache.set(keyFor(commit), found[at]);
      }
      return commits.map((commit) => cache.get<Distance>(keyFor(commit)));
    },
  };
}

/** The one commit in which a head's history meets the target's; undefined where there are several, or git cannot tell. */
async function baseOf(
  run: Git['run'],
  target: string,
  tip: string,
  apart: OwnCommits | undefined,
): Promise<string | undefined> {
  if (apart?.meets.length === 1) return apart.meets[0];
  const { code, stdout } = await run(['merge-base', '--all', target, tip], { ok: [0, 1, 128] });
  const bases = code === 0 ? objectIdsIn(stdout, 'merge-base') : [];
  return bases.length === 1 ? bases[0] : undefined;
}

async function changesOf(run: Git['run'], commits: readonly string[]): Promise<Map<string, PathChange[]>> {
  const input = commits.map((commit) => `${commit}\n`).join('');
  const diff = async (...how: string[]) =>
    parseChanges((await run(['diff-tree', '--stdin', '-r', ...how, '--raw', '-z'], { input })).stdout);
  try {
    // The limit that a merge has for itself.
    return await diff('-M', '-l7000');
  } catch {
    // Looking for renames reads files, one of which may be missing; names alone are in the trees.
    const all = await diff('--no-renames');
    for (const list of all.values()) for (const one of list) if (one.status === 'D') one.status = maybeMoved;
    return all;
  }
}

/** Everything outside of the commits that may change an answer, as one text. */
async function inputsOf({ git, env }: PredictorNeeds): Promise<string> {
  const entries = await git.settings();
  const relevant = entries.filter(({ key }) => /^(merge|diff|core|filter|submodule)\./.test(key));
  const named = entries.findLast((entry) => entry.key === 'core.attributesfile')?.value;
  const home = env.HOME ?? homedir();
  const users =
    named?.replace(/^~(?=\/)/, home) ?? join(env.XDG_CONFIG_HOME ?? join(home, '.config'), 'git/attributes');
  const files = [join(git.commonDir, 'info/attributes'), join(git.commonDir, 'shallow'), users];
  const texts = files.map(textOf);
  const settings = relevant.map(({ scope, key, value }) => [scope, key, value]);
  return createHash('sha1')
    .update(JSON.stringify([await git.version(), settings, texts]))
    .digest('hex');
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return '';
    throw error;
  }
}

async function readTarget(
  git: Git,
  cache: AnswerCache,
  target: string,
): Promise<{ tree: string; attributes: Attributes }> {
  const known = cache.get<{ tree: string; files: Attributes['files'] }>(`target ${target}`);
  if (known) return { tree: known.tree, attributes: attributesOf(known.files) };
  const [tree, attributes] = await Promise.all([git.treeOf(target), readAttributes(git, target)]);
  cache.set(`target ${target}`, { tree, files: attributes.files });
  return { tree, attributes };
}

function forgetfulCache(): AnswerCache {
  const entries = new Map<string, unknown>();
  return {
    get: <T>(key: string) => entries.get(key) as T | undefined,
    set: (key, value) => void entries.set(key, value),
    save: async () => {},
  };
}
