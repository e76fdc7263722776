/** The rungs of the ladder that need no model: recorded resolutions, and hunks that differ in white space only. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { droppedWords, judgeResolution } from '../../domain/gate.js';
import { answersIn, fillHunks, hasMarkers, hunksOf, whitespaceAnswer } from '../../domain/hunks.js';
import type { RepoSession } from '../types.js';
import type { OpenFile } from './types.js';

type Session = Pick<RepoSession, 'git'>;

/** Our own call only: the user's rerere stays as it is configured. */
const rerere = ['-c', 'rerere.enabled=true', '-c', 'rerere.autoupdate=false', 'rerere'];

/**
 * Lets git note the conflicts and fill in what was resolved before. With `use`, an answer that passes the gate
 * is taken; a person made it, so it may leave words out, and the report says which.
 */
export async function tryRecorded(
  session: Session,
  worktree: string,
  files: readonly OpenFile[],
  use: boolean,
): Promise<void> {
  await session.git.run(rerere, { worktree });
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
    const reason =
      dropped.length > 0 ? `recorded resolution, leaves out ${dropped.join(', ')}` : 'recorded resolution';
    for (const [index, content] of answers) file.answers.set(index, { content, strategy: 'rerere', reason });
    file.result = text;
  }
}

/** Notes the resolved files, as they now are in the worktree, for the next time. */
export async function recordResolution(session: Session, worktree: string): Promise<void> {
  await session.git.run(rerere, { worktree });
}

/** Forgets the conflicts noted by `tryRecorded` that were not resolved. */
export async function forgetConflicts(session: Session, worktree: string): Promise<void> {
  await session.git.run([...rerere, 'clear'], { worktree });
}

/** Answers every hunk whose sides differ in white space only. */
export function tryWhitespace(files: readonly OpenFile[]): void {
  for (const file of files) {
    if (file.result !== undefined) continue;
    for (const hunk of hunksOf(file.parts)) {
      const content = whitespaceAnswer(file.path, hunk);
      if (content !== undefined) {
        file.answers.set(hunk.index, { content, strategy: 'whitespace', reason: 'only white space differs' });
      }
    }
    settleFile(file);
  }
}

/** Fills the file in when every hunk has an answer, and lets the gate judge it. Returns what is wrong. */
export function settleFile(file: OpenFile): string[] {
  const hunks = hunksOf(file.parts);
  if (hunks.some((hunk) => !file.answers.has(hunk.index))) return ['not every hunk has an answer'];
  const result = fillHunks(
    file.parts,
    new Map([...file.answers].map(([index, answer]) => [index, answer.content])),
  );
  const reasons = new Map([...file.answers].map(([index, answer]) => [index, answer.reason ?? '']));
  const problems = judgeResolution({ ...file, result, reasons });
  if (problems.length === 0) {
    file.result = result;
    delete file.problem;
  }
  return problems;
}
