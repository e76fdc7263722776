import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createDemo } from '../../../../src/services/app/demo/create.js';
import { resolveTask } from '../../../../src/services/landing/resolution/index.js';
import { loadConfig } from '../../../../src/services/store/config/index.js';
import { addTasks, updateTask } from '../../../../src/services/store/tasks/index.js';
import { trustRepository, trustState } from '../../../../src/services/store/trust/index.js';
import { buildDemoAgent } from '../../../support/demo-agent.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';
import { openTestSession } from '../../../support/thinking.js';

const story = join(process.cwd(), 'demo/story.json');

let sandbox: Sandbox;
let program: string;
beforeAll(async () => {
  sandbox = makeSandbox();
  program = await buildDemoAgent(sandbox.root);
});
afterAll(() => sandbox.cleanup());

test.each([
  ['settle-up', 'monthly-report'],
  ['monthly-report', 'settle-up'],
])('the demo’s conflict is resolved by its script when %s landed before %s', async (first, second) => {
  const { root } = await createDemo({ folder: join(sandbox.root, first), env: sandbox.env, speed: 0 });
  for (const slug of ['fair-split', 'real-dates']) work(root, 'main', slug);
  for (const slug of [first, second]) {
    sandbox.git(root, 'switch', '-q', '-c', `codex-agent/${slug}`, 'main');
    work(root, `codex-agent/${slug}`, slug);
  }
  sandbox.git(root, 'switch', '-q', 'main');
  sandbox.git(root, 'merge', '-q', '--no-ff', '-m', first, `codex-agent/${first}`);
  const session = await openTestSession(sandbox, root);
  const { hash } = await trustState(session.paths, root);
  await trustRepository(session.paths, root, hash);
  const loaded = await loadConfig({ paths: session.paths, root, env: sandbox.env });
  const trusted = { ...session, loaded, config: loaded.config };
  await addTasks(session, [{ title: second, slug: second }], { writeStubs: false });
  const task = await updateTask(session, second, (fresh) => ({ ...fresh, status: 'done' }));

  const report = await resolveTask(trusted, task);
  expect(report).toMatchObject({ status: 'resolved', files: [{ path: 'src/cli.js', strategy: 'ai' }] });
});

/** Plays a task of the story on a branch and commits what it wrote. */
function work(root: string, branch: string, slug: string): void {
  sandbox.git(root, 'switch', '-q', branch);
  const args = [program, '--story', story, '--task', slug, '--speed', '0'];
  const { status } = spawnSync(process.execPath, args, { cwd: root, env: { PATH: process.env.PATH } });
  expect(status).toBe(0);
  sandbox.commit(root, {}, slug);
}
