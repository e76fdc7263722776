/**
 * Merges three files without a repository, as a git merge driver must: the marked file is written first, so that
 * whatever happens later, no side is lost unseen. Then it is improved.
 */
import { readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isGenerated } from '../../../domain/landing/generated.js';
import {
  hasConflictMarkers,
  hunksOf,
  markHunks,
  type Part,
  parseConflicts,
  whitespaceAnswer,
  withFinalNewline,
} from '../../../domain/landing/hunks.js';
import type { Certificate, FileReport, HunkRecord } from '../../../domain/landing/merge.js';
import type { Choice } from '../../../domain/landing/structural/choose.js';
import { appError, hasCode, messageOf } from '../../../domain/platform/errors.js';
import { baseEnvironment, runProcess, tempName, writeTo } from '../../platform/index.js';
import { judgeFile, structuralAnswers } from './answer.js';

export interface MergeFileOptions {
  base: string;
  ours: string;
  theirs: string;
  /** Path in the repository: tells the language and the kind of file. */
  path: string;
  out: string;
  cwd: string;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  /** How many signs a conflict marker has; default 7. */
  markerSize?: number;
  /** Which answers count as resolved; default "proven". "checked" is for use in front of checks. */
  accept?: 'proven' | 'checked';
}

const maxBytes = 8 * 1024 * 1024;
const maxHunks = 200;

interface Inputs {
  base: string;
  ours: string;
  theirs: string;
  encoding: 'utf8' | 'latin1';
}

/**
 * Merges, writes `out`, and says how. Throws, with nothing written, what is wrong with the input: `file-not-found`,
 * `not-text`, and `git-failed`; all of kind usage, since "not resolved" is an answer with an exit code of its own.
 */
export async function mergeFile(options: MergeFileOptions): Promise<FileReport> {
  const inputs = await readInputs(options);
  const [target, { clean, parts }] = await Promise.all([
    targetOf(options),
    mergeByGit(options, inputs).catch((error) => {
      // Whatever stops it here, exit code 1 would say that a marked file is there.
      throw hasCode(error, 'interrupted')
        ? error
        : appError('git-failed', messageOf(error), { kind: 'usage' });
    }),
  ]);
  const { markerSize = 7, path } = options;
  const write = (answers: ReadonlyMap<number, string>) =>
    replaceFile(target, finished(parts, answers, inputs, markerSize), inputs.encoding, options.out);
  await write(new Map());
  const report: FileReport = { path, out: options.out, status: 'clean', hunks: [] };
  if (clean) return report;
  try {
    const solved = await solve(path, parts, inputs, options.accept ?? 'proven');
    if (solved.answers.size > 0) await write(solved.answers);
    const left = solved.hunks.some((hunk) => hunk.strategy === 'none');
    return { ...report, ...solved.report, status: left ? 'not-resolved' : 'resolved', hunks: solved.hunks };
  } catch (error) {
    // The marked file stands: from here on nothing is worse than git's own merge.
    const reason = messageOf(error);
    const hunks = hunksOf(parts).map(({ index }): HunkRecord => ({ index, strategy: 'none', reason }));
    return { ...report, status: 'not-resolved', hunks, reason };
  }
}

async function readInputs(options: MergeFileOptions): Promise<Inputs> {
  const names = [options.base, options.ours, options.theirs];
  const bytes = await Promise.all(
    names.map((name) =>
      readFile(resolve(options.cwd, name)).catch((cause) => {
        throw appError('file-not-found', `${name} cannot be read: ${messageOf(cause)}`, {
          kind: 'usage',
          cause,
        });
      }),
    ),
  );
  const binary = bytes.findIndex((content) => content.subarray(0, 8000).includes(0));
  if (binary >= 0) {
    throw appError('not-text', `${names[binary]} is binary; only text can be merged.`, { kind: 'usage' });
  }
  // Any other encoding goes through byte by byte.
  const utf8 = bytes.every((content) => Buffer.from(content.toString('utf8')).equals(content));
  const encoding = utf8 ? 'utf8' : 'latin1';
  const [base, ours, theirs] = bytes.map((content) => content.toString(encoding));
  return { base: base!, ours: ours!, theirs: theirs!, encoding };
}

/** git's own merge, in markers that no input has. */
async function mergeByGit(
  options: MergeFileOptions,
  inputs: Inputs,
): Promise<{ clean: boolean; parts: Part[] }> {
  let size = 41;
  while (Object.values(inputs).some((text) => text.includes('<'.repeat(size)))) size += 10;
  const names = [options.ours, options.base, options.theirs].map((name) => resolve(options.cwd, name));
  const labels = ['ours', 'base', 'theirs'].flatMap((label) => ['-L', label]);
  const args = ['merge-file', '-p', '-q', '--diff3', `--marker-size=${size}`, ...labels, '--', ...names];
  const run = await runProcess(['git', ...args], {
    cwd: '/',
    env: baseEnvironment(options.env),
    signal: options.signal,
    timeoutMs: 60_000,
    maxBytes: 512 * 1024 * 1024,
    encoding: inputs.encoding,
  });
  const parts = run.code < 128 && !run.timedOut ? parseConflicts(run.stdout, size) : undefined;
  if (parts) return { clean: run.code === 0, parts };
  throw new Error(`git could not merge ${options.path}: ${run.stderr.trim() || run.code}`);
}

interface Solved {
  answers: Map<number, string>;
  hunks: HunkRecord[];
  report: { certificate: Certificate; reason?: string };
}

type Answer = { content: string; record: HunkRecord };

async function solve(
  path: string,
  parts: readonly Part[],
  inputs: Inputs,
  accept: 'proven' | 'checked',
): Promise<Solved> {
  const hunks = hunksOf(parts);
  const why = whyNotTried(path, inputs, hunks.length);
  if (why) return left(hunks, new Map(), why);
  const file = { path, parts, ...inputs };
  const structural = await structuralAnswers(file);
  const proven = new Map<number, Answer>();
  const likely = new Map<number, Answer>();
  const refusals = new Map<number, string>();
  for (const hunk of hunks) {
    const { index } = hunk;
    const spaced = whitespaceAnswer(path, hunk);
    const found = structural.get(index)!;
    const sure =
      spaced === undefined ? found.proven && answerOf(index, found.proven) : spacedAnswer(index, spaced);
    if (sure) proven.set(index, sure);
    if (sure && spaced !== undefined) likely.set(index, sure);
    else if (typeof found.likely === 'string') refusals.set(index, found.likely);
    else likely.set(index, answerOf(index, found.likely));
  }
  const first = await judged(file, proven, hunks.length);
  if (first?.certificate.status === 'proven') return taken(proven, first.certificate);
  const second = await judged(file, likely, hunks.length);
  if (second && accept === 'checked' && second.certificate.status !== 'refused') {
    return taken(likely, second.certificate);
  }
  // A file that is handed back holds only what is proven, and markers: what the gate doubts as a whole stays open.
  const kept = first ? new Map<number, Answer>() : proven;
  const reason = second?.certificate.reason ?? [...refusals.values()][0] ?? first?.certificate.reason ?? '';
  return left(hunks, kept, reason, refusals);
}

function answerOf(index: number, { text, rules, score, reason }: Choice): Answer {
  return { content: text, record: { index, strategy: 'structural', rules, score, reason } };
}

function spacedAnswer(index: number, content: string): Answer {
  return { content, record: { index, strategy: 'whitespace', reason: 'only white space differs' } };
}

/** What the gate says, once every hunk has an answer. */
async function judged(
  file: Parameters<typeof judgeFile>[0],
  answers: ReadonlyMap<number, Answer>,
  hunks: number,
): Promise<{ certificate: Certificate } | undefined> {
  if (answers.size < hunks) return undefined;
  const given = [...answers].map(
    ([
      index,
      {
        content,
        record: { reason, score },
      },
    ]) => [index, { content, reason, ...(score === undefined ? {} : { score }) }] as const,
  );
  return judgeFile(file, new Map(given));
}

const contentsOf = (answers: ReadonlyMap<number, Answer>): Map<number, string> =>
  new Map([...answers].map(([index, { content }]) => [index, content]));

function taken(answers: ReadonlyMap<number, Answer>, certificate: Certificate): Solved {
  const records = [...answers.values()].map(({ record }) => record);
  return {
    answers: contentsOf(answers),
    hunks: records.sort((a, b) => a.index - b.index),
    report: { certificate },
  };
}

/** Handed back: hunks in `kept` are filled in, the others stay in their markers. */
function left(
  hunks: readonly { index: number }[],
  kept: ReadonlyMap<number, Answer>,
  reason: string,
  refusals: ReadonlyMap<number, string> = new Map(),
): Solved {
  const records = hunks.map(
    ({ index }): HunkRecord =>
      kept.get(index)?.record ?? { index, strategy: 'none', reason: refusals.get(index) ?? reason },
  );
  return {
    answers: contentsOf(kept),
    hunks: records,
    report: { certificate: { status: 'refused', reason }, reason },
  };
}

function whyNotTried(path: string, inputs: Inputs, hunks: number): string | undefined {
  if (isGenerated(path)) return 'a tool writes it: merge its sources and make it anew';
  if ([inputs.base, inputs.ours, inputs.theirs].some(hasConflictMarkers)) {
    return 'it holds lines that look like conflict markers by itself';
  }
  if (inputs.base.length + inputs.ours.length + inputs.theirs.length > maxBytes) return 'it is too large';
  return hunks > maxHunks ? `${hunks} hunks are too many` : undefined;
}

function finished(
  parts: readonly Part[],
  answers: ReadonlyMap<number, string>,
  inputs: Inputs,
  size: number,
): string {
  const text = markHunks(parts, answers, { size });
  const last = hunksOf(parts).at(-1);
  return last && answers.has(last.index) ? withFinalNewline(parts, text, inputs) : text;
}

interface Target {
  /** Behind a link, the file itself. */
  file: string;
  /** Undefined for what is no regular file (a terminal, a pipe): it is written to as it is. */
  mode: number | undefined;
}

async function targetOf({ cwd, out, ours }: MergeFileOptions): Promise<Target> {
  const name = resolve(cwd, out);
  const file = await realpath(name).catch(() => name);
  const before = await stat(file).catch(() => undefined);
  if (before && !before.isFile()) return { file, mode: undefined };
  const { mode } = before ?? (await stat(resolve(cwd, ours)));
  return { file, mode: mode & 0o777 };
}

/** Replaces the file as a whole: a reader sees the old text or the new one. */
async function replaceFile(
  { file, mode }: Target,
  text: string,
  encoding: BufferEncoding,
  shown: string,
): Promise<void> {
  if (mode === undefined) return writeTo(file, text, encoding);
  const temp = tempName(file);
  try {
    await writeTo(temp, text, { encoding, mode, flag: 'wx' });
    await rename(temp, file);
  } catch (cause) {
    await rm(temp, { force: true });
    throw appError('cannot-write', `${shown} cannot be written: ${messageOf(cause)}`, {
      kind: 'usage',
      cause,
    });
  }
}
