/** The ladder: every way to answer a hunk, cheapest first, as a list. */
import { join } from 'node:path';
import { hasMarkers, whitespaceAnswer } from '../../../domain/landing/hunks.js';
import type { Strategy } from '../../../domain/landing/merge.js';
import { plural } from '../../../domain/platform/units.js';
import { readUtf8 } from '../../platform/index.js';
import { structuralAnswers } from '../structural/index.js';
import { askModel } from './ask.js';
import {
  answerHunk,
  judgeAnswers,
  leaveFile,
  leaveHunk,
  type OpenFile,
  openHunks,
  takeRecorded,
  unresolved,
  withdraw,
} from './open-file.js';
import { originOf } from './origins.js';
import type { ResolutionSite } from './types.js';

export interface Rung {
  name: Strategy;
  /** Answers what it can of these files and lets the gate judge them. Returns why it is pointless to try again, if it is. */
  answer(files: readonly OpenFile[], site: ResolutionSite): Promise<string | undefined>;
  /** It may answer otherwise when it is told what was wrong. */
  again?: true;
}

const rungs: readonly Rung[] = [
  { name: 'rerere', answer: fillRecorded },
  { name: 'whitespace', answer: answerWhitespace },
  { name: 'structural', answer: answerByRules },
  { name: 'ai', answer: askModel, again: true },
];

/**
 * Lets every rung answer what those before it left open.
 * @param use names of the rungs to use
 * @param again only those that may answer otherwise than before
 * @returns why another round is pointless, if it is
 */
export async function climb(
  files: readonly OpenFile[],
  use: ReadonlySet<string>,
  site: ResolutionSite,
  again: boolean,
): Promise<string | undefined> {
  let stop: string | undefined = 'the strategy ai is not used';
  for (const rung of rungs) {
    if (!use.has(rung.name) || (again && !rung.again)) continue;
    const open = unresolved(files);
    if (open.length === 0) return undefined;
    site.session.progress?.stage({ kind: 'resolve', name: `${plural(open.length, 'file')}, ${rung.name}` });
    const why = await rung.answer(open, site);
    if (rung.again) stop = why;
  }
  return stop;
}

/** What git filled in, since the same conflict was resolved before. */
async function fillRecorded(
  files: readonly OpenFile[],
  { session, worktree }: ResolutionSite,
): Promise<undefined> {
  for (const file of files) {
    const text = await readUtf8(join(worktree, file.path));
    if (hasMarkers(text)) continue;
    const problems = await takeRecorded(file, text, async (hunk, content) => {
      const maker = await originOf(session, hunk, content);
      return `recorded resolution${maker ? `, first made by ${maker}` : ''}`;
    });
    if (problems.length > 0) leaveFile(file, `the recorded resolution does not fit: ${problems.join('; ')}`);
  }
}

/** Hunks whose sides differ in white space only. */
async function answerWhitespace(files: readonly OpenFile[]): Promise<undefined> {
  for (const file of files) {
    for (const hunk of openHunks(file)) {
      const content = whitespaceAnswer(file.path, hunk);
      if (content === undefined) continue;
      answerHunk(file, hunk.index, { content, strategy: 'whitespace', reason: 'only white space differs' });
    }
    await judgeAnswers(file);
  }
}

/** Hunks that rules of text and syntax are sure enough about. When the gate refuses a file, none of them stands. */
async function answerByRules(files: readonly OpenFile[]): Promise<undefined> {
  for (const file of files) {
    for (const [index, { likely: choice }] of await structuralAnswers(file)) {
      if (file.answers.has(index)) continue;
      if (typeof choice === 'string') {
        leaveHunk(file, index, choice);
        continue;
      }
      const { text, rules, score, reason } = choice;
      answerHunk(file, index, { content: text, strategy: 'structural', rules, score, reason });
    }
    if (openHunks(file).length > 0) continue;
    const problems = await judgeAnswers(file);
    if (problems.length === 0) continue;
    withdraw(file, ['structural'], `the structural answer was rejected: ${problems.join('; ')}`);
  }
}
