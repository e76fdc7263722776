import { afterEach, beforeEach } from '@jest/globals';
import type { Finding } from '../../src/domain/landing/validation.js';
import type { CheckConfig } from '../../src/domain/store/config.js';
import type { Task } from '../../src/domain/store/task.js';
import { type ModelCall, type ModelServer, type Reply, startModelServer } from './model-server.js';
import { makeSandbox, type Sandbox } from './sandbox.js';
import { addWork, commitOn, openTestSession, type TestSession } from './thinking.js';

export let sandbox: Sandbox;
export let server: ModelServer | undefined;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  sandbox.cleanup();
});

export const check = (run: string[], more: Partial<CheckConfig> = {}): CheckConfig => ({
  name: 'test',
  kind: 'test',
  run,
  timeout: '20s',
  when: [],
  ...more,
});

/** A task that adds `src/a.js`, and these checks; main has moved on since. */
export async function given(what: {
  checks?: CheckConfig[];
  files?: Record<string, string | null>;
  model?: (call: ModelCall) => Reply;
  connect?: string;
  env?: NodeJS.ProcessEnv;
}): Promise<{ session: TestSession; task: Task }> {
  const root = sandbox.repo({ 'README.md': 'hello\n', 'main.txt': 'old\n' });
  if (what.model) server = await startModelServer(what.model);
  const model = { base_url: server?.url ?? '', model: 'test', connect_timeout: what.connect ?? '30s' };
  const settings = { validator: { checks: what.checks ?? [] }, ...(server ? { model } : {}) };
  const session = await openTestSession(sandbox, root, settings, what.env);
  const task = await addWork(
    sandbox,
    session,
    { title: 'Add a', slug: 'add-a', goal: 'There is an a.', acceptance: ['a is there'] },
    what.files ?? { 'src/a.js': 'export const a = 1;\n' },
  );
  commitOn(sandbox, root, 'main', { 'main.txt': 'new\n' });
  sandbox.git(root, 'reset', '-q', '--hard');
  return { session, task };
}

/** The answer about the criterion of the task that `given` makes. */
const shown = {
  criterion: 1,
  answer: 'met',
  path: 'src/a.js',
  line: 1,
  quote: 'export const a = 1;',
  evidence: 'it exports a',
};

export const review = (...findings: Finding[]): Reply => ({
  answer: { criteria: [shown], findings, summary: 'read it' },
});
export const finding = (more: Partial<Finding>): Finding => ({
  severity: 'warning',
  path: 'src/a.js',
  line: 1,
  message: 'odd',
  ...more,
});
