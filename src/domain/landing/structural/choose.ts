/** Takes the best answer of each hunk, and of a file only as many as are likely to be right together. */
import { type Around, whyUnproven } from '../gate/proof.js';
import { missingWords, wordsOf } from '../hunks.js';
import { type HunkCandidate, type HunkView, type Rule, rules } from './candidates.js';
import { featuresOf, repeatsOf, type Surroundings } from './features.js';
import { type ScoreTable, scoreOf } from './score.js';
import { areChosenTogether } from './versions.js';

export interface Choice {
  text: string;
  /** Rules that agree on it, the telling one first. */
  rules: Rule[];
  score: number;
  reason: string;
}

/** Below this a file is handed back: tried out on recorded merges, repository by repository. */
export const threshold = 0.49;

const explained: Record<Rule, string> = {
  whitespace: 'only white space differs',
  respaced: 'one side only re-spaced what the other changed',
  'edit-superset': "one side's changes hold all of the other's",
  'added-superset': "one side's lines hold all of the other's",
  imports: 'imports of both sides',
  'adjacent-lines': 'neighbouring lines, each changed by one side',
  version: 'the higher version',
  list: 'entries of both sides',
  'list-set': 'entries of both sides',
  'sorted-lists': 'entries of both sides, in order',
  changelog: 'entries of both sides',
  'tokens-far': 'changes of both sides to different words',
  'tree-edits': 'changes of both sides to different nodes of the syntax tree',
  tokens: 'changes of both sides to neighbouring words',
  tree: 'nodes of both sides in the syntax tree',
  'line-union': 'lines of both sides',
  'token-union': 'words of both sides',
  renamed: "one side's change, in the names that the other gave",
  'both-added': 'additions of both sides, ours first',
  'ours-then-theirs': 'additions of both sides, ours first',
  'theirs-then-ours': 'additions of both sides, theirs first',
};

/** Beside hunks that a model answers, only answers this sure stand: the gate and the checks look at the whole again. */
export const likely = 0.7;

/**
 * The answer to each hunk, or why there is none, in the order of `views`.
 * The strongest answers are taken as long as all of them are likely to be right at once.
 * @param beside the least score of an answer beside hunks without one
 */
export function chooseAnswers(
  views: readonly HunkView[],
  around: readonly Surroundings[],
  table: ScoreTable,
  beside: number,
): (Choice | string)[] {
  const best = views.map((view, at) => bestOf(view, around[at]!, table));
  const order = best
    .flatMap((choice, at) => (typeof choice === 'string' ? [] : [{ at, score: choice.score }]))
    .sort((a, b) => b.score - a.score);
  const taken = new Set<number>();
  let together = 1;
  for (const { at, score } of order) {
    if (together * score < threshold) break;
    together *= score;
    taken.add(at);
  }
  return best.map((choice, at) => {
    if (typeof choice === 'string') return choice;
    if (taken.has(at) && (taken.size === best.length || choice.score >= beside)) return choice;
    return `only a guess, ${choice.reason} (score ${choice.score.toFixed(2)})`;
  });
}

/** The likeliest answer of each hunk, however unlikely: for a person who looks at it, and for no other use. */
export const guesses = (
  views: readonly HunkView[],
  around: readonly Surroundings[],
  table: ScoreTable,
): (Choice | undefined)[] =>
  views.map((view, at) => {
    const best = bestOf(view, around[at]!, table);
    return typeof best === 'string' ? undefined : best;
  });

function bestOf(view: HunkView, around: Surroundings, table: ScoreTable): Choice | string {
  if (view.candidates.length === 0) return 'both sides changed the same place in different ways';
  const rows = featuresOf(view, around);
  let best: Choice | undefined;
  let refused: string | undefined;
  for (const [at, candidate] of view.candidates.entries()) {
    const why = whyNot(view, candidate, around);
    refused ??= why;
    const score = scoreOf(table, rows[at]!);
    if (why || (best && score <= best.score)) continue;
    best = choiceOf(view, candidate, score);
  }
  return best ?? refused ?? 'no rule fits';
}

/**
 * An answer that people too often wrote otherwise is not believed unseen, though it is every change of both sides. Of
 * files proven above this whose result the sides could give, 200 of 222 were right on nineteen repositories that were
 * looked at when it was chosen, and 211 of 240 above 0.6 (docs/decisions/scorer.md).
 */
export const leastProven = 0.74;

/** The likeliest of the answers that are proven to be the three-way selection of the hunk. */
export function provenAnswer(
  index: number,
  view: HunkView,
  surroundings: Surroundings,
  table: ScoreTable,
  around: Around,
): Choice | undefined {
  const rows = featuresOf(view, surroundings);
  const hunk = { index, base: view.base, ours: view.ours, theirs: view.theirs };
  return view.candidates
    .map((candidate, at) => ({ candidate, score: scoreOf(table, rows[at]!) }))
    .filter(({ score }) => score >= leastProven)
    .sort((a, b) => b.score - a.score)
    .filter(
      ({ candidate }) => !whyNot(view, candidate, surroundings) && !whyUnproven(hunk, candidate.text, around),
    )
    .map(({ candidate, score }) => choiceOf(view, candidate, score))[0];
}

function choiceOf(view: HunkView, candidate: HunkCandidate, score: number): Choice {
  const agreeing = inOrder(candidate);
  const reason = reasonOf(view, candidate, agreeing[0]!);
  return { text: candidate.text, rules: agreeing, score: round(score), reason };
}

const round = (score: number) => Math.round(score * 1000) / 1000;

const inOrder = (candidate: HunkCandidate) => rules.filter((rule) => candidate.rules.has(rule));

/** What no score makes good again. */
export function whyNot(
  view: HunkView,
  candidate: HunkCandidate,
  around: Pick<Surroundings, 'lineBefore' | 'lineAfter'>,
): string | undefined {
  if (isWholeFile(view, around) && !inOrder(candidate).some((rule) => forWholeFiles.has(rule))) {
    return 'both sides added a file of this name';
  }
  const missing = missingIn(view, candidate);
  const chosen = candidate.rules.has('version') && view.version?.plain && !areChosenTogether(view.path);
  if (missing.length > 0 && !chosen) {
    return `it would drop ${missing.slice(0, 5).join(', ')}`;
  }
  // Two additions may well have lines in common.
  if (view.base.trim() === '' || repeatsOf(candidate.text, view) === 0) return undefined;
  return 'it would repeat lines that neither side repeats';
}

/** Rules that make sense of two new files of one name: putting one below the other does not. */
const forWholeFiles = new Set<Rule>(['whitespace', 'added-superset', 'imports', 'list', 'changelog']);

const isWholeFile = (
  view: HunkView,
  { lineBefore, lineAfter }: Pick<Surroundings, 'lineBefore' | 'lineAfter'>,
) => view.base.trim() === '' && lineBefore === '' && lineAfter === '';

function missingIn(view: HunkView, candidate: HunkCandidate): string[] {
  const { base, ours, theirs } = view;
  return missingWords({ index: 0, base, ours, theirs }, new Set(wordsOf(candidate.text)));
}

function reasonOf(view: HunkView, candidate: HunkCandidate, rule: Rule): string {
  const dropped = missingIn(view, candidate);
  const drops = dropped.length > 0 ? `, drops ${dropped.join(', ')}` : '';
  return `${explained[rule]}${drops}`;
}
