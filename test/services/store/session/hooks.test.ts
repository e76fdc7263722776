/** The programs of `[hooks]`, really run. */
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { callPerson, openSession, runHooks } from '../../../../src/services/store/index.js';
import { until } from '../../../support/runs.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let box: Sandbox;
let repo: string;
const out = () => join(box.root, 'told');
beforeEach(() => {
  box = makeSandbox();
  repo = box.repo();
  box.write(box.root, {
    'hook.sh': `#!/bin/sh\n{ echo "$*"; cat; echo "key=\${OPENAI_API_KEY-none} display=$DISPLAY"; } > "${out()}"\n`,
    'fails.sh': '#!/bin/sh\nexit 3\n',
  });
  for (const name of ['hook.sh', 'fails.sh']) chmodSync(join(box.root, name), 0o755);
});
afterEach(() => box.cleanup());

const hook = (name = 'hook.sh', ...words: string[]) => [join(box.root, name), ...words];

test('a hook gets its words, JSON on standard input, and no secret', async () => {
  const session = await box.session(repo, {
    hooks: { on_run_end: [hook('hook.sh', '{task}', 'in', '{root}')] },
  });
  const env = { ...session.env, OPENAI_API_KEY: 'sk-secret', DISPLAY: ':7' };
  await runHooks({ ...session, env }, 'on_run_end', { task: 'fix-it', status: 'completed' });
  const [words, json, variables] = readFileSync(out(), 'utf8').trim().split('\n');
  expect(words).toBe(`fix-it in ${repo}`);
  expect(JSON.parse(json!)).toMatchObject({
    hook: 'on_run_end',
    repo: { root: repo },
    task: 'fix-it',
    status: 'completed',
  });
  expect(variables).toBe('key=none display=:7');
});

test('a person is called by a program of theirs, or by that of the desktop', async () => {
  const session = await box.session(repo);
  const call = { title: 'codex-agents r', text: 'Prune: wants to run: rm' };
  await callPerson(session, hook('hook.sh', '{title}', '{text}'), call);
  const [words, json] = readFileSync(out(), 'utf8').trim().split('\n');
  expect(words).toBe('codex-agents r Prune: wants to run: rm');
  expect(JSON.parse(json!)).toMatchObject({ repo: { root: repo }, ...call });
  await callPerson(session, hook('hook.sh', '{title} {other}', '{text}'), {
    title: 'r {text}',
    text: 'kill $$ $&',
  });
  expect(readFileSync(out(), 'utf8')).toMatch(/^r \{text\} \{other\} kill \$\$ \$&\n/);
  box.write(box.root, { 'bin/notify-send': `#!/bin/sh\necho "$*" > "${out()}"\n` });
  chmodSync(join(box.root, 'bin/notify-send'), 0o755);
  await callPerson(
    { ...session, env: { ...session.env, PATH: `${box.root}/bin:${session.env.PATH}` } },
    'desktop',
    call,
  );
  expect(readFileSync(out(), 'utf8')).toBe(
    '--app-name=codex-agents -- codex-agents r Prune: wants to run: rm\n',
  );
  await callPerson(session, hook('fails.sh'), call);
  const [warning] = session.events.flatMap((event) => (event.type === 'noted' ? event.message : []));
  expect(warning).toMatch(/^ui\.notifications: .*fails\.sh ended with exit code 3\.$/);
});

test('one that fails or does not exist is a warning, and the next one runs', async () => {
  const session = await box.session(repo, {
    hooks: { on_land: [hook('fails.sh'), hook('nowhere.sh'), hook()] },
  });
  await runHooks(session, 'on_land', { task: 'a' });
  const warnings = session.events.flatMap((event) => (event.type === 'noted' ? event.message : []));
  expect(warnings).toEqual([
    expect.stringMatching(/^hooks\.on_land: .*fails\.sh ended with exit code 3\.$/),
    expect.stringMatching(/^hooks\.on_land: .*nowhere\.sh could not be run: /),
  ]);
  expect(existsSync(out())).toBe(true);
});

test('a landing is told by the session that landed, and a refusal is not', async () => {
  const { paths, env } = await box.session(repo);
  box.write(paths.configDir, {
    'config.toml': `[hooks]\non_land = [${JSON.stringify(hook('hook.sh', '{task}'))}]\n`,
  });
  const session = await openSession({
    cwd: repo,
    paths,
    env,
    emit() {},
    signal: new AbortController().signal,
  });
  session.emit({
    type: 'task.landed',
    report: { task: 'b', status: 'not-landed', target: 'main', reason: 'no' },
  });
  session.emit({
    type: 'task.landed',
    report: { task: 'a', status: 'landed', target: 'main', commit: 'c0ffee' },
  });
  await until(() => existsSync(out()) && readFileSync(out(), 'utf8').includes('display='));
  expect(readFileSync(out(), 'utf8')).toMatch(/^a\n\{"hook":"on_land",.*"commit":"c0ffee","target":"main"\}/);
});

test('a repository that is not trusted runs no hook', async () => {
  const { paths, env } = await box.session(repo);
  box.write(repo, { '.codex-agent/config.toml': `[hooks]\non_land = [${JSON.stringify(hook())}]\n` });
  const session = await openSession({
    cwd: repo,
    paths,
    env,
    emit() {},
    signal: new AbortController().signal,
  });
  expect(session.loaded.trusted).toBe(false);
  await runHooks(session, 'on_land', { task: 'a' });
  expect(existsSync(out())).toBe(false);
});
