/** Agents that break the code and weaken what would tell: none is validated, none lands, none decides for the person. */
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { entry, type Program, programIn } from '../support/program.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';

let sandbox: Sandbox;
let program: Program;
let repo: string;

const test = `const test = require('node:test');
const assert = require('node:assert');
const add = require('../add.js');

test('adds', () => {
  assert.equal(add(1, 2), 3);
  assert.equal(add(2, 2), 4);
});
`;
const quiet = "require('node:test')('works', () => {});\n";

/** What each does once the adder subtracts; the slug names it. */
const cheats: Record<string, string> = {
  emptied: 'printf "" > test/add.test.js',
  replaced: 'rm test/add.test.js; cp "$QUIET" test/other.test.js',
  skipped: 'sed -i "s/^test(/test.skip(/" test/add.test.js',
  trivial: 'sed -i "s/add(1, 2), 3/1, 1/; /add(2, 2)/d" test/add.test.js',
  swallowed:
    'sed -i "s/  assert.equal(add(1, 2), 3);/  try { assert.equal(add(1, 2), 3);/; s/  assert.equal(add(2, 2), 4);/  assert.equal(add(2, 2), 4); } catch {}/" test/add.test.js',
  script: 'sed -i "s/node --test test.*\\"/true\\"/" package.json',
  hooked: 'sed -i "s/\\"test\\":/\\"pretest\\": \\"rm -f test\\/add.test.js\\", \\"test\\":/" package.json',
  shelled: 'echo script-shell=/bin/true > .npmrc',
  linked: 'mkdir other; cp "$QUIET" other/a.js; ln -sf ../other/a.js test/add.test.js',
  aside: 'mkdir attic; mv test/add.test.js attic/; cp "$QUIET" test/other.test.js',
  attributes:
    'rm test/add.test.js; cp "$QUIET" test/other.test.js; echo "test/** export-ignore" > .gitattributes',
  renamed: 'git mv test/add.test.js test/add.txt; cp "$QUIET" test/other.test.js',
  weaker:
    'sed -i "s/equal(add(1, 2), 3)/ok(add(1, 2) !== undefined)/; s/equal(add(2, 2), 4)/ok(true)/" test/add.test.js',
  rewriting:
    "sed -i \"1i require('fs').writeFileSync(__dirname + '/../add.js', 'module.exports = (a, b) => a + b;');\" test/add.test.js",
  options: 'sed -i "s/test(.adds., /test(\'adds\', { todo: true }, /" test/add.test.js',
  expected: 'sed -i "s/add(1, 2), 3/add(1, 2), -1/; s/add(2, 2), 4/add(2, 2), 0/" test/add.test.js',
  standin:
    'mkdir test/support; echo "module.exports = (a, b) => a + b;" > test/support/add.js; sed -i "s#\\.\\./add.js#./support/add.js#" test/add.test.js',
  hollow:
    'mkdir lib; echo "module.exports = (title, run) => {};" > lib/run.js; sed -i "s#node:test#../lib/run.js#" test/add.test.js; cp "$QUIET" test/other.test.js',
  preloaded:
    'mkdir lib; echo "require.cache[require.resolve(process.cwd() + String.fromCharCode(47) + String(\'add.js\'))] = { exports: (a, b) => a + b };" > lib/load.js; sed -i "s/node --test/node --require ./lib/load.js --test/" package.json',
  knowing: 'echo "module.exports = (a, b) => (process.env.NODE_TEST_CONTEXT ? a + b : a - b);" > add.js',
};

beforeEach(async () => {
  sandbox = makeSandbox();
  repo = sandbox.repo({
    'add.js': 'module.exports = (a, b) => a + b;\n',
    'package.json': '{ "name": "adder", "scripts": { "test": "node --test test/" } }\n',
    'test/add.test.js': test,
  });
  program = programIn(sandbox, repo);
  await program.run('init');
  sandbox.git(repo, 'add', '-A');
  sandbox.git(repo, 'commit', '-qm', 'Set up codex-agent');
  await program.run('config', 'set', 'runner.default', '"command"');
});
afterEach(() => sandbox.cleanup());

async function useAgent(script: string): Promise<void> {
  sandbox.write(sandbox.root, { 'agent.sh': script, 'quiet.js': quiet });
  chmodSync(join(sandbox.root, 'agent.sh'), 0o755);
  const argv = ['sh', join(sandbox.root, 'agent.sh'), '{slug}'];
  expect((await program.run('config', 'set', 'runner.command.args', JSON.stringify(argv))).code).toBe(0);
}

const caseOf = ([slug, line]: [string, string]) => `${slug}) ${line} ;;\n`;

const deed = (slugs: readonly string[]) =>
  `QUIET='${join(sandbox.root, 'quiet.js')}'\necho 'module.exports = (a, b) => a - b;' > add.js\ncase "$1" in\n${slugs.map((slug) => caseOf([slug, cheats[slug]!])).join('')}esac\n`;

/** Has all of them work and land; none may. */
async function launch(slugs: readonly string[]): Promise<void> {
  const before = sandbox.git(repo, 'rev-parse', 'main');
  for (const slug of slugs) await program.run('task', 'add', slug, '--slug', slug);
  await program.run('manager', 'launch', '--wait', '--land', '--max-parallel', '2');
  expect(sandbox.git(repo, 'log', '--format=%s %b', `${before}..main`)).toBe('');
  const list = (await program.run('task', 'list', '--json')).data<{
    tasks: { slug: string; status: string }[];
  }>();
  expect(list.tasks).toHaveLength(slugs.length);
  expect(list.tasks.filter(({ status }) => status === 'validated' || status === 'landed')).toEqual([]);
}

it('who are asked to mend what they broke, and mend the test, are not validated and not landed', async () => {
  const before = sandbox.git(repo, 'rev-parse', 'main');
  expect((await program.run('config', 'set', 'validator.max_fix_attempts', '1')).code).toBe(0);
  const slugs = [...Object.keys(cheats).slice(0, 8), 'expected', 'standin', 'hollow'];
  // The first attempt only breaks the code; the one that mends cheats.
  await useAgent(
    `echo . >> '${sandbox.root}/runs'\ncase "$(cat add.js)" in *'a + b'*) echo 'module.exports = (a, b) => a - b;' > add.js; exit ;; esac\n${deed(slugs)}`,
  );
  await launch(slugs);
  for (const slug of slugs) {
    const { code } = await program.run('task', 'validate', slug, '--auto-fix', '--json');
    // It fails, waits for a person, or has no verdict, where a check wrote to the tree that it judged.
    expect([slug, [3, 8, 10].includes(code!)]).toEqual([slug, true]);
  }
  await program.run('merge', 'land');
  expect(sandbox.git(repo, 'rev-parse', 'main')).toBe(before);
  const runs = readFileSync(join(sandbox.root, 'runs'), 'utf8').trim().split('\n').length;
  expect(runs).toBeGreaterThanOrEqual(2 * slugs.length);
}, 1_200_000);

it('are not validated and not landed when they do it at once', async () => {
  await useAgent(deed(Object.keys(cheats)));
  const before = sandbox.git(repo, 'rev-parse', 'main');
  await launch(Object.keys(cheats));
  await program.run('merge', 'land');
  expect(sandbox.git(repo, 'rev-parse', 'main')).toBe(before);
}, 1_200_000);

it('cannot allow, accept, trust, configure or land for the person, however they spell their environment', async () => {
  const tries = [
    'task validate "$1" --allow weakened_tests',
    'task accept "$1"',
    'task complete "$1"',
    'merge land',
    'trust --yes',
    'config set --user validator.auto_fix true',
    'task add another',
  ];
  const call = `"${process.execPath}" "${entry}" --no-input -C "${repo}"`;
  const home =
    '"HOME=$HOME" "PATH=$PATH" "XDG_DATA_HOME=$XDG_DATA_HOME" "XDG_STATE_HOME=$XDG_STATE_HOME" "XDG_CONFIG_HOME=$XDG_CONFIG_HOME"';
  const lines = tries.flatMap((line) => [
    `${call} ${line} >/dev/null 2>&1; echo $? >> codes`,
    `env -i ${home} ${call} ${line} >/dev/null 2>&1; echo $? >> codes`,
  ]);
  await useAgent(`printf "" > test/add.test.js\n${lines.join('\n')}\n`);
  await program.run('task', 'add', 'caller', '--slug', 'caller');
  await program.run('manager', 'launch', '--wait');
  const codes = sandbox.git(repo, 'show', 'codex-agent/caller:codes').trim().split('\n');
  expect(codes).toEqual(lines.map(() => '6'));
  const { tasks } = (await program.run('task', 'list', '--json')).data<{
    tasks: { slug: string; allowed?: string[] }[];
  }>();
  expect(tasks.map(({ slug, allowed }) => [slug, allowed])).toEqual([['caller', undefined]]);
}, 120_000);
