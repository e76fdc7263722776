import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Task } from '../../../../src/domain/store/task.js';
import { drive } from '../../../../src/services/app/manager/index.js';
import { requireTask } from '../../../../src/services/store/tasks/index.js';
import { changedFiles, readGuarded } from '../../../../src/services/worktrees/guard/files.js';
import { restoreByHand } from '../../../../src/services/worktrees/guard/index.js';
import { plant } from '../../../support/planted.js';
import { until } from '../../../support/runs.js';
import { makeSandbox, type Sandbox, type SandboxSession } from '../../../support/sandbox.js';

let sandbox: Sandbox;
let repo: string;
let session: SandboxSession;
beforeEach(async () => {
  sandbox = makeSandbox();
  repo = sandbox.repo({ 'a.txt': 'a\n' });
  // Agents get no GIT_ variables, and so find the person's configuration where git does.
  copyFileSync(sandbox.env.GIT_CONFIG_GLOBAL!, join(sandbox.env.HOME!, '.gitconfig'));
});
afterEach(() => sandbox.cleanup());

const script = () => join(sandbox.root, 'agent.sh');

/** A task whose agent is this shell script, without any sandbox around it. `main` is the person's checkout. */
async function agent(text: string, slug = 'song'): Promise<Task> {
  writeFileSync(script(), `#!/bin/sh\nset -e\nmain='${repo}'\n${text}\n`);
  chmodSync(script(), 0o755);
  session = await sandbox.session(repo, {
    runner: { default: 'command', command: { path: '', args: [script()], model: '', env_allow: [] } },
    worktree: { spare: 0 },
  } as never);
  return sandbox.task(session, slug, {
    launch: { land: false, at: new Date().toISOString() },
  });
}

/** Runs it to rest; meanwhile, `during` is called when the agent has made the file `ready`. */
async function play(task: Task, during?: () => void): Promise<Task> {
  const ready = join(sandbox.root, 'ready');
  const driving = drive(session, { until: 'rest' });
  if (during) {
    await until(() => existsSync(ready), 10_000);
    during();
    writeFileSync(join(sandbox.root, 'go'), '');
  }
  await driving;
  return requireTask(session, task.slug);
}

const wait = () => `: > '${sandbox.root}/ready'; while [ ! -e '${sandbox.root}/go' ]; do sleep 0.02; done`;
const at = (ref: string) => sandbox.git(repo, 'rev-parse', '--verify', '-q', ref);
const told = () =>
  session.events.flatMap((event) => (event.type === 'noted' ? [event.message] : [])).join('\n');
const rescued = () => sandbox.git(repo, 'for-each-ref', '--format=%(objectname)', 'refs/codex-agents/rescue');

const evilCommit = 'evil=$(git commit-tree -p HEAD -m evil "HEAD^{tree}")';

describe('refs', () => {
  test('a run whose agent moves main has failed; main is back, and what it was moved to is kept', async () => {
    const task = await agent(`echo work > work.txt\n${evilCommit}\ngit update-ref refs/heads/main $evil`);
    const main = at('main');
    const after = await play(task);
    expect(after).toMatchObject({ status: 'failed', problem: { code: 'tampered' } });
    expect(after.problem?.message).toContain('main was moved');
    expect(at('main')).toBe(main);
    const kept = rescued();
    expect(sandbox.git(repo, 'log', '-1', '--format=%s', kept)).toBe('evil');
    expect(told()).toContain('main was moved');
    // Its own work is on its branch all the same.
    expect(sandbox.git(repo, 'show', `${task.branch}:work.txt`)).toBe('work');
  });

  test('also when it commits in the main worktree, and on the branch of another task', async () => {
    sandbox.git(repo, 'branch', 'codex-agent/other');
    const task = await agent(
      `cd "$main"; echo x > x.txt; git add x.txt; git commit -qm sneaky\ngit branch -f codex-agent/other HEAD`,
    );
    await sandbox.task(session, 'other', { status: 'done' });
    const main = at('main');
    expect(await play(task)).toMatchObject({ status: 'failed' });
    expect([at('main'), at('codex-agent/other')]).toEqual([main, main]);
    expect(readFileSync(join(repo, 'x.txt'), 'utf8')).toBe('x\n');
  });

  test("a person's commit during the run stays, and is no fault of the run", async () => {
    const task = await agent(`echo work > work.txt\n${wait()}`);
    const after = await play(task, () => sandbox.commit(repo, { 'mine.txt': 'mine\n' }, 'Mine'));
    expect(after.status).toBe('done');
    expect(sandbox.git(repo, 'log', '-1', '--format=%s', 'main')).toBe('Mine');
    expect(told()).toContain('last by Test (commit: Mine)');
  });

  test("a person's commit on top of the agent's is not undone, but told; by hand it is", async () => {
    const task = await agent(`${evilCommit}\ngit update-ref refs/heads/main $evil\n${wait()}`);
    const main = at('main');
    const after = await play(task, () => sandbox.commit(repo, { 'mine.txt': 'mine\n' }, 'Mine'));
    const mine = at('main');
    expect(sandbox.git(repo, 'log', '-1', '--format=%s', 'main')).toBe('Mine');
    expect(told()).toContain('by its agent and by somebody else');
    expect(told()).toContain('task restore song');
    expect((await restoreByHand(session, after, { dryRun: true })).refs).toMatchObject([
      { ref: 'refs/heads/main', before: main, after: mine, done: false, worktree: repo },
    ]);
    expect(at('main')).toBe(mine);
    const { refs } = await restoreByHand(session, after, { only: ['main'] });
    expect(refs).toMatchObject([{ done: true, kept: expect.stringContaining('rescue') }]);
    expect([at('main'), at(refs[0]!.kept!)]).toEqual([main, mine]);
    await expect(restoreByHand(session, after, { only: ['main'] })).rejects.toMatchObject({
      code: 'not-moved',
    });
  });

  test('an agent that hides who it is, or deletes a branch, is told of, and nothing is undone unasked', async () => {
    sandbox.git(repo, 'branch', 'mine');
    const task = await agent(
      `${evilCommit}\nenv -u GIT_CONFIG_PARAMETERS git update-ref refs/heads/main $evil\ngit branch -qD mine`,
    );
    const main = at('main');
    const after = await play(task);
    expect(told()).toMatch(/main was moved.*last by Test/);
    expect(told()).toMatch(/mine, which was at \w+, was deleted/);
    expect(at('main')).not.toBe(main);
    sandbox.git(repo, 'branch', 'later');
    await restoreByHand(session, after, {});
    expect([at('main'), at('mine'), at('later')]).toEqual([main, main, expect.stringMatching(/^\w{40}/)]);
  });

  test('what a person did after the run is not undone with what it did, unless it is named', async () => {
    const task = await agent(
      `${evilCommit}\nenv -u GIT_CONFIG_PARAMETERS git update-ref refs/heads/main $evil`,
    );
    const main = at('main');
    const after = await play(task);
    const mine = sandbox.commit(repo, { 'mine.txt': 'mine\n' });
    expect((await restoreByHand(session, after, {})).refs).toEqual([]);
    expect(at('main')).toBe(mine);
    const { refs } = await restoreByHand(session, after, { only: ['main'] });
    expect([at('main'), at(refs[0]!.kept!)]).toEqual([main, mine]);
  });

  test.each([
    ['writes', 'echo $evil > "$main/.git/refs/heads/main"'],
    [
      'writes, with what git noted of it gone',
      'rm "$main/.git/logs/refs/heads/main"; echo $evil > "$main/.git/refs/heads/main"',
    ],
    ['removes', 'rm "$main/.git/refs/heads/main"'],
    [
      'removes, with what git noted of it gone',
      'rm "$main/.git/refs/heads/main" "$main/.git/logs/refs/heads/main"',
    ],
  ])("main is back also from an agent that %s git's files", async (_, deed) => {
    const task = await agent(`echo work > work.txt\n${evilCommit}\n${deed}`);
    const main = at('main');
    const after = await play(task);
    expect(after).toMatchObject({ status: 'needs-input', problem: { code: 'tampered' } });
    expect(after.problem?.message).toMatch(/^main.* not by git/);
    expect(at('main')).toBe(main);
    expect(told()).toContain('it is back at');
  });

  test('a branch and a tag of its own are taken away again; commits only there are a problem with a way out', async () => {
    const task = await agent(
      `echo work > work.txt; git add .; git tag mark\nc=$(git commit-tree -p HEAD -m away "$(git write-tree)"); git branch away $c; git rm -q --cached work.txt; rm work.txt`,
    );
    const after = await play(task);
    expect(after).toMatchObject({ status: 'needs-input', problem: { code: 'committed-elsewhere' } });
    const [, ref] = /merge (refs\S+)/.exec(after.problem!.message)!;
    expect(sandbox.git(repo, 'show', `${ref}:work.txt`)).toBe('work');
    expect(sandbox.git(repo, 'for-each-ref', 'refs/tags', 'refs/heads/away')).toBe('');
  });

  test("the mark is in this repository only: others keep the person's identity", async () => {
    const task = await agent(
      `d='${sandbox.root}/elsewhere'; mkdir "$d"; git init -q "$d"; cd "$d"; git commit -q --allow-empty -m x`,
    );
    await play(task);
    expect(sandbox.git(join(sandbox.root, 'elsewhere'), 'log', '-1', '--format=%ce')).toBe(
      'test@example.com',
    );
  });

  test('another branch checked out in the main worktree is told', async () => {
    sandbox.git(repo, 'branch', 'side');
    const task = await agent(`git -C "$main" symbolic-ref HEAD refs/heads/side`);
    await play(task);
    expect(told()).toContain(`${repo} had main checked out before song ran and has side now`);
  });
});

describe('configuration, hooks and attributes', () => {
  test('what an agent plants is found, taken out and kept; none of it was run by us', async () => {
    const task = await agent(`echo work > work.txt; ${wait()}`);
    const config = readFileSync(join(repo, '.git/config'), 'utf8');
    const hooks = readdirSync(join(repo, '.git/hooks'));
    let planted: ReturnType<typeof plant> | undefined;
    const after = await play(task, () => {
      planted = plant(sandbox, repo);
      rmSync(join(sandbox.root, 'canaries'), { recursive: true });
      mkdirSync(join(sandbox.root, 'canaries'));
    });
    expect(planted!.fired()).toEqual([]);
    expect(after).toMatchObject({ status: 'needs-input', problem: { code: 'tampered' } });
    expect(readFileSync(join(repo, '.git/config'), 'utf8')).toBe(config);
    expect(readdirSync(join(repo, '.git/hooks'))).toEqual(hooks);
    expect(existsSync(join(repo, '.git/info/attributes'))).toBe(false);
    const kept = join(session.paths.runsDir, after.runIds[0]!, 'changed');
    expect(readFileSync(join(kept, 'config'), 'utf8')).toContain('fsmonitor');
    expect(readdirSync(kept)).toEqual(expect.arrayContaining(['hooks__pre-commit', 'info__attributes']));
    expect(told()).toContain('filter.evil.clean');
    expect(sandbox.git(repo, 'show', `${task.branch}:work.txt`)).toBe('work');
    sandbox.git(repo, 'status');
    expect(planted!.fired()).toEqual([]);
  });

  test('everyday changes stay beside what is taken out', async () => {
    const task = await agent(
      `git config branch.song.remote origin; git remote add fork https://host/fork.git; git config alias.st '!evil'`,
    );
    expect((await play(task)).problem?.message).toContain('alias.st');
    expect(sandbox.git(repo, 'config', 'branch.song.remote')).toBe('origin');
    expect(sandbox.git(repo, 'config', 'remote.fork.url')).toBe('https://host/fork.git');
    expect(() => sandbox.git(repo, 'config', 'alias.st')).toThrow();
  });

  test('everyday changes alone are nobody’s business', async () => {
    const task = await agent('echo x > x.txt; git config branch.song.remote origin');
    expect((await play(task)).status).toBe('done');
    expect(sandbox.git(repo, 'config', 'branch.song.remote')).toBe('origin');
  });

  test.each([
    [
      'a configuration that is none, a hook that is gone, a commondir in the repository',
      'echo "[broken" > "$main/.git/config"; rm "$main/.git/hooks/pre-commit"; echo /tmp > "$main/.git/commondir"',
    ],
    [
      'links for the configuration and the hooks, the record of the worktree',
      'd=$(git rev-parse --git-dir); echo /tmp > "$d/commondir"; ln -sf /dev/null "$main/.git/config"; mv "$main/.git/hooks" "$main/h"; mkdir "$main/h2"; ln -s "$main/h2" "$main/.git/hooks"',
    ],
    [
      'the .git file of the worktree, a hook that may not be run, a link for attributes',
      'rm .git; git init -q .; git config alias.x "!evil"; chmod -x "$main/.git/hooks/pre-commit"; ln -s /etc/passwd "$main/.git/info/attributes"',
    ],
  ])('%s: all is as it was again', async (_, text) => {
    writeFileSync(join(repo, '.git/hooks/pre-commit'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
    const task = await agent(`echo work > work.txt\n${text}`);
    const before = await readGuarded(join(repo, '.git'));
    const after = await play(task);
    expect(after).toMatchObject({ status: 'needs-input', problem: { code: 'tampered' } });
    const now = await readGuarded(join(repo, '.git'));
    const differs = Object.keys(before).filter((path) => !isDeepStrictEqual(now[path], before[path]));
    expect(differs).toEqual([]);
    if (existsSync(join(repo, 'h2'))) expect(readdirSync(join(repo, 'h2'))).toEqual([]);
    expect(sandbox.git(after.worktree!, 'rev-parse', '--abbrev-ref', 'HEAD')).toBe(task.branch);
    expect(sandbox.git(repo, 'show', `${task.branch}:work.txt`)).toBe('work');
  });

  test('a run that starts beside one that has tampered does not take that for how it was', async () => {
    const text = `case "$PWD" in
*/first) git config core.fsmonitor evil; while [ ! -e '${sandbox.root}/begun' ]; do sleep 0.02; done; ${wait()} ;;
*) : > '${sandbox.root}/begun'; while [ ! -e '${sandbox.root}/go' ]; do sleep 0.02; done; sleep 0.5 ;;
esac
echo x > "$(basename "$PWD")"`;
    const first = await agent(text, 'first');
    await sandbox.task(session, 'second', { launch: { land: false, at: new Date().toISOString() } });
    const done = await play(first, () => undefined);
    expect(done.problem?.code).toBe('tampered');
    expect(() => sandbox.git(repo, 'config', 'core.fsmonitor')).toThrow();
    // It may have been the other one: both are looked at.
    expect((await requireTask(session, 'second')).problem?.code).toBe('tampered');
  });

  test('what the person changes between runs is theirs', async () => {
    await play(await agent('echo x > x.txt'));
    sandbox.git(repo, 'config', 'core.hooksPath', 'my-hooks');
    symlinkSync('/dev/null', join(repo, '.git/hooks/post-commit'));
    const task = await sandbox.task(session, 'next', {
      launch: { land: false, at: new Date().toISOString() },
    });
    expect((await play(task)).status).toBe('done');
    expect(sandbox.git(repo, 'config', 'core.hooksPath')).toBe('my-hooks');
  });
});

describe('a worktree that is made or removed while it is looked', () => {
  const record = () => join(repo, '.git', 'worktrees', 'other');
  const addOther = () => sandbox.git(repo, 'worktree', 'add', '-q', '--detach', join(sandbox.root, 'other'));

  test('is no change once it is made', async () => {
    addOther();
    const commondir = readFileSync(join(record(), 'commondir'));
    // Git writes this one last.
    rmSync(join(record(), 'commondir'));
    const before = await readGuarded(join(repo, '.git'));
    writeFileSync(join(record(), 'commondir'), commondir);
    expect(await changedFiles(join(repo, '.git'), before)).toEqual([]);
  });

  test('is no change when it was made anew under another name', async () => {
    addOther();
    const before = await readGuarded(join(repo, '.git'));
    const place = join(sandbox.root, 'other');
    // The name of the old record is taken until its folder is gone.
    sandbox.git(repo, 'worktree', 'move', place, join(sandbox.root, 'aside'));
    addOther();
    sandbox.git(repo, 'worktree', 'remove', '--force', join(sandbox.root, 'aside'));
    expect(readFileSync(join(place, '.git'), 'utf8')).toContain('worktrees/other1');
    expect(await changedFiles(join(repo, '.git'), before)).toEqual([]);
    // One that leads elsewhere is one, also when the worktree is new.
    writeFileSync(join(place, '.git'), `gitdir: ${sandbox.root}/elsewhere\n`);
    expect(await changedFiles(join(repo, '.git'), before)).toMatchObject([{ path: join(place, '.git') }]);
  });

  test('is no change once it is gone, but a part of it that stays away is', async () => {
    addOther();
    const before = await readGuarded(join(repo, '.git'));
    rmSync(join(record(), 'commondir'));
    const looking = changedFiles(join(repo, '.git'), before);
    setTimeout(() => {
      rmSync(join(sandbox.root, 'other'), { recursive: true });
      rmSync(record(), { recursive: true });
    }, 150);
    expect(await looking).toEqual([]);

    addOther();
    const again = await readGuarded(join(repo, '.git'));
    rmSync(join(record(), 'commondir'));
    expect(await changedFiles(join(repo, '.git'), again)).toMatchObject([
      { path: join(record(), 'commondir'), after: { kind: 'none' } },
    ]);
  });
});
