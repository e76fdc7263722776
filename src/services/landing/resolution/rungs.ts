/** The rungs of the ladder that need no model: recorded resolutions, white space, and rules of text and syntax. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { droppedWords, judgeResolution } from '../../../domain/landing/gate.js';
import {
  answersIn,
  fillHunks,
  hasMarkers,
  hunksOf,
  whitespaceAnswer,
  withFinalNewline,
} from '../../../domain/landing/hunks.js';
import type { Strategy } from '../../../domain/landing/merge.js';
import { likely } from '../../../domain/landing/structural/choose.js';
import { judgeFile, structuralAnswers } from '../structural/index.js';
import { closeMemory, forgetNoted, type MemorySession, rerere } from './memory.js';
import { noteOrigins, originOf } from './origins.js';
import type { OpenFile } from './types.js';

/**
 * Lets git note the conflicts and fill in what was resolved before. With `use`, an answer that passes the gate
 * is taken. A person may have made it, so it may leave words out, and the report says which.
 */
export async function tryRecorded(
  session: MemorySession,
  worktree: string,
  files: readonly OpenFile[],
  use: boolean,
): Promise<void> {
  await rerere(session, worktree);
  if (!use) return;
  for (const file of files) {
    const text = await readFile(join(worktree, file.path), 'utf8');
    if (hasMarkers(text)) continue;
    const problems = judgeResolution({ ...file, result: text, trusted: true });
    const answers = answersIn(file.parts, text);
    if (problems.length > 0 || !answers) {
      file.problem = `the recorded resolution does not fit: ${problems.join('; ')}`;
      continue;
    }
    const dropped = droppedWords(file.parts, text).flatMap(({ words }) => words);
    const left = dropped.length > 0 ? `, leaves out ${dropped.join(', ')}` : '';
    for (const hunk of hunksOf(file.parts)) {
      const content = answers.get(hunk.index);
      if (content === undefined) continue;
      const maker = await originOf(session, hunk, content);
      const reason = `recorded resolution${maker ? `, first made by ${maker}` : ''}${left}`;
      file.answers.set(hunk.index, { content, strategy: 'rerere', reason });
    }
    file.result = text;
  }
}

/** Notes the resolved files, as they now are in the worktree, for the next time, and who answered them. */
export async function recordResolution(
  session: MemorySession,
  worktree: string,
  files: readonly OpenFile[],
): Promise<void> {
  await noteOrigins(session, files);
  await rerere(session, worktree);
  await closeMemory(session, worktree);
}

/** Forgets the conflicts noted by `tryRecorded` that were not resolved. */
export async function forgetConflicts(session: MemorySession, worktree: string): Promise<void> {
  await forgetNoted(session, worktree);
}

/** Answers every hunk whose sides differ in white space only. */
export async function tryWhitespace(files: readonly OpenFile[]): Promise<void> {
  for (const file of files) {
    if (file.result !== undefined) continue;
    for (const hunk of hunksOf(file.parts)) {
      const content = whitespaceAnswer(file.path, hunk);
      if (content !== undefined) {
        file.answers.set(hunk.index, { content, strategy: 'whitespace', reason: 'only white space differs' });
      }
    }
    await settleFile(file);
  }
}

/**
 * Answers the hunks that rules of text and syntax are sure enough about, and notes why the others stay open.
 * When the gate refuses a file, none of these answers stands.
 */
export async function tryStructural(files: readonly OpenFile[]): Promise<void> {
  for (const file of files) {
    if (file.result !== undefined) continue;
    file.refusals = new Map();
    for (const [index, choice] of await structuralAnswers(file, likely)) {
      if (file.answers.has(index)) continue;
      if (typeof choice === 'string') {
        file.refusals.set(index, choice);
        continue;
      }
      const { text, rules, score, reason } = choice;
      file.answers.set(index, { content: text, strategy: 'structural', rules, score, reason });
    }
    const open = hunksOf(file.parts).some((hunk) => !file.answers.has(hunk.index));
    const problems = await settleFile(file);
    if (open || problems.length === 0) continue;
    dropAnswers(file, 'structural', `the structural answer was rejected: ${problems.join('; ')}`);
  }
}

/** Takes a strategy's answers back; the hunks are open again. */
export function dropAnswers(file: OpenFile, strategy: Strategy, why: string): void {
  for (const [index, answer] of file.answers) {
    if (answer.strategy !== strategy) continue;
    file.answers.delete(index);
    file.refusals ??= new Map();
    file.refusals.set(index, why);
  }
  delete file.result;
}

/** Fills the file in when every hunk has an answer, and lets the gate judge it. Returns what is wrong. */
export async function settleFile(file: OpenFile): Promise<string[]> {
  const hunks = hunksOf(file.parts);
  if (hunks.some((hunk) => !file.answers.has(hunk.index))) return ['not every hunk has an answer'];
  const problems = await judgeFile(file, file.answers);
  if (problems.length === 0) {
    const contents = new Map([...file.answers].map(([index, answer]) => [index, answer.content]));
    file.result = withFinalNewline(file.parts, fillHunks(file.parts, contents), file);
    delete file.problem;
  }
  return problems;
}
