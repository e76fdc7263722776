/** Words that steer a program, and brackets: an answer has no more of them than its sides, and closes what it opens. Pure. */
import { type ConflictHunk, fillHunks, hunksOf, wordsOf } from '../hunks.js';
import { splitLines } from '../structural/text.js';
import { codeOf, codesOfHunks, isProse } from './code.js';
import type { JudgedResult } from './input.js';
import { sharedEnd } from './shared-ends.js';

/** Where these words steer nothing, or stand for something else. */
const noProgram =
  /\.(?:ya?ml|toml|ini|cfg|conf|properties|json\w?|css|scss|less|sass|xml|html?|svg|csv|tsv|lock|sql)$/i;

/** They swallow errors, or leave the block: one more of them changes what is run after it. */
const steering = [
  'try',
  'catch',
  'except',
  'rescue',
  'finally',
  'ensure',
  'return',
  'break',
  'continue',
  'goto',
];
const leaving = [
  'throw',
  'raise',
  'exit',
  'die',
  'panic',
  'unreachable',
  'todo',
  'unimplemented',
  'debugger',
];

export function controlProblems(input: JudgedResult): string[] {
  const { path } = input;
  if (isProse(path) || noProgram.test(path)) return [];
  return [...moreWords(input), ...moreConditions(input), ...openBrackets(input)];
}

function moreWords({ path, parts, answers }: JudgedResult): string[] {
  const { base, ours, theirs, given } = codesOfHunks(path, parts, answers);
  return hunksOf(parts).flatMap((hunk) => {
    const { index } = hunk;
    const masked = splitLines(given.get(index) ?? '');
    const twice = wordsOf(
      sharedEnd(parts, hunk, answers.get(index) ?? '')
        .map((at) => masked[at] ?? '')
        .join('\n'),
    );
    const times = (texts: ReadonlyMap<number, string>) => {
      const words = wordsOf(texts.get(index) ?? '');
      return (wanted: string) => words.filter((word) => word === wanted).length;
    };
    const [b, o, t, r] = [times(base), times(ours), times(theirs), times(given)];
    const more = [...steering, ...leaving].find((word) => {
      const said = Math.max(o(word), t(word), o(word) + t(word) - b(word));
      return r(word) > said + twice.filter((one) => one === word).length;
    });
    return more === undefined ? [] : [`hunk ${index}: it says ${more} once more than both sides do`];
  });
}

/** However a condition is put: as a statement, as a sign, or joined to another one. */
const conditions =
  /\b(?:if|elif|elsif|unless|while|until|guard|when|and|or|require|assert|filter|for|case|match|switch)\b|&&|\|\||\?(?![.?])|=>/g;

/** A condition that neither side has. */
function moreConditions({ path, parts, answers }: JudgedResult): string[] {
  const { base, ours, theirs, given } = codesOfHunks(path, parts, answers);
  return hunksOf(parts).flatMap((hunk) => {
    const { index } = hunk;
    // Two additions with the same end may say it twice.
    if (sharedEnd(parts, hunk, answers.get(index) ?? '').length > 0) return [];
    const times = (texts: ReadonlyMap<number, string>) => texts.get(index)?.match(conditions)?.length ?? 0;
    const [b, o, t, r] = [times(base), times(ours), times(theirs), times(given)];
    return r > Math.max(o, t, o + t - b)
      ? [`hunk ${index}: it has one condition more than both sides do`]
      : [];
  });
}

const pairs = ['()', '[]', '{}'] as const;

/** Brackets that the result does not close, or closes once too often, though either side has as many of both. */
function openBrackets({ path, parts, answers }: JudgedResult): string[] {
  const whole = (textOf: (hunk: ConflictHunk) => string) =>
    codeOf(path, fillHunks(parts, new Map(hunksOf(parts).map((hunk) => [hunk.index, textOf(hunk)])))).text;
  const [ours, theirs, result] = [
    whole((hunk) => hunk.ours),
    whole((hunk) => hunk.theirs),
    whole(({ index }) => answers.get(index) ?? ''),
  ];
  return pairs.flatMap((pair) => {
    const [o, t, r] = [ours, theirs, result].map((text) => surplus(text, pair)) as [number, number, number];
    if (o !== 0 || t !== 0 || r === 0) return [];
    return [r > 0 ? `${pair[0]} is opened and not closed` : `${pair[1]} closes nothing`];
  });
}

function surplus(text: string, pair: string): number {
  let open = 0;
  for (const sign of text) {
    if (sign === pair[0]) open++;
    else if (sign === pair[1]) open--;
  }
  return open;
}
