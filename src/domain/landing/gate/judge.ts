/**
 * The gate that every resolution passes, by a person earlier (rerere), by a rule or by a model.
 * A list of checks, each about one thing; the checks of the repository run on the merged tree besides.
 */
import { answersIn, hunksOf, newMarkers, wordsOf } from '../hunks.js';
import { secretIn } from '../secrets.js';
import { apartProblems } from './apart-only.js';
import { clauseProblems } from './clauses.js';
import { controlProblems } from './control.js';
import { dataProblems } from './data.js';
import { droppedCode, droppedWords } from './dropped-words.js';
import { exchangedProblems } from './exchanged.js';
import { flowProblems } from './flow.js';
import { forgivingProblems } from './forgiving.js';
import { headProblems } from './heads.js';
import { lostImports } from './imported.js';
import type { GateInput, JudgedResult } from './input.js';
import { inventedProblems } from './invented.js';
import { lineProblems } from './lines.js';
import { listProblems } from './listed.js';
import { nestedProblems } from './nested.js';
import { rewrittenProblems } from './rewritten.js';
import { rowProblems } from './rows.js';
import { slotProblems } from './slots.js';
import { testProblems } from './tests.js';
import { unseenProblems } from './unseen.js';
import { versionProblems } from './versions-of-line.js';
import { wordedProblems } from './worded.js';

type Check = (input: JudgedResult) => string[];

/** For every answer, also a person's. */
const always: readonly Check[] = [markerProblems, testProblems, secretProblems];
/** Unless a person made it. */
const unlessTrusted: readonly Check[] = [
  wordProblems,
  lineProblems,
  rewrittenProblems,
  inventedProblems,
  unseenProblems,
  wordedProblems,
  controlProblems,
  slotProblems,
  headProblems,
  listProblems,
  flowProblems,
  dataProblems,
  importProblems,
  apartProblems,
  exchangedProblems,
  forgivingProblems,
  nestedProblems,
  rowProblems,
  versionProblems,
  clauseProblems,
];

/** Everything wrong with a resolution; empty: it may go on to the checks. Names the line or the name it refuses. */
export function judgeResolution(input: GateInput): string[] {
  const answers = answersIn(input.parts, input.result);
  if (!answers) return ['text outside the conflict was changed'];
  const checks = input.trusted ? always : [...always, ...unlessTrusted];
  return [...new Set(checks.flatMap((check) => check({ ...input, answers })))];
}

function markerProblems({ result, ours, theirs }: JudgedResult): string[] {
  return newMarkers(result, [ours, theirs]).length > 0 ? ['conflict markers remain'] : [];
}

function secretProblems({ answers }: JudgedResult): string[] {
  const secret = secretIn([...answers.values()].join('\n'));
  return secret ? [`an answer holds what looks like a secret (${secret})`] : [];
}

function importProblems(input: JudgedResult): string[] {
  return lostImports(input).map((name) => `${name} is used, and nothing imports it any more`);
}

/** Words that go must be named; a comment or a string does not stand for code. */
function wordProblems({ path, parts, result, reasons }: JudgedResult): string[] {
  const gone = droppedWords(parts, result);
  const asCode = droppedCode(path, parts, result);
  return hunksOf(parts).flatMap(({ index }) => {
    const named = new Set(wordsOf(reasons?.get(index) ?? ''));
    const unnamed = (list: typeof gone) =>
      (list.find(({ hunk }) => hunk.index === index)?.words ?? []).filter((word) => !named.has(word));
    const words = unnamed(gone);
    if (words.length > 0) {
      return [`hunk ${index} drops ${words.slice(0, 12).join(', ')} and its reason does not say so`];
    }
    const hidden = unnamed(asCode);
    return hidden.length > 0
      ? [`hunk ${index} keeps ${hidden.slice(0, 12).join(', ')} only in a comment or a string`]
      : [];
  });
}
