import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { defaultConfig, userOnlyKeys } from '../../../../src/domain/store/config.js';
import { taskVariables } from '../../../../src/domain/worktrees/variables.js';
import {
  configFiles,
  getKey,
  loadConfig,
  validateFiles,
} from '../../../../src/services/store/config/index.js';
import { trustRepository, trustState } from '../../../../src/services/store/trust/index.js';
import { type Folder, makeFolder } from '../../../support/folder.js';

let folder: Folder;
let root: string;
beforeEach(() => {
  folder = makeFolder();
  root = join(folder.path, 'repo');
  mkdirSync(root);
});
afterEach(() => folder.cleanup());

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
const user = (text: string) => write(configFiles(folder.paths).user, text);
const repository = (text: string) => write(configFiles(folder.paths, root).repository!, text);
const trust = async () => trustRepository(folder.paths, root, (await trustState(folder.paths, root)).hash);
const load = (env: NodeJS.ProcessEnv = {}, flags: Record<string, unknown> = {}) =>
  loadConfig({ paths: folder.paths, root, env, flags });

test('without files the defaults are in force', async () => {
  const { config, trusted, origins } = await load();
  expect({ config, trusted }).toEqual({ config: defaultConfig, trusted: true });
  expect(origins['run.max_parallel']).toEqual({ origin: 'default', where: 'default' });
});

test('each layer overrules the one before, key by key, and every value says where it came from', async () => {
  user('[run]\nmax_parallel = 4\ntotal_timeout = "4h"\nidle_timeout = "5m"\nkill_grace = "1s"\n');
  repository('[run]\nmax_parallel = 3\ntotal_timeout = "3h"\nidle_timeout = "3m"\n');
  await trust();
  const env = { CODEX_AGENT_RUN__MAX_PARALLEL: '5', CODEX_AGENT_RUN__TOTAL_TIMEOUT: '5h' };
  const { config, origins } = await load(env, { 'run.max_parallel': 7 });
  expect(config.run).toEqual({
    ...defaultConfig.run,
    max_parallel: 7,
    total_timeout: '5h',
    idle_timeout: '3m',
    kill_grace: '1s',
  });
  const files = configFiles(folder.paths, root);
  expect(origins).toMatchObject({
    'run.max_parallel': { origin: 'flag' },
    'run.total_timeout': { origin: 'environment', where: 'CODEX_AGENT_RUN__TOTAL_TIMEOUT' },
    'run.idle_timeout': { origin: 'repository', where: files.repository },
    'run.kill_grace': { origin: 'user', where: files.user },
    'run.connect_timeout': { origin: 'default' },
  });
});

test('a list of a stronger layer replaces the weaker one', async () => {
  user('[worktree]\ninclude = ["a", "b"]\n');
  repository('[worktree]\ninclude = ["c"]\n');
  await trust();
  expect((await load()).config.worktree.include).toEqual(['c']);
});

test('checks, hooks and what is left out or hidden are those of the user and of the repository', async () => {
  const check = (name: string, run: string) => `[[validator.checks]]\nname = "${name}"\nrun = ["${run}"]\n`;
  const needing = `${check('y', 'y')}needs = ["x"]\n`;
  user(`[worktree]\nexclude = ["a"]\n[hooks]\non_land = [["mine"]]\n${check('x', 'x')}`);
  repository(
    `[worktree]\nexclude = ["a", "b"]\n[hooks]\non_land = []\non_limit = [["y"]]\n${needing}${check('x', 'true')}`,
  );
  await trust();
  const { config, warnings } = await load();
  expect(config.worktree.exclude).toEqual(['a', 'b']);
  expect(config.hooks).toMatchObject({ on_land: [['mine']], on_limit: [['y']] });
  expect(config.validator.checks.map(({ name, run }) => [name, ...run])).toEqual([
    ['x', 'x'],
    ['y', 'y'],
    ['x (repository)', 'true'],
  ]);
  expect(config.validator.checks[1]!.needs).toEqual(['x (repository)']);
  expect(warnings).toEqual([]);
});

test('who sets a policy or a budget means what belongs to it as well', async () => {
  user(
    '[manager]\nbudget_tokens = 1000\n[validator.policies.secrets]\nlevel = "fail"\n[prices.default]\ninput = 2\noutput = 4\n',
  );
  repository(
    '[manager]\nbudget_period = "1m"\n[validator.policies]\nsecrets.allow = ["**"]\nchanged_lines.max = 9000\n' +
      '[prices.m]\ninput = 0\ncached = 0\noutput = 9\n',
  );
  await trust();
  const { config, warnings } = await load();
  expect(config).toMatchObject({
    manager: { budget_period: '24h' },
    validator: { policies: { secrets: { level: 'fail', allow: [] }, changed_lines: { max: 9000 } } },
    prices: { m: { output: 9 } },
  });
  expect(warnings!.map((one) => /loosen (\S+)/.exec(one)?.[1])).toEqual([
    'manager.budget_period',
    'validator.policies.secrets.allow',
    'prices.m.input',
    'prices.m.cached',
  ]);
});

test('a policy that the user does not want is as the repository says, and what it made shorter is remembered', async () => {
  user('[run]\ntotal_timeout = "1h"\n[validator.policies.changed_lines]\nlevel = "off"\n');
  repository(
    '[run]\ntotal_timeout = "30m"\n[validator.policies.changed_lines]\nlevel = "fail"\nmax = 9000\n',
  );
  await trust();
  const { config, warnings, overruled } = await load();
  expect(config.validator.policies.changed_lines).toMatchObject({ level: 'fail', max: 9000 });
  expect([warnings, overruled]).toEqual([
    [],
    { 'run.total_timeout': '1h', 'validator.policies.changed_lines.level': 'off' },
  ]);
});

test('a program that the repository names runs in the sandbox that the user asked for', async () => {
  repository('[runner.command]\nargs = ["./agent.sh"]\n');
  await trust();
  expect((await load()).config.runner.command.sandbox).toBe('off');
  user('[sandbox]\nmode = "on"\n');
  expect((await load()).config.runner.command.sandbox).toBe('');
  user('[sandbox]\nmode = "on"\n[runner.command]\nargs = ["mine"]\n');
  expect((await load()).config.runner.command).toMatchObject({ args: ['mine'], sandbox: 'off' });
});

test('a policy keeps the parameters that a stronger layer does not name', async () => {
  user('[validator.policies.line_length]\nlevel = "warn"\n');
  const { config } = await load();
  expect(config.validator.policies.line_length).toEqual({ level: 'warn', max: 120 });
});

test('repository configuration is not read before it is trusted, however wrong it is', async () => {
  repository('[run]\nmax_parallel = 9\nthis is no TOML');
  const { config, trusted, trustHash } = await load();
  expect({ parallel: config.run.max_parallel, trusted }).toEqual({ parallel: 4, trusted: false });
  expect(trustHash).toBe((await trustState(folder.paths, root)).hash);
});

test('a repository may tighten what the user set, and not loosen it', async () => {
  user('[run]\nmax_parallel = 2\n[manager]\nbudget_tokens = 1000\nland = false\n');
  repository('[run]\nmax_parallel = 500\ntotal_timeout = "9h"\n[manager]\nbudget_tokens = 10\nland = true\n');
  await trust();
  const { config, origins, warnings } = await load();
  expect(config).toMatchObject({
    run: { max_parallel: 2, total_timeout: '9h' },
    manager: { budget_tokens: 10, land: false },
  });
  expect(origins['run.max_parallel']).toMatchObject({ origin: 'user' });
  expect(warnings).toEqual([
    expect.stringMatching(/would loosen run\.max_parallel to 500; yours holds: 2/),
    expect.stringMatching(/would loosen manager\.land to true; yours holds: false/),
  ]);
});

test('what only the user may set is ignored in a repository, and said', async () => {
  const values: Record<string, string> = {
    'runner.codex.path': '"/tmp/evil"',
    'run.agent_commits': 'true',
    'run.full_access': 'true',
    'run.approvals': '"always"',
    'sandbox.mode': '"off"',
    'sandbox.network': 'false',
    'git.filters': '{}',
    'git.hooks': '[]',
  };
  const lines = userOnlyKeys.map(
    (key) =>
      `${key} = ${values[key] ?? (/\.sandbox$/.test(key) ? '"off"' : /env|args|^worktree\.open|^sandbox\.(read|write)/.test(key) ? '["X"]' : '"x"')}`,
  );
  // api_key_env is text although its name says env.
  repository(lines.map((line) => line.replace('api_key_env = ["X"]', 'api_key_env = "x"')).join('\n'));
  await trust();
  const { config, warnings } = await load();
  expect(config).toEqual(defaultConfig);
  expect(warnings).toHaveLength(userOnlyKeys.length);
  expect(warnings![0]).toContain('which only your own configuration may set');
});

test('the command runner’s argv may come from a trusted repository', async () => {
  repository('[runner]\ndefault = "command"\n[runner.command]\nargs = ["./agent.sh"]\n');
  await trust();
  expect((await load()).config.runner).toMatchObject({
    default: 'command',
    command: { args: ['./agent.sh'] },
  });
});

test('environment values are TOML, or text where text is wanted', async () => {
  const { config } = await load({
    CODEX_AGENT_TARGET: '1.0',
    CODEX_AGENT_MODEL__MODEL: 'some-model',
    CODEX_AGENT_MODEL__API: 'chat',
    CODEX_AGENT_UI__MOUSE: 'true',
    CODEX_AGENT_ENV_ALLOW: '["A", "B"]',
    CODEX_AGENTS_RUN_ID: 'not ours to read',
  });
  expect(config).toMatchObject({
    target: '1.0',
    model: { model: 'some-model', api: 'chat' },
    ui: { mouse: true },
    env_allow: ['A', 'B'],
  });
});

test('a wrong value in the environment names the variable', async () => {
  await expect(load({ CODEX_AGENT_RUN__MAX_PARALLEL: 'many' })).rejects.toMatchObject({
    code: 'config-invalid',
    message: 'CODEX_AGENT_RUN__MAX_PARALLEL: run.max_parallel must be a whole number',
  });
});

test('a variable that is no setting is left alone, with the nearest one named', async () => {
  const { warnings } = await load({ CODEX_AGENT_RUN__MAX_PARALEL: '3' });
  expect(warnings).toEqual([expect.stringContaining('did you mean CODEX_AGENT_RUN__MAX_PARALLEL?')]);
});

test('what the programs of a task are given is never taken for a setting, and the escape time is one', async () => {
  const { warnings, config } = await load({
    ...taskVariables({ slug: 'a', path: '/w/a', port: 7 }),
    CODEX_AGENT_UI__ESCAPE_TIME: '50ms',
  });
  expect([warnings, config.ui.escape_time]).toEqual([[], '50ms']);
});

test.each([
  ['a syntax error', '[run]\nmax_parallel = \n', 'toml-syntax', ':2:'],
  [
    'an unknown key',
    '# x\n[run]\n  max_paralel = 3\n',
    'config-invalid',
    ':3:3: there is no key run.max_paralel; did you mean run.max_parallel?',
  ],
  [
    'a key in the wrong place',
    'max_parallel = 3\n',
    'config-invalid',
    ':1:1: there is no key max_parallel; did you mean run.max_parallel?',
  ],
  [
    'a wrong type',
    '[run]\nmax_parallel = "4"\n',
    'config-invalid',
    ':2:1: run.max_parallel must be a whole number',
  ],
  [
    'a number too small',
    'run = { kill_grace = "2s", max_parallel = 0 }\n',
    'config-invalid',
    ':1:28: run.max_parallel must be >= 1',
  ],
  [
    'a wrong choice',
    '[model]\napi = "soap"\n',
    'config-invalid',
    ':2:1: model.api must be one of auto, responses, chat',
  ],
  [
    'a level at which nobody could approve it',
    '[validator.policies.fewer_tests]\nlevel = "hold"\n',
    'config-invalid',
    ':2:1: validator.policies.fewer_tests.level must be one of off, warn, fail',
  ],
  [
    'no duration',
    '[run]\ntotal_timeout = "soon"\n',
    'config-invalid',
    ':2:1: run.total_timeout must be a duration such as',
  ],
  ['no size', '[resolver]\nmax_file_bytes = "1 parsec"\n', 'config-invalid', 'must be a size such as'],
  [
    'a bad element',
    '[[validator.checks]]\nname = "a"\nrun = ["x"]\n\n[[validator.checks]]\nname = "b"\nrun = []\n',
    'config-invalid',
    ':7:1: validator.checks[1].run',
  ],
  [
    'a glob with a range that runs backwards',
    '[validator.policies.forbidden_paths]\npaths = ["a", "src/[z-a]*"]\n',
    'config-invalid',
    ':2:15: validator.policies.forbidden_paths.paths[1]: "src/[z-a]*" has the range z-a, which holds no character; write a-z',
  ],
  [
    'such a glob of a check',
    '[[validator.checks]]\nname = "a"\nrun = ["x"]\nwhen = ["[9-0]"]\n',
    'config-invalid',
    'validator.checks[0].when[0]: "[9-0]" has the range 9-0',
  ],
  [
    'an expression that is none',
    '[validator.policies.forbidden_patterns]\npatterns = ["(x"]\n',
    'config-invalid',
    ':2:13: validator.policies.forbidden_patterns.patterns[0]: "(x" is no regular expression (Unterminated group); put a backslash',
  ],
  [
    'a missing key',
    '[[validator.checks]]\nname = "a"\n',
    'config-invalid',
    ':1:1: validator.checks[0] lacks run',
  ],
])('%s is an error with line and column', async (_, text, code, message) => {
  user(text);
  const file = configFiles(folder.paths).user;
  const expected = { code, message: expect.stringContaining(message) };
  await expect(load()).rejects.toMatchObject(expected);
  await expect(load()).rejects.toMatchObject({ message: expect.stringContaining(`${file}:`) });
  await expect(validateFiles(folder.paths, root)).rejects.toMatchObject(expected);
});

test.each([
  ['/abs', false],
  ['../out', false],
  ['a/../../out', false],
  ['a\\n/../../out', false],
  ['.git/hooks/x', false],
  ['sub/.GIT/config', false],
  ['folder/', false],
  ['src/side.test.ts', true],
  ['.github/side.test.ts', true],
  ['a..b/t', true],
])('a side test at %s stands inside its worktree: %s', async (path, isInside) => {
  user(`[resolver.side_test]\npath = "${path}"\n`);
  const loaded = load();
  if (isInside) await loaded;
  else await expect(loaded).rejects.toMatchObject({ code: 'config-invalid' });
});

test('all problems of a file are told at once, in order', async () => {
  user('targt = "x"\n[run]\nmax_parallel = 0\nidle = "1s"\n');
  const { message } = await load().then(
    () => ({ message: '' }),
    (error: Error) => error,
  );
  expect(message.split('\n').map((line) => line.replace(/^.*config\.toml/, ''))).toEqual([
    ':1:1: there is no key targt; did you mean target?',
    ':3:1: run.max_parallel must be >= 1',
    expect.stringMatching(/^:4:1: there is no key run\.idle/),
  ]);
});

test('a value is found by its key, a table too, and a mistyped key names the nearest', async () => {
  const loaded = await load();
  expect(getKey(loaded, 'run.max_parallel')).toBe(4);
  expect(getKey(loaded, 'ui')).toEqual(defaultConfig.ui);
  expect(() => getKey(loaded, 'run.max_paralel')).toThrow(
    expect.objectContaining({ code: 'unknown-key', hint: 'Did you mean run.max_parallel?' }),
  );
  expect(() => getKey(loaded, 'run.constructor')).toThrow(expect.objectContaining({ code: 'unknown-key' }));
});

test.each(['[manager]\noverlap = "order"\n', '[ui]\nnotify = true\n', '[hooks]\non_start = []\n'])(
  'a key that nothing reads is refused: %j',
  async (text) => {
    user(text);
    await expect(load()).rejects.toMatchObject({ code: 'config-invalid' });
  },
);

test('hooks are those that the program knows; another name is refused with the nearest one', async () => {
  user('[hooks]\non_run_end = [["true"]]\n[ui]\nnotifications = "osc777"\n');
  const { warnings, config } = await load();
  expect([warnings, config.hooks.on_run_end, config.hooks.on_land, config.ui.notifications]).toEqual([
    [],
    [['true']],
    [],
    'osc777',
  ]);
  user('[hooks]\non_run_ended = [["true"]]\n');
  await expect(load()).rejects.toMatchObject({
    code: 'config-invalid',
    message: expect.stringContaining('on_run_end'),
  });
});

test.each([
  ['brackets', `x = ${'['.repeat(50_000)}${']'.repeat(50_000)}`],
  ['tables', `x = ${'{a='.repeat(50_000)}1${'}'.repeat(50_000)}`],
  ['dots', `${'a.'.repeat(50_000)}b = 1`],
])('fifty thousand %s in each other are told in words', async (_, text) => {
  user(`${text}\n`);
  await expect(load()).rejects.toMatchObject({
    code: expect.stringMatching(/^(toml-syntax|config-invalid)$/),
  });
});
