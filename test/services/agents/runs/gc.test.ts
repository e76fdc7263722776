import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { collectRuns } from '../../../../src/services/agents/runs/index.js';
import { bootId, pidNamespace } from '../../../../src/services/platform/files/identity.js';
import { makeSandbox, type Sandbox, type SandboxSession } from '../../../support/sandbox.js';

let sandbox: Sandbox;
let session: SandboxSession;
beforeEach(async () => {
  sandbox = makeSandbox();
  session = await sandbox.session(sandbox.repo());
});
afterEach(() => sandbox.cleanup());

/** The folder of a run that ended so many days ago, with so many bytes of transcript. */
function run(runId: string, days: number, bytes = 1000): void {
  const folder = join(session.paths.runsDir, runId);
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'intent.json'),
    JSON.stringify({ runId, boot: bootId(), pidNamespace: pidNamespace() }),
  );
  writeFileSync(join(folder, 'claim.json'), '{"shim":0,"start":"","boot":""}');
  writeFileSync(join(folder, 'exit.json'), '{"rc":0}');
  writeFileSync(join(folder, 'transcript.log'), 'x'.repeat(bytes));
  const at = Date.now() / 1000 - days * 86_400;
  utimesSync(join(folder, 'intent.json'), at, at);
}

const collect = (keep: object, dryRun = false) =>
  collectRuns(
    { ...session, config: { ...session.config, run: { ...session.config.run, ...keep } } },
    { dryRun },
  );
const left = () => readdirSync(session.paths.runsDir).sort();

test('old runs of settled tasks go; those of others stay, however old, as does what is no run', async () => {
  await sandbox.task(session, 'landed', { status: 'landed', runIds: ['landed-1', 'landed-2'] });
  await sandbox.task(session, 'failed', { status: 'failed', runIds: ['failed-1'] });
  run('landed-1', 40);
  run('landed-2', 2);
  run('failed-1', 400);
  run('nobody-1', 40);
  mkdirSync(join(session.paths.runsDir, 'strange'));
  writeFileSync(join(session.paths.runsDir, 'file'), '');
  const planned = await collect({}, true);
  expect(planned.removed.map(({ runId }) => runId)).toEqual(['landed-1', 'nobody-1']);
  expect(left()).toHaveLength(6);
  expect((await collect({})).removed).toEqual(planned.removed);
  expect(left()).toEqual(['failed-1', 'file', 'landed-2', 'strange']);
});

test('when all take too much, the oldest go first, and no more than need be', async () => {
  for (const [n, days] of [3, 2, 1].entries()) run(`r-${n}`, days, 100_000);
  const { removed, left: bytes } = await collect({ keep_size: '250 KB' });
  expect(removed).toMatchObject([{ runId: 'r-0', why: 'all runs take more than 250 KB' }]);
  expect(bytes).toBeLessThan(250_000);
  expect((await collect({ keep_for: '', keep_size: '' })).removed).toEqual([]);
});

test('a run that is not over stays', async () => {
  run('r-1', 400);
  const folder = join(session.paths.runsDir, 'r-1');
  writeFileSync(
    join(folder, 'intent.json'),
    JSON.stringify({ runId: 'r-1', boot: bootId(), pidNamespace: 'pid:[1]' }),
  );
  utimesSync(join(folder, 'intent.json'), 0, 0);
  (await import('node:fs')).rmSync(join(folder, 'exit.json'));
  expect((await collect({})).removed).toEqual([]);
  expect(existsSync(folder)).toBe(true);
});
