import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { launchTask } from '../../../../src/services/app/manager/launch.js';
import { newMemory, survey } from '../../../../src/services/app/manager/survey.js';
import { addWorktree } from '../../../../src/services/worktrees/index.js';
import { mountSmall } from '../../../support/loop-disk.js';
import { programIn } from '../../../support/program.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

test('a run that ends on a full disk is told of once, and goes on by itself when there is room', async () => {
  const session = await sandbox.session(sandbox.repo({ 'a.txt': 'a\n' }), {
    runner: {
      default: 'command',
      command: { args: ['sh', '-c', 'until [ -e go ]; do sleep 0.1; done'], env_allow: [] },
    } as never,
    worktree: { spare: 0 } as never,
  });
  const disk = mountSmall(session.paths.runsDir, 1_000_000);
  if (!disk) return;
  try {
    const task = await sandbox.task(session, 'song', { launch: { land: false, at: '' } });
    const { path } = await addWorktree(session, task);
    const { runId } = await launchTask(session, 'song');
    const memory = newMemory();
    const look = async () => (await survey(session, memory)).runs.get(runId)!;
    const until = async (test: () => Promise<boolean>) => {
      while (!(await test())) await sleep(50);
    };
    const told = () =>
      session.events.filter((event) => event.type === 'noted' && event.message.includes('disk is full'));
    await until(async () => (await look()).phase === 'running');
    expect(told()).toEqual([]);
    disk.fill();
    writeFileSync(join(path, 'go'), '');
    await until(async () => (await look()).phase === 'finishing' && told().length > 0);
    for (let times = 0; times < 3; times++) await look();
    expect(told()).toMatchObject([
      {
        level: 'warning',
        message: expect.stringContaining(`song waits: the disk is full at ${session.paths.runsDir}`),
      },
    ]);
    const { stderr } = await programIn(sandbox, session.root).run('status');
    expect(stderr).toContain(`song waits: the disk is full at ${session.paths.runsDir}`);
    disk.free();
    await until(async () => (await look()).phase === 'exited');
    expect(await look()).toMatchObject({ phase: 'exited', exitCode: 0 });
  } finally {
    disk.unmount();
  }
});
