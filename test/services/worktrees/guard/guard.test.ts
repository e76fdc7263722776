import { existsSync, lstatSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { acceptTask, restoreTask } from '../../../../src/services/app/manager/settle.js';
import { requireTask, updateTask } from '../../../../src/services/store/tasks/index.js';
import {
  at,
  evil,
  files,
  guarded,
  repo,
  sandbox,
  session,
  waits,
  workOf,
} from '../../../support/guarded-task.js';

/** Keys of configuration by which git runs a program: in one run, each is found, and put back. */
const keys: [string, string, RegExp][] = [
  [
    'names a file monitor',
    'git config core.fsmonitor "$root/evil"',
    /core.fsmonitor is .*evil, and was unset/,
  ],
  ['names an ssh', 'git config core.sshCommand "ssh -i key"', /core.sshcommand/],
  ['makes an alias run a program', "git config alias.st '!evil'", /alias.st is !evil/],
  ['adds a helper for passwords', 'git config credential.helper store', /credential.helper/],
  ['adds a filter', 'git config filter.evil.clean evil', /filter.evil.clean/],
  ['includes a file', 'git config include.path ../evil', /include.path/],
  ['adds a textconv', 'git config diff.evil.textconv evil', /diff.evil.textconv/],
  ['names an editor', 'git config core.editor "$root/evil"', /core.editor/],
  ['names a folder for hooks elsewhere', 'git config core.hooksPath "$root/h"', /core.hookspath/],
];

/** What an agent without a sandbox does that a person has to look at, and what is then said of it. */
const deeds: [string, string, RegExp][] = [
  [
    'moves the target',
    `${evil}; git update-ref refs/heads/main $evil`,
    /main was moved .* by the agent's own git/,
  ],
  [
    'moves the target unseen by git',
    `${evil}; echo $evil >"$main/.git/refs/heads/main"`,
    /main was moved .* not by git/,
  ],
  [
    'moves the target, with what git noted of it gone',
    `${evil}; rm "$main/.git/logs/refs/heads/main"; echo $evil >"$main/.git/refs/heads/main"`,
    /main was moved .* not by git/,
  ],
  [
    'takes away the file by which git notes who moves what, then moves the target',
    `${evil}; rm "$(git rev-parse --git-dir)/codex-agent.gitconfig"; git update-ref refs/heads/main $evil`,
    /codex-agent\.gitconfig is gone/,
  ],
  [
    'names somebody else there',
    'printf "[committer]\\n\\temail = somebody@else\\n" >>"$(git rev-parse --git-dir)/codex-agent.gitconfig"; git branch -f codex-agent/other HEAD~1',
    /codex-agent\.gitconfig was changed/,
  ],
  [
    'hides its mark, then moves the target',
    `unset GIT_CONFIG_PARAMETERS; ${evil}; git update-ref -m "commit: fine" refs/heads/main $evil`,
    /main was moved .* not in the main worktree, which has it checked out/,
  ],
  [
    'hides its mark, then checks the target out by force',
    `unset GIT_CONFIG_PARAMETERS; ${evil}; b=$(git branch --show-current); git checkout -q --ignore-other-worktrees -B main $evil; git checkout -q "$b"`,
    /main was moved .* not in the main worktree, which has it checked out/,
  ],
  ['deletes the target', 'rm "$main/.git/refs/heads/main"', /main, which was at .* was deleted/],
  ['replaces what a commit holds', `${evil}; git replace HEAD $evil`, /refs\/replace\/\w+ was made/],
  [
    'names a folder for hooks that it filled',
    'mkdir "$main/h"; printf "#!/bin/sh\\nevil\\n" >"$main/h/pre-commit"; chmod +x "$main/h/pre-commit"; git config core.hooksPath h',
    /core.hookspath is h/,
  ],
  [
    'adds a hook',
    'printf "#!/bin/sh\\nevil\\n" >"$main/.git/hooks/pre-commit"; chmod +x "$main/.git/hooks/pre-commit"',
    /hooks\/pre-commit was made/,
  ],
  [
    'links a hook to its own worktree',
    'ln -s "$PWD/a.txt" "$main/.git/hooks/post-merge"',
    /hooks\/post-merge was made and is a link/,
  ],
  [
    'makes a hook of another file of the repository',
    'cp b.txt "$main/.git/hooks/post-merge"; chmod +x "$main/.git/hooks/post-merge"',
    /hooks\/post-merge was made/,
  ],
  ['takes away a hook', 'rm "$main/.git/hooks/commit-msg"', /hooks\/commit-msg is gone/],
  ['switches a hook off', 'chmod -x "$main/.git/hooks/commit-msg"', /hooks\/commit-msg was changed/],
  [
    'links the hooks elsewhere',
    'mv "$main/.git/hooks" "$root/h"; ln -s "$root/h" "$main/.git/hooks"',
    /hooks was changed and is a link/,
  ],
  [
    'links attributes',
    'rm -f "$main/.git/info/attributes"; ln -s /etc/passwd "$main/.git/info/attributes"',
    /info\/attributes was made/,
  ],
  ['borrows objects', 'echo "$root/o" >"$main/.git/objects/info/alternates"', /alternates was made/],
  ['cuts history off', 'git rev-parse HEAD >"$main/.git/shallow"', /shallow was made/],
  ['breaks the configuration', 'echo "[broken" >"$main/.git/config"', /\.git\/config was changed/],
  [
    'links the configuration',
    'ln -sf /dev/null "$main/.git/config"',
    /\.git\/config was changed and is a link/,
  ],
  ['leads the repository elsewhere', 'echo /tmp >"$main/.git/commondir"', /commondir was made/],
  [
    'leads its worktree elsewhere',
    'd=$(git rev-parse --git-dir); echo /tmp >"$d/commondir"',
    /commondir leads git elsewhere/,
  ],
  ['makes its worktree a repository of its own', 'rm .git; git init -q .', /song\/.git leads git elsewhere/],
  [
    'throws away edits of the checkout',
    'cd "$main"; git reset -q --hard',
    /a.txt of the main worktree has lost its uncommitted changes/,
  ],
  [
    'commits in the checkout',
    'cd "$main"; echo x >x.txt; git add x.txt; git commit -qm sneaky',
    /main was moved .* by the agent's own git/,
  ],
  [
    'switches the checkout',
    'cd "$main"; git switch -q side',
    /worked in the main worktree .* It has side checked out/,
  ],
  [
    "moves another task's branch",
    'git branch -f codex-agent/other HEAD~1',
    /codex-agent\/other was moved .* the branch of the task other/,
  ],
  [
    "deletes another task's branch",
    'git branch -qD codex-agent/other',
    /codex-agent\/other, .* deleted: the branch of the task other/,
  ],
];

describe('an agent without a sandbox', () => {
  beforeEach(async () => {
    writeFileSync(join(repo, '.git/hooks/commit-msg'), '#!/bin/sh\nexec true "$1"\n', { mode: 0o755 });
    sandbox.commit(repo, { 'b.txt': 'b\n' });
    sandbox.git(repo, 'branch', 'side');
    sandbox.git(repo, 'branch', 'codex-agent/other');
    await sandbox.task(session, 'other', { status: 'done' });
    writeFileSync(join(repo, 'a.txt'), 'a\nof the person\n');
  });

  test.each(deeds)('%s: the task waits, and both commands settle it', async (_, deed, found) => {
    const task = await guarded.agent(`echo work >work.txt\n${deed}`);
    const before = whole();
    const held = await guarded.play(task);
    expect(held).toMatchObject(waits(found));
    const changed = whole();

    expect((await acceptTask(session, 'song', { dryRun: true })).changes[0]?.text).toMatch(found);
    expect((await requireTask(session, 'song')).status).toBe('needs-input');
    const restored = await restoreTask(session, 'song');
    expect(restored.changes.filter(({ done }) => !done)).toEqual([]);
    expect(restored.status).toBe('done');
    expect(whole()).toEqual(before);
    expect(workOf(task)).toBe('work');
    expect(changed).not.toEqual(before);
  });

  test('makes the target another name of a branch: one command puts it back, with no file touched', async () => {
    const task = await guarded.agent(
      'echo work >work.txt; git branch evil HEAD~1; git symbolic-ref refs/heads/main refs/heads/evil',
    );
    const [before, text] = [at('main'), files('a.txt')];
    expect(await guarded.play(task)).toMatchObject(waits(/main was moved from \w+ to → refs\/heads\/evil/));
    expect((await restoreTask(session, 'song')).status).toBe('done');
    expect([at('main'), files('a.txt'), files('.git/HEAD')]).toEqual([
      before,
      text,
      'ref: refs/heads/main\n',
    ]);
    expect(() => sandbox.git(repo, 'symbolic-ref', '-q', 'refs/heads/main')).toThrow();
    expect(at('evil')).not.toBe(before);
  });

  test('renames the target: the task waits, and one command brings the name back', async () => {
    const held = await guarded.play(await guarded.agent('echo work >work.txt; git branch -m main trunk'));
    expect(held).toMatchObject(waits(/main was renamed to trunk by the agent's own git/));
    const restored = await restoreTask(session, 'song');
    expect(restored.status).toBe('done');
    expect(sandbox.git(repo, 'rev-parse', 'main')).toBe(sandbox.git(repo, 'rev-parse', 'trunk'));
  });

  test('sets keys that run programs: each is found, and one command puts all of them back', async () => {
    const task = await guarded.agent(`echo work >work.txt\n${keys.map(([, deed]) => deed).join('\n')}`);
    const before = whole();
    const { guard } = await guarded.play(task);
    const texts = guard?.found?.map(({ text }) => text) ?? [];
    for (const [what, , found] of keys)
      expect([what, texts]).toEqual([what, expect.arrayContaining([expect.stringMatching(found)])]);
    expect(texts).toHaveLength(keys.length);
    const restored = await restoreTask(session, 'song');
    expect(restored).toMatchObject({ status: 'done', changes: keys.map(() => ({ done: true })) });
    expect(whole()).toEqual(before);
  });

  /** Everything the deeds touch. */
  function whole(): Record<string, unknown> {
    const record = join(repo, '.git/worktrees/song');
    const read = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined);
    const tree = join(sandbox.root, 'repo.worktrees/song/.git');
    return {
      state: refsWithoutGit(),
      config: read(join(repo, '.git/config')),
      isLink: lstatSync(join(repo, '.git/hooks')).isSymbolicLink(),
      hooks: readdirSync(join(repo, '.git/hooks')).filter((name) => !name.endsWith('.sample')),
      hook: [read(join(repo, '.git/hooks/commit-msg')), modeOf('.git/hooks/commit-msg')],
      info: readdirSync(join(repo, '.git/info')),
      alternates: read(join(repo, '.git/objects/info/alternates')),
      shallow: read(join(repo, '.git/shallow')),
      commondir: [read(join(repo, '.git/commondir')), read(join(record, 'commondir')) ?? '../..\n'],
      git: existsSync(tree) ? readFileSyncOr(tree) : `gitdir: ${record}\n`,
      edits: files('a.txt'),
      head: files('.git/HEAD'),
    };
  }
  const modeOf = (path: string) => statSync(join(repo, path), { throwIfNoEntry: false })?.mode;
  const readFileSyncOr = (path: string) => {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return 'a folder';
    }
  };
  const refsWithoutGit = () => {
    try {
      const refs = sandbox.git(repo, 'for-each-ref', '--format=%(refname) %(objectname)');
      return refs.split('\n').filter((line) => !/codex-agent\/song|refs\/codex-agents/.test(line));
    } catch {
      return 'unreadable';
    }
  };

  test('what is accepted stays, and the work goes on to landing', async () => {
    const task = await guarded.agent('echo work >work.txt; git config core.sshCommand "ssh -i key"');
    await guarded.play(task);
    expect(await acceptTask(session, 'song')).toMatchObject({ status: 'done', changes: [{ done: true }] });
    expect(sandbox.git(repo, 'config', 'core.sshCommand')).toBe('ssh -i key');
    expect((await requireTask(session, 'song')).problem).toBeUndefined();
    await expect(acceptTask(session, 'song')).rejects.toMatchObject({ code: 'nothing-found' });
  });

  test('what the person did on top is not undone, and still waits for a word', async () => {
    const task = await guarded.agent(`echo work >work.txt; ${evil}; git update-ref refs/heads/main $evil`);
    await guarded.play(task);
    sandbox.git(repo, 'reset', '-q', '--mixed');
    const mine = sandbox.commit(repo, { 'mine.txt': 'mine\n' });
    const { changes, status } = await restoreTask(session, 'song');
    expect([changes, status]).toEqual([[], 'needs-input']);
    expect(at('main')).toBe(mine);
    expect((await acceptTask(session, 'song')).status).toBe('done');
  });

  test('only the key that was planted is put back, beside what the person changed since', async () => {
    const task = await guarded.agent("echo work >work.txt; git config alias.st '!evil'");
    await guarded.play(task);
    sandbox.git(repo, 'config', 'user.email', 'me@x');
    expect((await restoreTask(session, 'song')).status).toBe('done');
    expect(sandbox.git(repo, 'config', 'user.email')).toBe('me@x');
    expect(() => sandbox.git(repo, 'config', 'alias.st')).toThrow();
  });

  test('has its mark from the repository itself: a sandbox may hide every other folder from it', async () => {
    const task = await guarded.agent('git config --show-origin committer.email >work.txt');
    await guarded.play(task);
    const [run] = (await requireTask(session, 'song')).runIds;
    const origin = join(repo, '.git/worktrees/song/codex-agent.gitconfig');
    expect(workOf(task)).toBe(`file:${origin}\t${run}@runs.codex-agent.invalid`);
  });

  test('an attempt again does not make anyone forget what waits', async () => {
    const task = await guarded.agent("echo work >work.txt; git config alias.st '!evil'");
    await guarded.play(task);
    const launch = { land: false, at: new Date().toISOString() };
    await updateTask(session, 'song', (fresh) => ({ ...fresh, status: 'ready', problem: undefined, launch }));
    expect(await guarded.play(task)).toMatchObject(waits(/alias.st/));
    expect((await restoreTask(session, 'song')).status).toBe('done');
  });
});

describe('what was noted', () => {
  const note = () => join(session.paths.stateDir, 'guard');

  test.each([
    ['takes it away', (path: string) => `rm -f '${path}'/*`],
    ['puts pipes in its place', (path: string) => `for f in '${path}'/*; do rm "$f"; mkfifo "$f"; done`],
    ['changes it', (path: string) => `for f in '${path}'/*; do sed -i s/a/b/ "$f"; done`],
  ])('an agent that %s is told, with what makes git run programs now', async (_, deed) => {
    const task = await guarded.agent(`echo work >work.txt; git config core.fsmonitor evil; ${deed(note())}`);
    expect(await guarded.play(task)).toMatchObject(waits(/gone or was changed.*core.fsmonitor is evil/));
    expect((await restoreTask(session, 'song')).status).toBe('needs-input');
    expect((await acceptTask(session, 'song')).status).toBe('done');
  });

  test('goes with the folder of its run', async () => {
    const task = await guarded.agent('echo work >work.txt');
    const { runIds } = await guarded.play(task);
    expect(readdirSync(note())).toEqual([`${runIds[0]}.json`]);
    rmSync(join(session.paths.runsDir, runIds[0]!), { recursive: true });
    const next = await guarded.play(await guarded.agent('echo next >next.txt', 'next'));
    expect(readdirSync(note())).toEqual([`${next.runIds[0]}.json`]);
  });
});
