/** Shows every hunk of a file to the rules, with the syntax trees around it where there is a grammar. */
import type { Tree as ParsedTree, Parser } from '@vscode/tree-sitter-wasm';
import {
  type ConflictHunk,
  fillHunks,
  hunksOf,
  isIndented,
  type Part,
  wordsOf,
} from '../../../domain/landing/hunks.js';
import { type HunkView, viewHunk } from '../../../domain/landing/structural/candidates.js';
import type { Surroundings } from '../../../domain/landing/structural/features.js';
import { mergeTrees, type TreeMerge, type WorkBudget } from '../../../domain/landing/structural/tree.js';
import { parserFor } from './grammars.js';
import { parse, treeOf } from './parse.js';

/** More hunks, or more text, and the tree says little for what it costs. */
const maxTreeHunks = 8;
const maxTreeChars = 600_000;
/** Nodes and texts that the tree merges of one file may look at. */
const maxWork = 400_000;

export interface ViewedFile {
  path: string;
  parts: readonly Part[];
}

/** Every hunk with the answers of all rules. Trees are left out once their budget of work is spent. */
export async function viewFile(file: ViewedFile): Promise<HunkView[]> {
  const indented = isIndented(file.path);
  const hunks = hunksOf(file.parts);
  const trees = await treeMerges(file, hunks, indented);
  return hunks.map((hunk) => viewHunk(file.path, indented, hunk, trees.get(hunk.index)));
}

type TreeAnswer = { merge: TreeMerge | undefined; parsed: boolean };

async function treeMerges(
  file: ViewedFile,
  hunks: readonly ConflictHunk[],
  indented: boolean,
): Promise<Map<number, TreeAnswer>> {
  const answers = new Map<number, TreeAnswer>();
  const size = file.parts.reduce((sum, part) => sum + (part.type === 'text' ? part.text.length : 0), 0);
  if (hunks.length > maxTreeHunks || size > maxTreeChars) return answers;
  const parser = await parserFor(file.path);
  if (!parser) return answers;
  const ours = fillHunks(file.parts, new Map(hunks.map((hunk) => [hunk.index, hunk.ours])));
  const parsed = parse(parser, ours);
  if (!parsed) return answers;
  const budget = { left: maxWork };
  try {
    for (const hunk of hunks) {
      if (budget.left <= 0) break;
      answers.set(hunk.index, treeMerge(parser, { text: ours, parsed }, file.parts, hunk, indented, budget));
    }
  } finally {
    parsed.delete();
  }
  return answers;
}

/** Merges three whole texts that differ in this hunk only: in all others they have ours. */
function treeMerge(
  parser: Parser,
  ours: { text: string; parsed: ParsedTree },
  parts: readonly Part[],
  hunk: ConflictHunk,
  indented: boolean,
  budget: WorkBudget,
): TreeAnswer {
  const start = offsetOf(parts, hunk);
  const [before, after] = [ours.text.slice(0, start), ours.text.slice(start + hunk.ours.length)];
  const variant = (middle: string) => {
    const text = before + middle + after;
    const old = ours.parsed.copy();
    const row = rows(before);
    old.edit({
      startIndex: start,
      oldEndIndex: start + hunk.ours.length,
      newEndIndex: start + middle.length,
      startPosition: { row, column: 0 },
      oldEndPosition: { row: row + rows(hunk.ours), column: 0 },
      newEndPosition: { row: row + rows(middle), column: 0 },
    });
    const parsed = parse(parser, text, old);
    old.delete();
    return parsed && { text, parsed };
  };
  const [base, theirs] = [variant(hunk.base), variant(hunk.theirs)];
  try {
    if (!base || !theirs) return { merge: undefined, parsed: false };
    const trees = {
      base: treeOf(base.parsed, base.text),
      ours: treeOf(ours.parsed, ours.text),
      theirs: treeOf(theirs.parsed, theirs.text),
    };
    const merge = mergeTrees(trees, indented, budget);
    return { merge: merge && insideOf(merge, before, after), parsed: true };
  } finally {
    base?.parsed.delete();
    theirs?.parsed.delete();
  }
}

/** The hunk's part of the merged file; undefined when the merge touched more than blank lines around it. */
function insideOf(merge: TreeMerge, before: string, after: string): TreeMerge | undefined {
  const { text } = merge;
  const cut = (head: string, tail: string) =>
    text.length >= head.length + tail.length && text.startsWith(head) && text.endsWith(tail)
      ? text.slice(head.length, text.length - tail.length)
      : undefined;
  const exact = cut(before, after);
  if (exact !== undefined && (exact === '' || exact.endsWith('\n'))) return { ...merge, text: exact };
  const middle = cut(before.trimEnd(), after.trimStart());
  if (middle === undefined || (before !== '' && !/^\s*\n/.test(middle))) return undefined;
  const lines = middle.replace(/^(?:[^\S\n]*\n)+/, '').replace(/(?:\n[^\S\n]*)+$/, '\n');
  return { ...merge, text: lines.trim() === '' ? '' : lines };
}

/** Where a hunk begins in the file that has ours in all hunks. */
function offsetOf(parts: readonly Part[], hunk: ConflictHunk): number {
  let offset = 0;
  for (const part of parts) {
    if (part.type === 'hunk' && part.hunk.index === hunk.index) break;
    offset += part.type === 'text' ? part.text.length : part.hunk.ours.length;
  }
  return offset;
}

const rows = (text: string): number => text.split('\n').length - 1;

/** What the score needs to know about the text around each hunk, in their order. */
export function surroundingsOf(parts: readonly Part[]): Surroundings[] {
  const hunks = hunksOf(parts);
  const words = new Map<string, ReadonlySet<string>>();
  // Few hunks ask for it, and files can be large.
  const has = (side: 'ours' | 'theirs', word: string) => {
    let known = words.get(side);
    if (!known) {
      known = new Set(wordsOf(fillHunks(parts, new Map(hunks.map((hunk) => [hunk.index, hunk[side]])))));
      words.set(side, known);
    }
    return known.has(word);
  };
  return parts.flatMap((part, at) => {
    if (part.type !== 'hunk') return [];
    return {
      hunks: hunks.length,
      lineBefore: nearestLine(parts[at - 1], -1),
      lineAfter: nearestLine(parts[at + 1], 0),
      has,
    };
  });
}

/** The first or last line of a text that is not blank. */
function nearestLine(near: Part | undefined, at: 0 | -1): string {
  if (near?.type !== 'text') return '';
  const text = near.text.trim();
  const cut = at === 0 ? text.indexOf('\n') : text.lastIndexOf('\n');
  if (cut < 0) return text;
  return (at === 0 ? text.slice(0, cut) : text.slice(cut + 1)).trim();
}
