/** The structural strategy: rules of text and of syntax trees answer hunks, a score table says which answers to trust. */
import { aroundOf, certify, type Verdicts } from '../../../domain/landing/gate/certificate.js';
import { fillHunks, hunksOf, type Part } from '../../../domain/landing/hunks.js';
import {
  type Choice,
  chooseAnswers,
  guesses,
  likely,
  provenAnswer,
} from '../../../domain/landing/structural/choose.js';
import { scoreTable } from '../../../generated/score-table.js';
import { parserFor } from './grammars.js';
import { faultsIn, parse } from './parse.js';
import { surroundingsOf, viewFile } from './view.js';

export interface ConflictedFile {
  path: string;
  parts: readonly Part[];
  /** Whole files of the three stages. */
  base: string;
  ours: string;
  theirs: string;
}

export interface StructuralAnswer {
  /** The likeliest answer, or why there is none. */
  likely: Choice | string;
  /** The answer that is proven, when there is one. */
  proven?: Choice;
  /** What would be a guess, for a person to look at. */
  guess?: Choice;
}

/** What the rules say of each hunk, by its index. Throws nothing that a file can cause. */
export async function structuralAnswers(file: ConflictedFile): Promise<Map<number, StructuralAnswer>> {
  const views = await viewFile(file);
  const surroundings = surroundingsOf(file.parts);
  const choices = chooseAnswers(views, surroundings, scoreTable, likely);
  const around = aroundOf(file);
  const guessed = guesses(views, surroundings, scoreTable);
  return new Map(
    hunksOf(file.parts).map((hunk, at) => {
      const proven = provenAnswer(hunk.index, views[at]!, surroundings[at]!, scoreTable, around);
      const guess = typeof choices[at] === 'string' ? guessed[at] : undefined;
      return [
        hunk.index,
        { likely: choices[at]!, ...(proven ? { proven } : {}), ...(guess ? { guess } : {}) },
      ];
    }),
  );
}

/**
 * Judges a wholly resolved file: what the gate says of its text, and whether it still parses as well as the worse of
 * the two sides; and how far it is shown to be right.
 */
export async function judgeFile(
  file: ConflictedFile,
  answers: ReadonlyMap<number, { content: string; reason?: string; score?: number }>,
): Promise<Verdicts> {
  const contents = new Map([...answers].map(([index, answer]) => [index, answer.content]));
  const reasons = new Map([...answers].map(([index, answer]) => [index, answer.reason ?? '']));
  const scores = new Map(
    [...answers].flatMap(([index, { score }]) => (score === undefined ? [] : [[index, score] as const])),
  );
  const result = fillHunks(file.parts, contents);
  return certify({ ...file, result, reasons, scores }, await syntaxProblems(file, result));
}

/** Judges a text that a person made of the file before: the person may have left out and rewritten what they liked. */
export async function judgeText(file: ConflictedFile, result: string): Promise<Verdicts> {
  return certify({ ...file, result, trusted: true });
}

/** A text that has more syntax errors than either side. None where no grammar can tell. */
export async function syntaxProblems(
  file: Pick<ConflictedFile, 'path' | 'ours' | 'theirs'>,
  result: string,
): Promise<string[]> {
  const parser = await parserFor(file.path);
  if (!parser) return [];
  const faults = (text: string): number | undefined => {
    const parsed = parse(parser, text);
    if (!parsed) return undefined;
    try {
      return faultsIn(parsed);
    } finally {
      parsed.delete();
    }
  };
  const found = faults(result);
  if (found === undefined || found === 0) return [];
  const sides = [file.ours, file.theirs].map((side) => faults(side) ?? Number.POSITIVE_INFINITY);
  return found > Math.max(...sides) ? ['the result does not parse any more'] : [];
}
