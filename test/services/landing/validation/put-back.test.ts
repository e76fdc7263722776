/** Checks that write to the tree, test what they wrote and put back what was there: what they saw is not what lands. */
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import type { CheckConfig } from '../../../../src/domain/store/config.js';
import { validateTask } from '../../../../src/services/landing/validation/index.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';
import { addWork, openTestSession } from '../../../support/thinking.js';

// Each of these checks is run twice, one after the other.
jest.setTimeout(60_000);

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

const check = (name: string, script: string, more: Partial<CheckConfig> = {}): CheckConfig => ({
  ...{ name, kind: 'other', run: ['sh', '-ec', script], timeout: '60s', when: [] },
  ...more,
});

/** What checks say, one after the other, of a tree in which `src/a.js` is wrong. */
async function validated(checks: CheckConfig[]) {
  const root = sandbox.repo({
    'main.txt': 'main\n',
    'dist/a.js': 'made\n',
    'docs/api.md': 'a long page\n',
    'big.txt': 'a'.repeat(2_000_000),
  });
  const session = await openTestSession(sandbox, root);
  const validator = { ...session.config.validator, policies: {}, max_parallel: 1, checks };
  session.config = { ...session.config, validator };
  const task = await addWork(
    sandbox,
    session,
    { title: 'Add', slug: 'add' },
    {
      'src/a.js': 'wrong\n',
      ...Object.fromEntries([0, 1, 2, 3, 4].map((n) => [`src/f${n}.js`, 'wrong\n'])),
    },
  );
  return validateTask(session, task);
}

/** Takes so long that what it sees is seen by others, too. */
const tested = 'sleep 0.2; ! grep -qs wrong src/a.js';
const byCopy = `cp src/a.js ../kept; echo right > src/a.js; ${tested}; cp ../kept src/a.js`;

it('checks that put back what they wrote are errors that name the file and how to allow it', async () => {
  const ways = Object.entries({
    'by a copy': byCopy,
    'by its old file': `mv src/a.js ../kept; echo right > src/a.js; ${tested}; mv ../kept src/a.js`,
    'out of the index': `sed -i s/wrong/right/ src/a.js; ${tested}; git checkout -q -- src/a.js`,
    'with its time': `cp -p src/a.js ../kept; echo right > src/a.js; ${tested}; cp -p ../kept src/a.js`,
    'after it was away': `rm src/a.js; ${tested}; git checkout -q -- src/a.js`,
    'after it was empty': `: > src/a.js; ${tested}; git checkout -q -- src/a.js`,
    'as a folder': `rm src/a.js; mkdir src/a.js; ${tested}; rmdir src/a.js; git checkout -q -- src/a.js`,
    'as a pipe': `rm src/a.js; mkfifo src/a.js; sleep 0.3; rm src/a.js; git checkout -q -- src/a.js`,
  });
  const { verdict, checks } = await validated([
    ...ways.map(([name, script]) => check(name, script)),
    check('allowed', byCopy, { rewrites: ['src/*.js'] }),
    check('next', 'cat src/a.js'),
  ]);
  expect(verdict).toBe('error');
  const what =
    'while it ran, files of the tree held something else: src/a.js. Where it has to write them: rewrites = ["src/a.js"]';
  expect(checks).toMatchObject([
    ...ways.map(([name]) => ({ name, status: 'error', summary: expect.stringContaining(what) })),
    { name: 'allowed', status: 'pass' },
    { name: 'next', status: 'pass', summary: 'wrong' },
  ]);
});

it('checks that write nothing else than what was there pass', async () => {
  const ways = Object.entries({
    'writes a file as it was': 'echo main > main.txt; sleep 0.1',
    'puts the same text in its place': 'cp main.txt new; mv new main.txt; sleep 0.1',
    'makes what is generated anew': 'rm -r dist; sleep 0.2; mkdir dist; echo made > dist/a.js',
    'writes in two parts':
      'printf "a long" > docs/api.md; sleep 0.02; echo " page" >> docs/api.md; sleep 0.3',
    'changes rights and back': 'chmod u+x main.txt; chmod u-x main.txt; sleep 0.1',
    'links a file elsewhere': 'ln main.txt ../linked; rm ../linked; sleep 0.1',
    'only reads': 'git status --short; cat main.txt; touch -a main.txt',
  });
  const { checks } = await validated(ways.map(([name, script]) => check(name, script)));
  expect(checks).toMatchObject(ways.map(([name]) => ({ name, status: 'pass' })));
});

it('what a big file holds meanwhile is told, and written anew it passes', async () => {
  const { checks } = await validated([
    check('other', 'cp big.txt ../kept; tr a b < ../kept > big.txt; sleep 0.2; cp ../kept big.txt'),
    check('same', 'cp big.txt ../kept; cp ../kept big.txt; sleep 0.2'),
  ]);
  expect(checks).toMatchObject([
    { name: 'other', status: 'error', summary: expect.stringContaining('held something else: big.txt.') },
    { name: 'same', status: 'pass' },
  ]);
});

it('a check that rewrites another file in each of its runs is an error that names the last one', async () => {
  const each =
    'n=$(ls ../seen* 2>/dev/null | wc -l); touch ../seen$n; f=src/f$n.js; cp $f ../kept; echo right > $f; cp ../kept $f';
  const { checks } = await validated([check('each', each)]);
  expect(checks).toMatchObject([
    { status: 'error', summary: expect.stringContaining('unknown: src/f3.js. Where it has to write them') },
  ]);
});
