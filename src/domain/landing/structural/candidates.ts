/** Every answer the rules have for a hunk, and which rules agree on it. */
import { mergeImports } from './imports.js';
import { adjacentLines, editSuperset, lineUnion, respaced } from './lines.js';
import { addedSuperset, appendLists, concatenate, mergeChangelog, mergeLists, mergeSorted } from './lists.js';
import { mergeRenamed } from './renames.js';
import { joinLines, keyOf, sameLines, splitLines, type Trio, trimmed } from './text.js';
import { areClose, mergeTokens, type TokenDiff, tokenDiff } from './tokens.js';
import type { TreeMerge } from './tree.js';
import { higherVersion, type VersionAnswer } from './versions.js';

/** In the order in which an answer is named after them. */
export const rules = [
  'whitespace',
  'respaced',
  'edit-superset',
  'added-superset',
  'imports',
  'adjacent-lines',
  'version',
  'list',
  'list-set',
  'sorted-lists',
  'changelog',
  'tokens-far',
  'tree-edits',
  'tokens',
  'tree',
  'line-union',
  'token-union',
  'renamed',
  'both-added',
  'ours-then-theirs',
  'theirs-then-ours',
] as const;

export type Rule = (typeof rules)[number];

export interface HunkCandidate {
  text: string;
  /** Which rules gave it. */
  rules: Set<Rule>;
}

/** One hunk and all that the rules found out about it. */
export interface HunkView {
  path: string;
  indented: boolean;
  trio: Trio;
  base: string;
  ours: string;
  theirs: string;
  tokens: TokenDiff | undefined;
  version: VersionAnswer | undefined;
  tree: TreeMerge | undefined;
  /** A grammar for the file exists and could read it. */
  parsed: boolean;
  candidates: HunkCandidate[];
}

export interface HunkText {
  base: string;
  ours: string;
  theirs: string;
}

/** Runs every rule. `tree` is the answer of the tree merge, when there was one. */
export function viewHunk(
  path: string,
  indented: boolean,
  hunk: HunkText,
  tree?: { merge: TreeMerge | undefined; parsed: boolean },
): HunkView {
  const trio: Trio = {
    base: splitLines(hunk.base),
    ours: splitLines(hunk.ours),
    theirs: splitLines(hunk.theirs),
  };
  const tokens = tokenDiff(hunk.base, hunk.ours, hunk.theirs);
  const version = higherVersion(hunk.base, hunk.ours, hunk.theirs);
  const view: HunkView = {
    path,
    indented,
    trio,
    ...{ base: hunk.base, ours: hunk.ours, theirs: hunk.theirs },
    tokens,
    version,
    tree: tree?.merge,
    parsed: tree?.parsed === true,
    candidates: [],
  };
  const found = new Map<string, HunkCandidate>();
  const add = (rule: Rule, answer: string | string[] | undefined) => {
    if (answer === undefined) return;
    const given = typeof answer === 'string' ? answer : joinLines(answer);
    // The last line of an answer must not run into the line that follows the hunk.
    const ends = [hunk.ours, hunk.theirs].some((side) => side.endsWith('\n'));
    const text = ends && given !== '' && !given.endsWith('\n') ? `${given}\n` : given;
    const key = keyOf(text, indented);
    const known = found.get(key);
    if (known) known.rules.add(rule);
    else found.set(key, { text, rules: new Set([rule]) });
  };
  runRules(view, add);
  view.candidates = [...found.values()];
  return view;
}

function runRules(view: HunkView, add: (rule: Rule, answer: string | string[] | undefined) => void): void {
  const { path, indented, trio, tokens, tree } = view;
  const empty = trimmed(trio.base).length === 0;
  if (keyOf(view.ours, indented) === keyOf(view.theirs, indented)) add('whitespace', view.ours);
  add('respaced', respaced(trio, indented));
  if (tokens) add('edit-superset', editSuperset(tokens, trio));
  add('added-superset', addedSuperset(trio));
  add('imports', mergeImports(trio));
  add('adjacent-lines', adjacentLines(trio));
  if (view.version) add('version', view.version.side === 'ours' ? view.ours : view.theirs);
  add('list', appendLists(trio));
  add('list-set', mergeLists(trio));
  add('sorted-lists', mergeSorted(trio));
  add('changelog', mergeChangelog(path, trio));
  if (tokens && !empty) {
    if (!areClose(tokens, 2)) add('tokens-far', mergeTokens(tokens, { indented }));
    add('tokens', mergeTokens(tokens, { touching: true, indented }));
    add('token-union', mergeTokens(tokens, { touching: true, union: true, indented }));
    add('renamed', mergeRenamed(tokens, indented));
  }
  if (tree) {
    add('tree', tree.text);
    if (tree.bothAdded === 0) add('tree-edits', tree.text);
  }
  add('line-union', lineUnion(trio, indented));
  add('both-added', concatenate(trio));
  const filled = trimmed(trio.ours).length > 0 && trimmed(trio.theirs).length > 0;
  if (empty && filled && !sameLines(trio.ours, trio.theirs)) {
    add('ours-then-theirs', [...trio.ours, ...trio.theirs]);
    add('theirs-then-ours', [...trio.theirs, ...trio.ours]);
  }
}
