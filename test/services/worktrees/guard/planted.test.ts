import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { restoreTask } from '../../../../src/services/app/manager/settle.js';
import { requireTask } from '../../../../src/services/store/tasks/index.js';
import { misleading } from '../../../../src/services/worktrees/guard/files.js';
import { files, guarded, repo, sandbox, session, waits, workOf } from '../../../support/guarded-task.js';
import { plant } from '../../../support/planted.js';

describe('what is planted', () => {
  test('is told key by key, is run by none of our git, and goes with one command', async () => {
    const config = files('.git/config');
    const hooks = readdirSync(join(repo, '.git/hooks'));
    const task = await guarded.agent('echo work >work.txt');
    let planted: ReturnType<typeof plant> | undefined;
    const held = await guarded.play(task, () => {
      planted = plant(sandbox, repo);
      rmSync(join(sandbox.root, 'canaries'), { recursive: true });
      mkdirSync(join(sandbox.root, 'canaries'));
    });
    expect(held).toMatchObject(waits(/\(and 3\d more\)/));
    expect(held.guard?.found?.map(({ what }) => what.split(' ').at(-1))).toEqual(
      expect.arrayContaining(['filter.evil.clean', 'core.attributesfile', 'merge.evil.driver']),
    );
    // With a filter planted for every file nothing is committed before that is settled.
    expect((await restoreTask(session, 'song')).status).toBe('done');
    expect(workOf(task)).toBe('work');
    expect(planted!.fired()).toEqual([]);
    sandbox.git(repo, 'status');
    expect(planted!.fired()).toEqual([]);
    expect(files('.git/config').replace('[commit]\n\tgpgSign = true\n', '')).toBe(config);
    expect(readdirSync(join(repo, '.git/hooks'))).toEqual(hooks);
    const kept = readdirSync(join(session.paths.runsDir, held.runIds[0]!, 'changed'));
    expect(kept).toEqual(expect.arrayContaining(['hooks__pre-commit', 'info__attributes']));
  });

  test('in the git directory of a submodule is seen too', async () => {
    const sub = sandbox.repo({ 's.txt': 's\n' }, 'sub');
    sandbox.git(repo, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', sub, 'deep/sub');
    sandbox.git(repo, 'commit', '-qm', 'Add a submodule');
    const modules = join(repo, '.git/modules/deep/sub');
    const config = readFileSync(join(modules, 'config'), 'utf8');
    const task = await guarded.agent(
      `echo work >work.txt; git config -f '${modules}/config' core.fsmonitor evil; printf '#!/bin/sh\\nevil\\n' >'${modules}/hooks/post-checkout'; chmod +x '${modules}/hooks/post-checkout'`,
    );
    expect(await guarded.play(task)).toMatchObject(
      waits(/modules\/deep\/sub\/config: core.fsmonitor.*1 more/),
    );
    expect((await restoreTask(session, 'song')).status).toBe('done');
    expect(readFileSync(join(modules, 'config'), 'utf8')).toBe(config);
    expect(existsSync(join(modules, 'hooks/post-checkout'))).toBe(false);
  });

  test('beside another run is looked at once: one word settles both', async () => {
    const both = `case "$PWD" in
*/song) git config core.fsmonitor evil; while [ ! -e "$root/begun" ]; do sleep 0.02; done ;;
*) while ! git config core.fsmonitor; do sleep 0.02; done; : >"$root/begun" ;;
esac
echo x >"$(basename "$PWD")"`;
    const first = await guarded.agent(both);
    await guarded.agent(both, 'second');
    await guarded.play(first);
    const second = await requireTask(session, 'second');
    expect((await requireTask(session, 'song')).problem?.message).toContain('core.fsmonitor is evil');
    expect(['needs-input', 'done']).toContain(second.status);
    await restoreTask(session, 'song');
    const ended = [await requireTask(session, 'song'), await requireTask(session, 'second')];
    expect(ended.map(({ status }) => status)).toEqual(['done', 'done']);
    expect(() => sandbox.git(repo, 'config', 'core.fsmonitor')).toThrow();
  });
});

describe('a worktree that is made or removed while it is looked', () => {
  const record = () => join(repo, '.git', 'worktrees', 'other');
  const addOther = () => sandbox.git(repo, 'worktree', 'add', '-q', '--detach', join(sandbox.root, 'other'));
  const look = async () => [...(await misleading(join(repo, '.git'))).keys()];

  test('misleads no one while git makes it, once it is made anew under another name, or when it is gone', async () => {
    addOther();
    const commondir = readFileSync(join(record(), 'commondir'));
    // Git writes this one last.
    rmSync(join(record(), 'commondir'));
    expect(await look()).toEqual([]);
    writeFileSync(join(record(), 'commondir'), commondir);
    const place = join(sandbox.root, 'other');
    // The name of the old record is taken until its folder is gone.
    sandbox.git(repo, 'worktree', 'move', place, join(sandbox.root, 'aside'));
    addOther();
    sandbox.git(repo, 'worktree', 'remove', '--force', join(sandbox.root, 'aside'));
    expect(readFileSync(join(place, '.git'), 'utf8')).toContain('worktrees/other1');
    expect(await look()).toEqual([]);
    rmSync(place, { recursive: true });
    expect(await look()).toEqual([]);
  });

  test('is seen when it leads elsewhere and stays so', async () => {
    addOther();
    writeFileSync(join(sandbox.root, 'other/.git'), `gitdir: ${sandbox.root}/elsewhere\n`);
    expect(await look()).toEqual([join(sandbox.root, 'other/.git')]);
  });
});
