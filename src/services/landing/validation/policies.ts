/** What the policies look at, read from git, and what they say. */
import { randomUUID } from 'node:crypto';
import type { DiffFile } from '../../../domain/landing/diff.js';
import type { JudgedCommit } from '../../../domain/landing/policies/commits.js';
import { type Declaration, hasDeclarations } from '../../../domain/landing/policies/doc-coverage.js';
import {
  type JudgedChange,
  judgePolicies,
  type PersonsWord,
  wantsText,
} from '../../../domain/landing/policies/judge.js';
import type { FileTexts } from '../../../domain/landing/tamper/test-files.js';
import type { PolicyResult } from '../../../domain/landing/validation.js';
import { hasCode } from '../../../domain/platform/errors.js';
import type { Task } from '../../../domain/store/task.js';
import { endedAfter, printedId } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { isWorkOf } from '../candidates/former.js';
import { declarationsIn } from '../structural/declarations.js';
import { type Changes, readChanges } from './changes.js';

/** No policy of an honest change comes near it, however busy the machine is. */
const longestPolicyMs = 20_000;

type Reader = Pick<RepoSession, 'git' | 'signal'>;

/** The commits that a change lies between. */
export interface ChangeSides {
  target: string;
  head: string;
  /** Where they parted, where that is known already. */
  base?: string;
}

/**
 * Applies the configured policies to a change that was read. Throws `git-failed`, `interrupted`.
 * @param word what a person said of it; `asked`: what the work is to do; `runIds`: whose commits are the work itself;
 * `unplaced`: errors of the validator agent that have no place in the diff
 * @param policyMs each policy is ended after that, and is an error then
 */
export async function policiesOn(
  session: Reader & Pick<RepoSession, 'config'>,
  changes: Changes,
  sides: ChangeSides,
  {
    asked,
    runIds = [],
    unplaced = [],
    ...word
  }: PersonsWord & Pick<JudgedChange, 'asked' | 'unplaced'> & Partial<Pick<Task, 'runIds'>> = {},
  policyMs = longestPolicyMs,
): Promise<PolicyResult[]> {
  const runs = session.config.validator.checks.map(({ run }) => run);
  const { doc_coverage } = session.config.validator.policies;
  const declarations =
    doc_coverage && doc_coverage.level !== 'off'
      ? { declarations: await declarationsOf(session, changes.files, sides.head) }
      : {};
  const dropped = changes.former?.dropped.filter((commit) => !isWorkOf(commit, runIds)) ?? [];
  const read = await judgedChange(session, changes, sides, runs);
  const change = { ...read, ...declarations, dropped, unplaced };
  const judged = asked === undefined ? change : { ...change, asked };
  return judgePolicies(judged, session.config.validator.policies, word, (work) => endedAfter(policyMs, work));
}

/** What the changed files declare for other code, as far as a grammar can tell. */
async function declarationsOf(
  session: Reader,
  files: readonly DiffFile[],
  head: string,
): Promise<Map<string, Declaration[]>> {
  const wanted = files.filter(
    ({ path, change, binary }) =>
      change !== 'deleted' && !binary && hasDeclarations(path) && !/\n/.test(path),
  );
  const texts = await blobs(
    session,
    wanted.map(({ path }) => `${head}:${path}`),
  );
  const told = new Map<string, Declaration[]>();
  for (const { path } of wanted) {
    const found = await declarationsIn(path, texts.get(`${head}:${path}`) ?? '');
    if (found) told.set(path, found);
  }
  return told;
}

/** The change as the policies want it. Throws `git-failed`, `interrupted`. */
async function judgedChange(
  session: Reader,
  changes: Changes,
  sides: ChangeSides,
  runs: readonly (readonly string[])[],
): Promise<JudgedChange> {
  const { files, unread } = changes;
  const base =
    changes.base || sides.base || (await printedId(session.git, ['merge-base', sides.target, sides.head]));
  const [texts, sizes, commits] = await Promise.all([
    textsOf(
      session,
      base,
      sides.head,
      files.filter((file) =>
        [file.path, file.oldPath ?? file.path].some((path) => wantsText(file, path, runs)),
      ),
    ),
    sizesOf(session, sides.head, files),
    commitsOf(session, sides),
  ]);
  const reverted = await revertedBy(session, base, commits);
  return { files, texts, sizes, commits, reverted, runs, ...(unread ? { unread } : {}) };
}

/**
 * What the commits did that these messages say to take back. Only one that the base has counts: an agent can make a
 * commit beside it that seems to bring the tests that the agent takes away.
 */
async function revertedBy(
  session: Reader,
  base: string,
  commits: readonly JudgedCommit[],
): Promise<(readonly DiffFile[])[]> {
  const { git, signal } = session;
  const ids = commits.flatMap(({ message }) =>
    [...message.matchAll(/\bThis reverts commit ([0-9a-f]{7,64})\b/g)].map((match) => match[1]!),
  );
  const read = [...new Set(ids)].slice(0, 5).map(async (id) => {
    const { code } = await git.run(['merge-base', '--is-ancestor', id, base], { ok: [0, 1, 128], signal });
    return code === 0 ? readChanges(session, `${id}^1..${id}`, 0).then(({ files }) => files, nothing) : [];
  });
  return Promise.all(read);
}

/** That a first commit has nothing before it is an ordinary answer; an interrupt is not. */
function nothing(cause: unknown): readonly DiffFile[] {
  if (hasCode(cause, 'git-failed')) return [];
  throw cause;
}

/** Both texts of each file; '' on the side where it is not. */
async function textsOf(
  session: Reader,
  base: string,
  head: string,
  files: readonly DiffFile[],
): Promise<FileTexts[]> {
  const wanted = files.filter(
    ({ binary, path, oldPath }) => !binary && !/\n/.test(`${path}${oldPath ?? ''}`),
  );
  const names = wanted.flatMap(({ path, oldPath = path }) => [`${base}:${oldPath}`, `${head}:${path}`]);
  const texts = await blobs(session, names);
  return wanted.map(({ path, oldPath }) => ({
    path,
    ...(oldPath === undefined ? {} : { oldPath }),
    before: texts.get(`${base}:${oldPath ?? path}`) ?? '',
    after: texts.get(`${head}:${path}`) ?? '',
  }));
}

/** The texts of these blobs by their names; what is missing or no blob has none. */
async function blobs(session: Reader, names: readonly string[]): Promise<Map<string, string>> {
  if (names.length === 0) return new Map();
  const kinds = await answers(session, names);
  const there = names.filter((_, at) => kinds[at]?.startsWith('blob '));
  // An answer is told from what a blob says by a word that no blob can know.
  const mark = randomUUID();
  const { stdout } = await session.git.run(['cat-file', `--batch=${mark}`], {
    input: there.map((name) => `${name}\n`).join(''),
    signal: session.signal,
  });
  const parts = stdout.split(`${mark}\n`).slice(1);
  return new Map(there.map((name, at) => [name, (parts[at] ?? '').replace(/\n$/, '')]));
}

/** Kind and size of each object, or what git says in place of them. */
async function answers(session: Reader, names: readonly string[]): Promise<string[]> {
  const { stdout } = await session.git.run(['cat-file', '--batch-check=%(objecttype) %(objectsize)'], {
    input: names.map((name) => `${name}\n`).join(''),
    signal: session.signal,
  });
  return stdout.split('\n');
}

async function sizesOf(
  session: Reader,
  head: string,
  files: readonly DiffFile[],
): Promise<Map<string, number>> {
  const paths = files
    .filter(({ change, path }) => change !== 'deleted' && !path.includes('\n'))
    .map(({ path }) => path);
  if (paths.length === 0) return new Map();
  const told = await answers(
    session,
    paths.map((path) => `${head}:${path}`),
  );
  return new Map(
    paths.flatMap((path, at) => {
      const [kind, size] = (told[at] ?? '').split(' ');
      return kind === 'blob' ? [[path, Number(size)] as const] : [];
    }),
  );
}

async function commitsOf(session: Reader, { target, head }: ChangeSides): Promise<JudgedCommit[]> {
  const { stdout } = await session.git.run(
    ['log', '--no-merges', '--max-count=500', '--format=%H%n%B%x00', `${target}..${head}`, '--'],
    { signal: session.signal },
  );
  return stdout
    .split('\0')
    .map((one) => one.replace(/^\n/, ''))
    .filter((one) => one.trim() !== '')
    .map((one) => ({
      id: one.slice(0, one.indexOf('\n')),
      message: one.slice(one.indexOf('\n') + 1).trimEnd(),
    }));
}
