/** The structural strategy: rules of text and of syntax trees answer hunks, a score table says which answers to trust. */
import { judgeResolution } from '../../../domain/landing/gate.js';
import { fillHunks, hunksOf, type Part } from '../../../domain/landing/hunks.js';
import { type Choice, chooseAnswers, sure } from '../../../domain/landing/structural/choose.js';
import { scoreTable } from '../../../generated/score-table.js';
import { parserFor } from './grammars.js';
import { faultsIn, parse } from './parse.js';
import { surroundingsOf, viewFile } from './view.js';

/** All trees of one file may take this long. */
const treeBudgetMs = 1000;
const parseTimeoutMs = 2000;

export interface ConflictedFile {
  path: string;
  parts: readonly Part[];
  /** Whole files of the three stages. */
  base: string;
  ours: string;
  theirs: string;
}

/**
 * An answer or why there is none, by hunk; beside hunks without one, only answers of at least the score `beside`.
 * Throws nothing that a file can cause.
 */
export async function structuralAnswers(
  file: ConflictedFile,
  beside = sure,
): Promise<Map<number, Choice | string>> {
  const views = await viewFile(file, treeBudgetMs);
  const choices = chooseAnswers(views, surroundingsOf(file.parts), scoreTable, beside);
  return new Map(hunksOf(file.parts).map((hunk, at) => [hunk.index, choices[at]!]));
}

/**
 * Everything wrong with a wholly resolved file: what the gate says of its text, and whether it still parses
 * as well as the worse of the two sides.
 */
export async function judgeFile(
  file: ConflictedFile,
  answers: ReadonlyMap<number, { content: string; reason?: string }>,
): Promise<string[]> {
  const contents = new Map([...answers].map(([index, answer]) => [index, answer.content]));
  const reasons = new Map([...answers].map(([index, answer]) => [index, answer.reason ?? '']));
  const result = fillHunks(file.parts, contents);
  const problems = judgeResolution({ ...file, result, reasons });
  return (await parsesWorse(file, result)) ? [...problems, 'the result does not parse any more'] : problems;
}

/** Whether `result` has more syntax errors than either side. False where no grammar can tell. */
export async function parsesWorse(
  file: Pick<ConflictedFile, 'path' | 'ours' | 'theirs'>,
  result: string,
): Promise<boolean> {
  const parser = await parserFor(file.path);
  if (!parser) return false;
  const faults = (text: string): number | undefined => {
    const parsed = parse(parser, text, parseTimeoutMs);
    if (!parsed) return undefined;
    try {
      return faultsIn(parsed);
    } finally {
      parsed.delete();
    }
  };
  const found = faults(result);
  if (found === undefined || found === 0) return false;
  const sides = [file.ours, file.theirs].map((side) => faults(side) ?? Number.POSITIVE_INFINITY);
  return found > Math.max(...sides);
}
