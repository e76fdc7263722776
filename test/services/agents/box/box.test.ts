import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Agent } from '../../../../src/domain/agents/agent.js';
import { defaultConfig } from '../../../../src/domain/store/config.js';
import { boxAbility } from '../../../../src/services/agents/box/able.js';
import { confinementOf } from '../../../../src/services/agents/box/index.js';
import { stashesOf } from '../../../../src/services/agents/box/stashes.js';
import { runnerFor } from '../../../../src/services/agents/runners/index.js';
import { inspectRun, launchRun, prepareRun, stopRun } from '../../../../src/services/agents/runs/index.js';
import { isAlive, until } from '../../../support/runs.js';
import { type ConfigOverrides, makeSandbox, type Sandbox } from '../../../support/sandbox.js';

const developer: Agent = {
  name: 'developer',
  runner: 'command',
  runnerOrigin: 'default',
  sandbox: 'workspace-write',
  envAllow: ['OUT', 'REPO'],
  instructions: '',
  timeouts: {},
  layers: [],
};

const { env: here } = process;
const able = 'programs' in (await boxAbility(here));
const inBox = able ? describe : describe.skip;

let sandbox: Sandbox;
let repo: string;
let home: string;
let tree: string;
beforeEach(() => {
  sandbox = makeSandbox();
  repo = sandbox.repo();
  home = join(sandbox.root, 'home');
  sandbox.write(home, { '.gitconfig': '[user]\n\tname = A\n\temail = a@example.com\n' });
  tree = join(sandbox.root, 'repo.worktrees', 'song');
  sandbox.git(repo, 'worktree', 'add', '-q', '-b', 'codex-agent/song', tree);
  sandbox.git(repo, 'branch', 'codex-agent/other');
  sandbox.env.OUT = join(sandbox.root, 'out');
  sandbox.env.REPO = repo;
});
afterEach(() => sandbox.cleanup());

/** Starts a shell script as the agent of the task; the run is over, or lives. */
async function start(script: string, config: ConfigOverrides = {}, agent: Partial<Agent> = {}) {
  const program = join(sandbox.root, 'agent', 'agent.sh');
  mkdirSync(join(sandbox.root, 'agent'), { recursive: true });
  writeFileSync(program, `#!/bin/sh\n${script}\n`);
  chmodSync(program, 0o755);
  const session = await sandbox.session(repo, {
    sandbox: defaultConfig.sandbox,
    runner: { ...defaultConfig.runner, command: { path: '', args: [program], model: '', env_allow: [] } },
    ...config,
  });
  const task = await sandbox.task(session, 'song', { worktree: tree, branch: 'codex-agent/song' });
  const intent = await prepareRun(session, {
    task,
    agent: { ...developer, ...agent },
    prompt: 'Sing.',
    attempt: 1,
  });
  await launchRun(session, intent);
  const folder = join(session.paths.runsDir, intent.runId);
  return { session, intent, folder, read: (name: string) => readFileSync(join(folder, name), 'utf8') };
}

async function play(...given: Parameters<typeof start>) {
  const run = await start(...given);
  const view = await until(async () => {
    const seen = await inspectRun(run.session.paths, run.intent.runId);
    return seen.status ? seen : undefined;
  });
  return { ...run, view, said: run.read('transcript.log') };
}

inBox('an agent in a box', () => {
  test('works in its worktree, and its record says what holds it', async () => {
    const { view, said } = await play('cat; pwd; echo la > song.txt; echo tmp > /tmp/x; cat /tmp/x; exit 7');
    expect(view).toMatchObject({ status: 'failed', exitCode: 7, confinement: { by: 'box' } });
    expect(said).toBe(`Sing.${tree}\ntmp\n`);
    expect(readFileSync(join(tree, 'song.txt'), 'utf8')).toBe('la\n');
  });

  test('commits, amends, merges, picks and rebases in its worktree, and leaves no operation unfinished', async () => {
    sandbox.git(repo, 'pack-refs', '--all');
    const { view, said } = await play(`exec 2>&1; set -x; export GIT_EDITOR=true
      for n in 1 2 3; do echo $n > $n.txt; git add . && git commit -qm c$n || exit 10; done
      git checkout -q --detach HEAD~2; echo other > 2.txt; git add .; git commit -qm other; other=$(git rev-parse HEAD)
      git checkout -q codex-agent/song || exit 11
      git rebase $other && exit 12; echo both > 2.txt; git add .; git rebase --continue || exit 13
      git cherry-pick $other && exit 14; git cherry-pick --abort || exit 15
      git commit -q --amend -m amended || exit 16
      git checkout -q --detach HEAD~1; echo third > 3.txt; git add .; git commit -qm third; third=$(git rev-parse HEAD)
      git checkout -q codex-agent/song; git merge $third && exit 17; echo all > 3.txt; git add .; git commit -qm merged || exit 18
      git reset -q --hard HEAD~1 || exit 19; git status --porcelain=v2 --branch; ls $(git rev-parse --git-dir)`);
    expect({ said, exitCode: view.exitCode }).toMatchObject({ exitCode: 0 });
    expect(said).not.toMatch(/packed-refs.lock|Read-only/);
    expect(said.split('\n').filter((line) => /_HEAD$|^rebase/.test(line))).toEqual(['ORIG_HEAD']);
    expect(sandbox.git(repo, 'log', '--format=%s', 'codex-agent/song').split('\n').slice(0, 2)).toEqual([
      'amended',
      'c2',
    ]);
    expect(sandbox.git(repo, 'fsck', '--no-dangling')).toBe('');
  });

  test('has a stash of its own, beside that of the person', async () => {
    sandbox.write(repo, { 'README.md': 'of the person\n' });
    sandbox.git(repo, 'stash', '-q');
    const theirs = sandbox.git(repo, 'stash', 'list', '--format=%H');
    const { view, said, session, intent } = await play(`exec 2>&1; git stash list
      echo one > README.md; git stash -q || exit 10; cat README.md; git stash pop -q || exit 11; cat README.md
      git stash push -q -m first || exit 12; echo two > README.md; echo new > new.txt; git stash push -q -u -m second || exit 13
      git stash list; git stash drop -q || exit 14; echo three > README.md; git stash -q; git status --short; git log --format=%s -1 main`);
    expect({ said, exitCode: view.exitCode }).toMatchObject({ exitCode: 0 });
    expect(said).toMatch(/one\nstash@\{0\}: On codex-agent\/song: second\nstash@\{1\}: .*first\nFirst\n$/);
    expect(sandbox.git(repo, 'stash', 'list', '--format=%H')).toBe(theirs);
    const left = stashesOf(session.paths, intent.runId);
    expect(left.map((id) => sandbox.git(repo, 'show', `${id}:README.md`))).toEqual(['one', 'three']);
  });

  test('cannot move a branch that is packed', async () => {
    sandbox.git(repo, 'pack-refs', '--all');
    const before = sandbox.git(repo, 'for-each-ref');
    const { said } =
      await play(`git rev-parse -q --verify codex-agent/other; new=$(git commit-tree -m z HEAD^{tree})
      for ref in main codex-agent/other; do git update-ref refs/heads/$ref $new 2>/dev/null && echo moved $ref; done`);
    expect(said).toBe(`${sandbox.git(repo, 'rev-parse', 'main')}\n`);
    expect(sandbox.git(repo, 'for-each-ref')).toBe(before);
  });

  test('sees what is packed and moved outside while it works', async () => {
    const run = await start(`touch began; until [ -e go ]; do sleep 0.02; done
      git log --format=%s -1 main; git rev-parse -q --verify codex-agent/song && echo x > x && git add x && git commit -qm x`);
    await until(() => existsSync(join(tree, 'began')));
    sandbox.commit(repo, { 'new.txt': 'n' }, 'Moved main');
    sandbox.git(repo, 'gc', '-q', '--prune=now');
    writeFileSync(join(tree, 'go'), '');
    await until(async () => (await inspectRun(run.session.paths, run.intent.runId)).status);
    expect(run.read('transcript.log')).toMatch(/^Moved main\n/);
    expect(sandbox.git(repo, 'log', '--format=%s', 'codex-agent/song').split('\n')).toEqual(['x', 'First']);
  });

  test('cannot change the rest of the repository', async () => {
    sandbox.git(repo, 'repack', '-adq');
    const before = sandbox.git(repo, 'for-each-ref');
    const { said } = await play(`exec 2>&1
      for command in "git tag x" "git config a.b c" "git update-ref refs/heads/main HEAD" "git branch y" \\
        "git update-ref refs/heads/codex-agent/other $(git commit-tree -m z HEAD^{tree})" "git branch -D codex-agent/other" \\
        "rm -rf $REPO/.git/objects/pack" "rm $REPO/.git/hooks" "touch $REPO/.git/hooks/pre-commit" "rm .git" \\
        "touch $REPO/README.md" "rm -rf $REPO/.git/worktrees/song/commondir" "git worktree remove --force $REPO"
      do $command >/dev/null 2>&1 && echo "$command: done"; done
      echo '[core]' > $REPO/.git/commondir; echo '[core]' > $REPO/.git/config.worktree; mkdir $REPO/.git/new; rm $REPO/.git/config`);
    expect(said.replace(/^.*(cannot create|can't create|Read-only).*\n/gm, '')).toBe('');
    expect(sandbox.git(repo, 'for-each-ref')).toBe(before);
    expect(sandbox.git(repo, 'status', '--porcelain')).toBe('');
    const top = readdirSync(join(repo, '.git'));
    expect(
      top.filter((name) => ['commondir', 'config.worktree', 'new', 'packed-refs.1'].includes(name)),
    ).toEqual([]);
    expect(sandbox.git(repo, 'fsck', '--no-dangling')).toBe('');
  });

  test('finds no secrets in the home, tools to read, caches to write, and what is new goes with the run', async () => {
    sandbox.write(home, {
      '.ssh/id': 'KEY',
      'dotfiles/aws/credentials': 'KEY',
      '.npmrc': 'registry=http://registry.example/\n//registry.example/:_authToken=KEY\n_password = KEY\n',
      'config/gh/hosts.yml': 'KEY',
      'config/git/config': '[alias]\n\tx = status\n',
      'config/git/credentials': 'KEY',
      '.cargo/bin/tool': 'tool',
      '.cargo/registry/index': 'i',
      '.cargo/credentials.toml': 'KEY',
      '.claude/settings.json': 'KEY',
      'cache/pip/x': 'x',
    });
    symlinkSync('dotfiles/aws', join(home, '.aws'));
    const { said } = await play(`exec 2>&1; cd "$HOME"
      find -L . -type f -exec grep -l KEY {} + ; cat .npmrc .cargo/bin/tool; git x >/dev/null
      echo new > .cargo/bin/tool; echo new > .gitconfig2; echo new > config/git/config; echo new > cache/other
      echo new > .cargo/registry/index; echo new > cache/pip/y; ls -a; ls state/codex-agents data 2>&1 | head -3`);
    expect(said).not.toMatch(/KEY|\.ssh|\.claude/);
    expect(said).toContain('registry=http://registry.example/\ntool');
    expect(readFileSync(join(home, '.cargo/bin/tool'), 'utf8')).toBe('tool');
    expect(readFileSync(join(home, '.cargo/registry/index'), 'utf8')).toBe('new\n');
    expect(readFileSync(join(home, 'cache/pip/y'), 'utf8')).toBe('new\n');
    expect([existsSync(join(home, '.gitconfig2')), existsSync(join(home, 'cache/other'))]).toEqual([
      false,
      false,
    ]);
  });

  test('reaches neither its record nor the registry, by which it is judged', async () => {
    const { view, said, session } = await play(`exec 2>/dev/null
      echo '{"rc":0}' > $CODEX_AGENTS_RUN_DIR/exit.json; rm $CODEX_AGENTS_RUN_DIR/transcript.log
      echo '{}' > $CODEX_AGENTS_RUN_DIR/outcome.json; cat $HOME/data/codex-agents/tasks.json; kill -9 $PPID; exit 3`);
    expect(view).toMatchObject({ status: 'failed', exitCode: 3 });
    expect(said).toBe('');
    expect(existsSync(session.paths.registryFile)).toBe(true);
  });

  test('that may only read changes nothing in its worktree, and is not looked at after its run', async () => {
    const { view, intent } = await play('touch x || exit 4', {}, { sandbox: 'read-only' });
    expect(view.exitCode).toBe(4);
    expect(intent.confined).toBe(true);
  });

  test('hears that it is to end, and takes with it what it left behind', async () => {
    const run =
      await start(`trap 'echo heard; exit 5' INT; setsid env -i sleep 119 & setsid sleep 119 & touch began
      while :; do sleep 0.02; done`);
    await until(() => existsSync(join(tree, 'began')));
    const { pid } = JSON.parse(run.read('pid.json'));
    await stopRun(run.session.paths, run.intent.runId, 'interrupt');
    const view = await inspectRun(run.session.paths, run.intent.runId);
    expect(view).toMatchObject({ status: 'interrupted', exitCode: 5 });
    expect(run.read('transcript.log')).toBe('heard\n');
    expect(isAlive(pid)).toBe(false);
    expect(sleepers()).toEqual([]);
  });

  test('gets more, or less, where the person says so', async () => {
    sandbox.write(home, { '.ssh/id': 'KEY\n', 'notes/private': 'P' });
    mkdirSync(join(sandbox.root, 'out'));
    const { said } = await play('cat ~/.ssh/id; cat ~/notes/private; echo told > $OUT/x; cat < /dev/tcp/x', {
      sandbox: {
        ...defaultConfig.sandbox,
        read: ['~/.ssh'],
        hide: ['notes'],
        write: [join(sandbox.root, 'out')],
      },
    });
    expect(said).toContain('KEY\n');
    expect(said).not.toMatch(/^P$/m);
    expect(readFileSync(join(sandbox.root, 'out', 'x'), 'utf8')).toBe('told\n');
  });

  test('has no network where that is set', async () => {
    const { said } = await play('cat /proc/net/dev | wc -l', {
      sandbox: { ...defaultConfig.sandbox, network: false },
    });
    // Two lines of head, and the device of a machine's own.
    expect(said.trim()).toBe('3');
  });
});

describe('what holds an agent in', () => {
  const held = (config: ConfigOverrides, name: string, env = here, agent: Partial<Agent> = {}) =>
    confinementOf(
      { ...defaultConfig, ...config } as typeof defaultConfig,
      runnerFor(name),
      { ...developer, ...agent },
      env,
      { cwd: '/srv/repo', kept: ['/srv/repo'] },
    );
  const nowhere = { PATH: '/nowhere' };

  test('is the sandbox of a program that has one, and nothing with full access', async () => {
    expect(await held({}, 'codex', nowhere)).toEqual({ by: 'runner' });
    expect(await held({}, 'claude', here, { sandbox: 'full' })).toMatchObject({ by: 'none', why: /./ });
  });

  test('is named where it cannot be, and demanded where it must', async () => {
    expect(await held({}, 'claude', nowhere)).toEqual({ by: 'none', why: 'bubblewrap is not installed' });
    const sandboxOn = { ...defaultConfig.sandbox, mode: 'on' as const };
    await expect(held({ sandbox: sandboxOn }, 'claude', nowhere)).rejects.toMatchObject({
      code: 'no-sandbox',
    });
  });

  test('is a matter of each runner too', async () => {
    const runner = {
      ...defaultConfig.runner,
      claude: { ...defaultConfig.runner.claude, sandbox: 'off' as const },
    };
    expect(await held({ runner }, 'claude')).toMatchObject({ by: 'none' });
    if (able) expect(await held({ runner }, 'gemini')).toEqual({ by: 'box' });
  });
});

/** Processes of the test's agents that outlived them. */
function sleepers(): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'latin1') === 'sleep\x00119\x00' && isAlive(Number(pid));
    } catch {
      return false;
    }
  });
}
