/**
 * One small test for each side of a merge that a model answered: written by a model from that side's goal, run on that side,
 * where it has to pass, and then on the merged tree. Off unless `resolver.side_test.run` is set. Nothing of it is committed.
 */
import { lstat, mkdir } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import type { SideTestReport } from '../../../domain/landing/merge.js';
import { withoutSecrets } from '../../../domain/landing/question.js';
import { secretIn } from '../../../domain/landing/secrets.js';
import type { CheckResult } from '../../../domain/landing/validation.js';
import { hasCode, isAppError, messageOf } from '../../../domain/platform/errors.js';
import { acceptanceOf, loadAgent, loadPrompt, thinkFitting, whyNoThinking } from '../../agents/index.js';
import { printedId, writeTo } from '../../platform/index.js';
import { withPrivateWorktree } from '../../worktrees/index.js';
import { runUntilSure } from '../validation/run-check.js';
import { landedMeanwhile } from './landed.js';
import type { CheckedResult } from './merged-tree.js';
import { noteChecks, type OpenFile } from './open-file.js';
import type { ResolutionSite } from './types.js';

type Side = SideTestReport['side'];

/** A test as it was written, and what came of it on its own side. */
export interface SideTest {
  side: Side;
  /** Absent where there is none to run. */
  text?: string;
  report: SideTestReport;
}

const sides: readonly Side[] = ['ours', 'theirs'];
const nameOf = (side: Side): string => `test of ${side}`;
const maxTest = 40_000;
const maxChange = 30_000;

/** Whether a test is asked for at all: it is set up, and a model answered something of this merge. */
const isWanted = ({ session }: ResolutionSite, files: readonly OpenFile[]): boolean =>
  session.config.resolver.side_test.run.length > 0 &&
  files.some((file) => [...file.answers.values()].some(({ strategy }) => strategy === 'ai'));

/**
 * The result, after the tests of both sides were run on its tree: one that passes on its side and fails on the tree makes
 * it a failing one. A test that cannot be written or run is told, and says nothing about the tree.
 */
export async function withSideTests(
  site: ResolutionSite,
  files: readonly OpenFile[],
  result: CheckedResult,
): Promise<CheckedResult> {
  if (result.tree === undefined || !isWanted(site, files)) return result;
  site.sideTests ??= await writeTests(site, files);
  const merged = await commitOf(site, result.tree);
  const failed: { side: Side; summary: string }[] = [];
  for (const test of site.sideTests) {
    if (test.text === undefined) continue;
    const { status, summary } = await runOn(site, merged, test.text);
    test.report = { side: test.side, ...outcomeOn(status, summary) };
    if (status === 'fail') failed.push({ side: test.side, summary });
    if (status === 'pass') for (const file of files) noteChecks(file, [`the ${nameOf(test.side)}`]);
  }
  if (failed.length === 0) return result;
  const reason = failed
    .map(
      ({ side, summary }) => `the ${nameOf(side)} passes on ${side} and fails on the merged tree: ${summary}`,
    )
    .join('\n');
  const names = failed.map(({ side }) => nameOf(side));
  return { ran: true, reason, failed: names, notPassed: names };
}

const outcomeOn = (status: CheckResult['status'], summary: string): Omit<SideTestReport, 'side'> =>
  status === 'pass'
    ? { status: 'passes', reason: 'it passes on its side and on the merged tree' }
    : status === 'fail'
      ? { status: 'fails', reason: `it passes on its side and fails on the merged tree: ${summary}` }
      : { status: 'unknown', reason: `it could not be run on the merged tree: ${summary}` };

async function writeTests(site: ResolutionSite, files: readonly OpenFile[]): Promise<SideTest[]> {
  const tests: SideTest[] = [];
  for (const side of sides) {
    const without = (status: SideTestReport['status'], reason: string): SideTest => ({
      side,
      report: { side, status, reason },
    });
    try {
      tests.push(await writeTest(site, files, side, without));
    } catch (error) {
      if (hasCode(error, 'interrupted') || !isAppError(error)) throw error;
      tests.push(without('unknown', messageOf(error)));
    }
  }
  return tests;
}

interface Answer {
  text: string | null;
  reason: string;
}

const answerSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['text', 'reason'],
  properties: { text: { type: ['string', 'null'] }, reason: { type: 'string' } },
};

async function writeTest(
  site: ResolutionSite,
  files: readonly OpenFile[],
  side: Side,
  without: (status: SideTestReport['status'], reason: string) => SideTest,
): Promise<SideTest> {
  const { session, task } = site;
  const { text, reason } = await askForTest(site, files, side);
  if (text === null) return without('none', `the model declines: ${reason.slice(0, 300)}`);
  if (text.trim() === '') return without('none', 'the model answered with an empty test');
  if (text.length > maxTest) return without('none', 'the test is too long to be a small one');
  const secret = secretIn(text);
  if (secret) return without('none', `the test holds what looks like a secret (${secret})`);
  const own = await runOn(site, side === 'ours' ? site.sides.head : site.sides.target, text);
  session.emit({
    type: 'noted',
    level: 'info',
    message: `${task.slug}: the ${nameOf(side)} ${own.status === 'pass' ? 'passes' : 'does not pass'} on ${side}`,
  });
  if (own.status === 'fail') return without('none', `it does not pass on its own side: ${own.summary}`);
  if (own.status !== 'pass') return without('unknown', `it could not be run on its side: ${own.summary}`);
  return { side, text, report: { side, status: 'unknown', reason: 'it was not run on a merged tree' } };
}

async function askForTest(
  { session, task, sides: { head, target }, model }: ResolutionSite,
  files: readonly OpenFile[],
  side: Side,
): Promise<Answer> {
  const agent = { ...(await loadAgent(session, 'conflict-resolver', task)) };
  const cannot = model.broken ?? whyNoThinking(session, agent);
  if (cannot) return { text: null, reason: cannot };
  const { prompt } = await loadPrompt(session, 'side-test');
  const [before, after] = side === 'ours' ? [target, head] : [head, target];
  const paths = files.map(({ path }) => path);
  const diff = await session.git.run(
    ['diff', '--no-color', '--no-ext-diff', '--no-textconv', `${before}...${after}`, '--', ...paths],
    { env: { GIT_LITERAL_PATHSPECS: '1' } },
  );
  const goal =
    side === 'ours'
      ? `${task.title}\n\n${task.goal}`
      : await landedMeanwhile(session, { head, target }, paths);
  const acceptance = side === 'ours' ? acceptanceOf(task) : { plain: 'What is said above holds.' };
  const values = {
    side: { plain: side === 'ours' ? "the task's branch" : 'the target' },
    goal: withoutSecrets(goal),
    acceptance: typeof acceptance === 'string' ? withoutSecrets(acceptance) : acceptance,
    path: session.config.resolver.side_test.path,
    change: withoutSecrets(diff.stdout.slice(0, 4 * maxChange)).slice(0, maxChange),
  };
  const request = {
    name: 'side_test',
    task,
    key: `test of ${side}`,
    schema: answerSchema,
    validate: () => [],
  };
  const asked = { values, cut: ['change', 'goal', 'acceptance'], prompt: 'side-test' as const };
  return thinkFitting<Answer>(session, { ...agent, instructions: prompt.instructions }, request, asked);
}

/** A commit on no branch that holds the tree: what a private worktree is made of. */
function commitOf({ session, sides: { head, target } }: ResolutionSite, tree: string): Promise<string> {
  const args = ['commit-tree', tree, '-p', head, '-p', target, '-m', 'Merged, to be tested'];
  return printedId(session.git, args);
}

/** Runs the test in a worktree of its own: what it writes there judges nothing else. */
function runOn(
  { session }: ResolutionSite,
  commit: string,
  text: string,
): Promise<Pick<CheckResult, 'status' | 'summary'>> {
  const { run, path, timeout } = session.config.resolver.side_test;
  return withPrivateWorktree(session, commit, 'validate', async (worktree) => {
    try {
      await writeNew(worktree, path, text);
    } catch (error) {
      return { status: 'error', summary: `${path} cannot be written: ${messageOf(error)}` };
    }
    const argv = run.map((part) => part.replaceAll('{path}', path));
    const check = { name: 'side test', kind: 'test', run: argv, timeout, when: [] };
    return runUntilSure(session, check, { path: worktree, signal: session.signal });
  });
}

/** Writes a new file below real folders of the worktree: none that is there, and nothing behind a link. */
async function writeNew(worktree: string, path: string, text: string): Promise<void> {
  const names = dirname(path).split(sep);
  for (let depth = 1; depth <= names.length; depth++) {
    const folder = join(worktree, ...names.slice(0, depth));
    const found = await lstat(folder).catch(() => undefined);
    if (found && !found.isDirectory()) throw new Error(`${names.slice(0, depth).join(sep)} is no folder`);
    if (!found) await mkdir(folder);
  }
  await writeTo(join(worktree, path), text, { flag: 'wx' });
}
