import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  executorOf,
  hasRun,
  inspectRun,
  listRuns,
  reportRun,
} from '../../../../src/services/agents/runs/index.js';
import { agentProgram, makeRuns, type Runs } from '../../../support/runs.js';

let runs: Runs;
beforeEach(() => {
  runs = makeRuns();
});
afterEach(() => runs.cleanup());

describe('the record of a run without a sandbox', () => {
  const forge = (body: string) => runs.start('a-1', ['sh', '-c', `cd "$CODEX_AGENTS_RUN_DIR"; ${body}`]);

  test('is not what the agent wrote for it', async () => {
    await forge(`echo '{"rc":0}' > exit.json
      echo '{"version":3,"view":{"runId":"a-1","status":"completed","phase":"exited"}}' > outcome.json; exit 7`);
    expect(await runs.over('a-1')).toMatchObject({ status: 'failed', exitCode: 7 });
  });

  test('that lacks its supervisor’s own word is no success, and says why', async () => {
    await forge(`echo '{"rc":0,"word":"guessed"}' > exit.json; kill -9 $PPID; exit 0`);
    const view = await runs.over('a-1');
    expect(view).toMatchObject({ status: 'crashed', error: { code: 'protocol' } });
    expect(view.error?.message).toContain('not written by its supervisor');
  });

  test('is judged also where the agent wrote junk into it', async () => {
    await forge(
      `sleep 0.3; for f in usage.json stop.json exit.json outcome.json seen.json; do echo junk > $f; done; exit 7`,
    );
    expect(await runs.over('a-1')).toMatchObject({ status: 'failed', exitCode: 7 });
  });

  const rewrites = [
    ['claim', `sed -i 's/,"seal":"[0-9a-f]*"//' claim.json; echo '{"rc":0}' > exit.json`],
    [
      'claim',
      `s=$(printf abc | sha256sum | cut -c1-64); sed -i 's/"seal":"[0-9a-f]*"/"seal":"'$s'"/' claim.json
      echo '{"rc":0,"word":"abc"}' > exit.json`,
    ],
    ['intent', `sed -i 's/"command"/"codex"/' intent.json`],
  ];
  test.each(rewrites)('tells that the agent wrote another %s: %s', async (file, deed) => {
    await forge(`kill -9 $PPID; ${deed}
      echo '{"version":3,"view":{"runId":"a-1","status":"completed","phase":"exited"}}' > outcome.json; exit 7`);
    const view = await runs.over('a-1');
    expect(view).toMatchObject({ status: 'crashed', error: { code: 'protocol' } });
    expect(view.error?.message).toContain(`${file}.json was changed while it ran`);
  });

  test('blames nobody where another process wrote the record of the same start a moment later', async () => {
    await forge(`sed -i 's/"at": "[^"]*"/"at": "2031-01-01T00:00:00.000Z"/' intent.json`);
    expect(await runs.over('a-1')).toMatchObject({ status: 'completed' });
  });

  test.each([
    'rm transcript.log; ln -s /etc/passwd transcript.log',
    'rm transcript.log; echo done > transcript.log',
  ])('tells that the transcript was replaced: %s', async (deed) => {
    await forge(deed);
    const view = await runs.over('a-1');
    expect(view).toMatchObject({ status: 'crashed', error: { code: 'protocol' } });
    expect(JSON.stringify(await reportRun(runs.paths, 'a-1'))).not.toContain('root:');
  });
});

describe('a run', () => {
  test('gets its prompt, works in its worktree, and leaves exit code and every byte', async () => {
    await runs.start('a-1', [agentProgram('greet'), '3'], { stdin: 'tune the guitar' });
    const view = await runs.over('a-1');
    expect(view).toMatchObject({
      phase: 'exited',
      status: 'failed',
      exitCode: 3,
      runner: 'command',
      task: 'song',
    });
    expect(runs.read('a-1', 'transcript.log')).toBe(`working in ${runs.cwd}\ntold: tune the guitar\n`);
    expect(runs.read('a-1', 'stderr.log')).toBe('a warning\n');
    expect(view.lastLine).toBe('told: tune the guitar');
  });

  test('that ends with 0 is completed', async () => {
    await runs.start('a-1', [agentProgram('greet'), '0']);
    expect(await runs.over('a-1')).toMatchObject({ phase: 'exited', status: 'completed', exitCode: 0 });
    // The judgement is kept, and a second look gives the same.
    expect(existsSync(join(runs.folder('a-1'), 'outcome.json'))).toBe(true);
    expect(await inspectRun(runs.paths, 'a-1')).toMatchObject({ status: 'completed', exitCode: 0 });
    expect((await reportRun(runs.paths, 'a-1')).events).toHaveLength(2);
  });

  test('that is killed by a signal has crashed', async () => {
    await runs.start('a-1', ['sh', '-c', 'kill -9 $$']);
    expect(await runs.over('a-1')).toMatchObject({
      status: 'crashed',
      exitCode: 137,
      error: { code: 'killed' },
    });
  });

  test('whose program is missing says so', async () => {
    await runs.start('a-1', ['no-such-guitar'], { runner: 'codex' });
    const view = await runs.over('a-1');
    expect(view).toMatchObject({ status: 'failed', exitCode: 127, error: { code: 'not_installed' } });
    expect(view.error?.message).toContain('no-such-guitar');
  });

  test('sees the exact environment: allow-list, what it may have, what it was given, and its cookie', async () => {
    const env = {
      ...runs.env,
      LANG: 'C.UTF-8',
      XDG_CACHE_HOME: '/tmp/cache',
      SECRET_TOKEN: 's',
      ALLOWED: 'yes',
      NODE_OPTIONS: '--require /tmp/evil.js',
      LD_PRELOAD: '/tmp/evil.so',
      GIT_DIR: '/elsewhere',
      BASH_ENV: '/tmp/evil',
    };
    const intent = runs.intend('a-1', [process.execPath, '-e', 'console.log(JSON.stringify(process.env))'], {
      env: { GIVEN: '1', GIT_INDEX_FILE: 'x' },
      envAllow: ['ALLOWED', 'NODE_OPTIONS', 'GIT_DIR', 'MISSING'],
    });
    await executorOf(runs.paths).launch(intent, '', env);
    await runs.over('a-1');
    const { OLDPWD: _shell, _: __, SHLVL: ___, ...seen } = JSON.parse(runs.read('a-1', 'transcript.log'));
    expect(seen).toEqual({
      PATH: process.env.PATH,
      HOME: runs.root,
      LANG: 'C.UTF-8',
      XDG_CACHE_HOME: '/tmp/cache',
      ALLOWED: 'yes',
      GIVEN: '1',
      PWD: runs.cwd,
      CODEX_AGENTS_RUN_ID: 'a-1',
      CODEX_AGENTS_RUN_DIR: runs.folder('a-1'),
    });
  });

  test("sees the person's git as the terminal sets it up, but no password, and commits under its own mark", async () => {
    const settings = [
      ['alias.hi', '!echo hi'],
      ['http.extraHeader', 'Authorization: secret'],
      ['url.https://user:secret@example.com/.insteadOf', 'x:'],
    ];
    const env = {
      ...runs.env,
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_COMMITTER_EMAIL: 'person@example.com',
      GIT_CONFIG_COUNT: String(settings.length),
      ...Object.fromEntries(
        settings.flatMap(([key, value], at) => [
          [`GIT_CONFIG_KEY_${at}`, key],
          [`GIT_CONFIG_VALUE_${at}`, value],
        ]),
      ),
    };
    const intent = runs.intend('a-1', ['sh', '-c', 'git hi; env | grep ^GIT_'], {
      commonDir: join(runs.cwd, '.git'),
    });
    await executorOf(runs.paths).launch(intent, '', env);
    await runs.over('a-1');
    const said = runs.read('a-1', 'transcript.log');
    expect(said).toMatch(/^hi\n/);
    expect(said).toMatch(/GIT_CONFIG_GLOBAL=\/dev\/null/);
    expect(said).toMatch(/includeIf\.gitdir:/);
    expect(said).not.toMatch(/secret|COMMITTER|GIT_CONFIG_(COUNT|KEY|VALUE)/);
  });

  test('keeps its files to their owner, whatever the umask', async () => {
    const before = process.umask(0);
    try {
      await runs.start('a-1', ['sh', '-c', 'umask; echo hi >&2']);
      await runs.over('a-1');
    } finally {
      process.umask(before);
    }
    expect(statSync(runs.folder('a-1')).mode & 0o777).toBe(0o700);
    const written = [
      'stdin',
      'claim.json',
      'pid.json',
      'transcript.log',
      'stderr.log',
      'exit.json',
      'shim.err',
    ];
    for (const name of written) {
      expect([name, statSync(join(runs.folder('a-1'), name)).mode & 0o077]).toEqual([name, 0]);
    }
    // The agent itself has the umask of the person.
    expect(runs.read('a-1', 'transcript.log').trim()).toMatch(/^0+$/);
    expect(readdirSync(runs.folder('a-1')).filter((name) => /\.t$|claim\.\d|tmp/.test(name))).toEqual([]);
  });

  test('starts once, however many launch it at the same time', async () => {
    const marks = join(runs.root, 'marks');
    const intent = runs.intend('a-1', [agentProgram('count'), '3', '0', marks]);
    await Promise.all(Array.from({ length: 8 }, () => executorOf(runs.paths).launch(intent, '', runs.env)));
    await runs.over('a-1');
    await executorOf(runs.paths).launch(intent, '', runs.env);
    expect(readFileSync(marks, 'utf8')).toBe('start\n');
    expect(runs.read('a-1', 'transcript.log')).toBe('line 1\nline 2\nline 3\n');
  });

  test('whose worktree is gone is refused, and can be launched later', async () => {
    const launch = runs.start('a-1', ['true'], { cwd: join(runs.root, 'nowhere') });
    await expect(launch).rejects.toMatchObject({ code: 'launch-failed' });
    expect((await inspectRun(runs.paths, 'a-1')).phase).toBe('not-launched');
    await runs.start('a-1', ['true']);
    expect((await runs.over('a-1')).status).toBe('completed');
  });

  test('needs a shell and setsid; without them the reason is told', async () => {
    const intent = runs.intend('a-1', ['true']);
    const bare = { ...runs.env, PATH: '/nowhere' };
    await expect(executorOf(runs.paths).launch(intent, '', bare)).rejects.toMatchObject({
      code: 'launch-failed',
    });
  });
});

test('runs are listed by repository, newest first; other folders are left alone', async () => {
  runs.intend('a-1', ['true'], { at: '2026-01-01T00:00:00Z' });
  runs.intend('b-1', ['true'], { at: '2026-01-03T00:00:00Z' });
  runs.intend('c-1', ['true'], { repo: 'other', at: '2026-01-02T00:00:00Z' });
  writeFileSync(join(runs.paths.runsDir, 'stray'), '');
  expect((await listRuns(runs.paths)).map((run) => run.runId)).toEqual(['b-1', 'c-1', 'a-1']);
  expect((await listRuns(runs.paths, { repo: 'r' })).map((run) => run.runId)).toEqual(['b-1', 'a-1']);
  expect(await listRuns({ runsDir: join(runs.root, 'none') })).toEqual([]);
});

test('an id that could lead elsewhere is none', async () => {
  for (const id of ['../x', '/etc', 'a/b', '']) {
    expect(await hasRun(runs.paths, id)).toBe(false);
    await expect(inspectRun(runs.paths, id)).rejects.toMatchObject({ code: 'bad-run-id' });
  }
  await expect(inspectRun(runs.paths, 'a-1')).rejects.toMatchObject({ code: 'run-not-found' });
});
