/** A conflict to resolve: two branches that changed the same line, and a model that answers as told. */
import { afterEach, beforeEach, expect } from '@jest/globals';
import type { Config } from '../../src/domain/store/config.js';
import type { Task } from '../../src/domain/store/task.js';
import { type ModelCall, type ModelServer, type Reply, startModelServer } from './model-server.js';
import { makeSandbox, type Sandbox } from './sandbox.js';
import { addWork, commitOn, openTestSession, type TestSession } from './thinking.js';

export const base = 'one\ntwo\nthree\nfour\nfive\n';
export const ours = 'one\ntwo apples\nthree\nfour\nfive\n';
export const theirs = 'one\ntwo pears\nthree\nfour\nfive\n';
export const both = 'one\ntwo apples pears\nthree\nfour\nfive\n';
export const good: Reply = {
  answer: { hunks: [{ index: 1, content: 'two apples pears\n', reason: 'both' }] },
};

/** The sandbox of the test that runs, made and taken away around each. */
export let sandbox: Sandbox;
export let server: ModelServer | undefined;

/** Call at the top of a test file. */
export function eachInItsOwnSandbox(): void {
  beforeEach(() => {
    sandbox = makeSandbox();
  });
  afterEach(async () => {
    await server?.close();
    server = undefined;
    sandbox.cleanup();
  });
}

export interface Given {
  base?: Record<string, string>;
  ours?: Record<string, string | null>;
  theirs?: Record<string, string | null>;
  model?: (call: ModelCall) => Reply;
  checks?: string[];
  attempts?: number;
  strategies?: string[];
  limits?: Partial<Config['model']>;
  env?: NodeJS.ProcessEnv;
}

/** A repository where the task's branch and main have gone apart, and a model that answers as told. */
export async function given(
  what: Given,
): Promise<{ session: TestSession; task: Task; head: string; main: string }> {
  const root = sandbox.repo(what.base ?? { 'list.txt': base });
  if (what.model) server = await startModelServer(what.model);
  const session = await openTestSession(
    sandbox,
    root,
    {
      model: server ? { base_url: server.url, model: 'test', ...what.limits } : {},
      // Rules would answer most of these before the model is asked.
      resolver: {
        max_attempts: what.attempts ?? 3,
        strategies: what.strategies ?? ['rerere', 'whitespace', 'ai'],
      },
      validator: {
        checks: what.checks
          ? [{ name: 'test', kind: 'test', run: what.checks, timeout: '20s', when: [] }]
          : [],
      },
    },
    what.env,
  );
  const task = await addWork(
    sandbox,
    session,
    { title: 'Sell apples', slug: 'apples', goal: 'Apples are on the list.' },
    what.ours ?? { 'list.txt': ours },
  );
  const main = commitOn(sandbox, root, 'main', what.theirs ?? { 'list.txt': theirs });
  sandbox.git(root, 'reset', '-q', '--hard');
  return { session, task, head: sandbox.git(root, 'rev-parse', task.branch), main };
}

export const show = (session: TestSession, revision: string) => sandbox.git(session.root, 'show', revision);
export const privateWorktrees = (session: TestSession) =>
  sandbox.git(session.root, 'worktree', 'list', '--porcelain').match(/^worktree /gm)!.length - 1;

/** A bail-out leaves nothing behind: not a ref, not a file, not a worktree. */
export function expectUntouched({
  session,
  task,
  head,
  main,
}: {
  session: TestSession;
  task: Task;
  head: string;
  main: string;
}) {
  expect(sandbox.git(session.root, 'rev-parse', task.branch, 'main')).toBe(`${head}\n${main}`);
  expect(sandbox.git(session.root, 'status', '--porcelain')).toBe('');
  expect(privateWorktrees(session)).toBe(0);
}
