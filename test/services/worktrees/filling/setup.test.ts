import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Task } from '../../../../src/domain/store/task.js';
import type { RepoSession } from '../../../../src/services/store/types.js';
import {
  addWorktree,
  inspectWorktrees,
  readSetupLog,
  removeWorktree,
} from '../../../../src/services/worktrees/index.js';
import { deadPid } from '../../../support/dead.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

async function make(worktree: Partial<RepoSession['config']['worktree']>) {
  const repo = sandbox.repo({ '.gitignore': '*.log\n', 'a.txt': 'a\n' });
  const session = await sandbox.session(repo, { worktree });
  return { repo, session, task: await sandbox.task(session, 'one') };
}

const onRecord = async ({ registry }: RepoSession, slug: string): Promise<Task> =>
  (await registry.read()).tasks.find((task) => task.slug === slug)!;

describe('set-up', () => {
  test('knows its worktree by placeholders and environment, and what it said is kept', async () => {
    const setup = [
      [
        'sh',
        '-c',
        'echo "$1 $CODEX_AGENTS_PORT $CODEX_AGENT_PORT"; pwd',
        'sh',
        '{slug} {path} {port} {root} {other}',
      ],
    ];
    const { repo, session, task } = await make({ setup });
    const { path } = await addWorktree(session, task);
    const { port } = await onRecord(session, 'one');
    const said = `one ${path} ${port} ${repo} {other} ${port} ${port}\n${path}\n`;
    expect(await readSetupLog(session, 'one')).toBe(
      `$ sh -c ${setup[0]![2]} sh one ${path} ${port} ${repo} {other}\n${said}`,
    );
  });

  test('that fails leaves the files, says so, and is what a second attempt repeats', async () => {
    const setup = [['sh', '-c', 'echo run >> runs.log; test -e ../../go && exit 0; echo broken; exit 3']];
    const { session, task } = await make({ setup });
    await expect(addWorktree(session, task)).rejects.toMatchObject({
      code: 'setup-failed',
      hint: expect.stringContaining('broken'),
    });
    const known = await onRecord(session, 'one');
    expect(await inspectWorktrees(session, [known])).toMatchObject([{ state: 'setup-failed' }]);
    expect(await readSetupLog(session, 'one')).toContain('broken\nfailed (exit 3)');
    writeFileSync(join(known.worktree!, 'mended.txt'), 'by hand\n');
    writeFileSync(join(sandbox.root, 'go'), '');
    expect(await addWorktree(session, known)).toMatchObject({ created: true, path: known.worktree });
    expect(readFileSync(join(known.worktree!, 'runs.log'), 'utf8')).toBe('run\nrun\n');
    expect(existsSync(join(known.worktree!, 'mended.txt'))).toBe(true);
    expect(await inspectWorktrees(session, [known])).toMatchObject([{ state: 'ready', dirty: 1 }]);
  });

  test('cut short by a death is repeated, and a worktree that waits for it can be removed', async () => {
    const { repo, session, task } = await make({ setup: [['sh', '-c', 'echo ran >> runs.log']] });
    const { path } = await addWorktree(session, task);
    const known = await onRecord(session, 'one');
    const lock = async () =>
      sandbox.git(
        repo,
        'worktree',
        'lock',
        '--reason',
        `codex-agents: setup ${await deadPid()} 1 boot`,
        path,
      );
    await lock();
    expect(await addWorktree(session, known)).toMatchObject({ created: true });
    expect(readFileSync(join(path, 'runs.log'), 'utf8')).toBe('ran\nran\n');
    await lock();
    writeFileSync(join(path, 'work.txt'), 'work\n');
    await expect(removeWorktree(session, known)).rejects.toMatchObject({ code: 'worktree-dirty' });
    const { rescue } = await removeWorktree(session, known, { force: true });
    expect(sandbox.git(repo, 'show', `${rescue}:work.txt`)).toBe('work');
  });
});

describe('teardown', () => {
  test('runs before the files go', async () => {
    const { session, task } = await make({ teardown: [['sh', '-c', 'cp a.txt ../../seen-{slug}']] });
    await addWorktree(session, task);
    await removeWorktree(session, await onRecord(session, 'one'));
    expect(readFileSync(join(sandbox.root, 'seen-one'), 'utf8')).toBe('a\n');
  });

  test('that fails keeps the worktree, unless it is to go all the same', async () => {
    const { session, task } = await make({ teardown: [['sh', '-c', 'echo still up; exit 1']] });
    const { path } = await addWorktree(session, task);
    const known = await onRecord(session, 'one');
    await expect(removeWorktree(session, known)).rejects.toMatchObject({ code: 'teardown-failed' });
    expect(existsSync(path)).toBe(true);
    expect(await removeWorktree(session, known, { force: true })).toEqual({
      removed: true,
      trash: expect.any(String),
    });
    expect(await readSetupLog(session, 'one')).toContain('still up');
  });
});

describe('ports', () => {
  test("are the task's own and stay so; taken ones are passed over", async () => {
    const { session, task } = await make({});
    await addWorktree(session, task);
    const first = await onRecord(session, 'one');
    expect(first.port! % 10).toBe(0);
    await removeWorktree(session, first);
    await addWorktree(session, { ...first, worktree: undefined });
    expect((await onRecord(session, 'one')).port).toBe(first.port);

    // The port that the slug asks for is listened on: the next range is taken.
    await session.registry.update('test', (file) => ({
      file: { ...file, tasks: file.tasks.map(({ port: _, ...one }) => one) },
      result: undefined,
    }));
    const server = createServer();
    await new Promise<void>((done) => server.listen(first.port, '127.0.0.1', () => done()));
    await removeWorktree(session, first);
    await addWorktree(session, task);
    server.close();
    expect((await onRecord(session, 'one')).port).not.toBe(first.port);
  });
});
