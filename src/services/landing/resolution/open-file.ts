/** A file in conflict on its way to a result. Only the functions of this module change one. */
import { droppedWords } from '../../../domain/landing/gate/dropped-words.js';
import {
  answersIn,
  type ConflictHunk,
  fillHunks,
  hunksOf,
  type Part,
  withFinalNewline,
} from '../../../domain/landing/hunks.js';
import type { Certificate, Strategy } from '../../../domain/landing/merge.js';
import { judgeFile, judgeText } from '../structural/index.js';

/** The answer of one hunk. */
export interface HunkAnswer {
  content: string;
  strategy: Strategy | 'by-hand';
  /** Why, as the resolver said; for the report. */
  reason?: string;
  /** Rules of the structural strategy that agree on it, and its score. */
  rules?: string[];
  score?: number;
}

/** The texts of a file in conflict that may be resolved as text. */
export interface ConflictTexts {
  path: string;
  kind: 'contents' | 'add/add';
  /** As git left it. */
  parts: Part[];
  base: string;
  ours: string;
  theirs: string;
}

export interface OpenFile extends Readonly<ConflictTexts> {
  readonly answers: ReadonlyMap<number, HunkAnswer>;
  /** Why hunks have no answer, as far as the rungs tried said. */
  readonly refusals: ReadonlyMap<number, string>;
  /** The resolved file once it passed the gate, and how far it is shown to be right. */
  readonly result?: string;
  readonly certificate?: Certificate;
  /** Why it is not resolved. */
  readonly problem?: string;
  /** What was wrong with the last answer, for the next one. */
  readonly feedback?: string;
  /** A model said that it does not answer this file: it is not asked again. */
  readonly declined?: boolean;
}

type Writable = {
  -readonly [Name in keyof OpenFile]: OpenFile[Name];
} & { answers: Map<number, HunkAnswer>; refusals: Map<number, string> };

const writable = (file: OpenFile) => file as Writable;

/** A file with none of its hunks answered. */
export const openFile = (texts: ConflictTexts): OpenFile => ({
  ...texts,
  answers: new Map(),
  refusals: new Map(),
});

/** A file that a person resolved, with what stands where its hunks were. */
export const answeredByHand = (texts: ConflictTexts, answers: ReadonlyMap<number, string>): OpenFile => ({
  ...openFile(texts),
  answers: new Map([...answers].map(([index, content]) => [index, { content, strategy: 'by-hand' }])),
});

/** Files that have no result yet. */
export const unresolved = (files: readonly OpenFile[]): OpenFile[] =>
  files.filter((file) => file.result === undefined);

/** Hunks that have no answer yet. */
export const openHunks = (file: OpenFile): ConflictHunk[] =>
  hunksOf(file.parts).filter(({ index }) => !file.answers.has(index));

/** Answers a hunk, in place of what was answered before. */
export function answerHunk(file: OpenFile, index: number, answer: HunkAnswer): void {
  writable(file).answers.set(index, answer);
  writable(file).refusals.delete(index);
}

/** Notes why a hunk has no answer. */
export function leaveHunk(file: OpenFile, index: number, why: string): void {
  writable(file).answers.delete(index);
  writable(file).refusals.set(index, why);
}

/** Notes why the file is not resolved. */
export function leaveFile(file: OpenFile, problem: string, more: { declined?: boolean } = {}): void {
  Object.assign(file, { problem }, more);
}

/**
 * Takes the file's result back, and with it the answers of these strategies: their hunks are open again.
 * @param feedback what the next answer has to know
 */
export function withdraw(
  file: OpenFile,
  strategies: readonly HunkAnswer['strategy'][],
  why: string,
  feedback?: string,
): void {
  for (const [index, answer] of file.answers) {
    if (strategies.includes(answer.strategy)) leaveHunk(file, index, why);
  }
  const open = writable(file);
  delete open.result;
  delete open.certificate;
  if (feedback !== undefined) open.feedback = feedback;
}

/**
 * Lets the gate judge the file once every hunk has an answer; what passes becomes its result.
 * Returns what is wrong with it.
 */
export async function judgeAnswers(file: OpenFile): Promise<string[]> {
  if (openHunks(file).length > 0) return ['not every hunk has an answer'];
  const { problems, certificate } = await judgeFile(file, file.answers);
  if (problems.length > 0) return problems;
  const contents = new Map([...file.answers].map(([index, answer]) => [index, answer.content]));
  settleResult(file, withFinalNewline(file.parts, fillHunks(file.parts, contents), file), certificate);
  return [];
}

/**
 * Takes the answers for the result although the gate refuses them, since a person named the file. Every hunk has one,
 * and none holds conflict markers.
 */
export function overruleGate(file: OpenFile, problems: readonly string[]): void {
  const contents = new Map([...file.answers].map(([index, answer]) => [index, answer.content]));
  const result = withFinalNewline(file.parts, fillHunks(file.parts, contents), file);
  settleResult(file, result, { status: 'refused', reason: problems.join('; '), overruled: true });
}

/**
 * Takes the whole text for the result, as a person resolved it before: it may leave words out, and says which.
 * Returns what is wrong with it; then the file stays open.
 * @param reasonOf tells where an answer comes from
 */
export async function takeRecorded(
  file: OpenFile,
  text: string,
  reasonOf: (hunk: ConflictHunk, content: string) => Promise<string>,
): Promise<string[]> {
  const answers = answersIn(file.parts, text);
  const { problems, certificate } = await judgeText(file, text);
  if (problems.length > 0 || !answers) return problems;
  const dropped = droppedWords(file.parts, text).flatMap(({ words }) => words);
  const left = dropped.length > 0 ? `, leaves out ${dropped.join(', ')}` : '';
  for (const hunk of hunksOf(file.parts)) {
    const content = answers.get(hunk.index);
    if (content === undefined) continue;
    const reason = `${await reasonOf(hunk, content)}${left}`;
    answerHunk(file, hunk.index, { content, strategy: 'rerere', reason });
  }
  settleResult(file, text, certificate);
  return [];
}

function settleResult(file: OpenFile, result: string, certificate: Certificate): void {
  const open = writable(file);
  open.result = result;
  open.certificate = certificate;
  delete open.problem;
  delete open.feedback;
}

/** Notes which checks the whole tree passed: a result that is not proven is checked by them. */
export function noteChecks(file: OpenFile, checks: readonly string[]): void {
  const { certificate } = file;
  if (certificate?.status !== 'checked' || checks.length === 0) return;
  writable(file).certificate = {
    status: 'checked',
    reason: `${certificate.reason}; the merged tree passes ${checks.join(', ')}`,
  };
}
