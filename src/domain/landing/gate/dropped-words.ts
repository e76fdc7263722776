/** Words of a side that are nowhere any more. */
import { type ConflictHunk, hunksOf, missingWords, type Part, wordsOf } from '../hunks.js';
import { codeOf, codeOfHunks } from './code.js';

export interface DroppedWords {
  hunk: ConflictHunk;
  words: string[];
}

/** Per hunk, the words one side had added that are nowhere in the result. */
export function droppedWords(parts: readonly Part[], result: string): DroppedWords[] {
  return missing(hunksOf(parts), new Set(wordsOf(result)));
}

/** The same for code only: a comment or a string does not stand for it. */
export function droppedCode(path: string, parts: readonly Part[], result: string): DroppedWords[] {
  const side = (name: 'ours' | 'base' | 'theirs') => codeOfHunks(path, parts, (hunk) => hunk[name]);
  const [ours, base, theirs] = [side('ours'), side('base'), side('theirs')];
  const hunks = hunksOf(parts).map(({ index }) => ({
    index,
    ours: ours.get(index)!,
    base: base.get(index)!,
    theirs: theirs.get(index)!,
  }));
  return missing(hunks, new Set(wordsOf(codeOf(path, result).text)));
}

const missing = (hunks: readonly ConflictHunk[], present: ReadonlySet<string>): DroppedWords[] =>
  hunks.map((hunk) => ({ hunk, words: missingWords(hunk, present) })).filter(({ words }) => words.length > 0);
