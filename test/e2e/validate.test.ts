/** The line for CI: what it judges, what it reports, and that nothing is left of it. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RevisionReport } from '../../src/domain/landing/reports/report.js';
import { startModelServer } from '../support/model-server.js';
import { entry, programIn, root } from '../support/program.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';

const config = `schema = 1
[[validator.checks]]
name = "test"
kind = "test"
run = ["sh", "check.sh"]
`;
const odd = 'we:ird,%<&"`.js';

let sandbox: Sandbox;
let origin: string;
beforeEach(() => {
  sandbox = makeSandbox();
  mkdirSync(join(sandbox.root, 'tmp'));
  sandbox.env.TMPDIR = join(sandbox.root, 'tmp');
  origin = sandbox.repo({
    '.codex-agent/config.toml': config,
    'check.sh': 'if grep -q bad b.txt 2>/dev/null; then echo "b.txt is bad"; exit 1; fi; echo fine\n',
    'a.txt': 'one\n',
  });
  branch('good', { 'b.txt': 'good\n' });
  branch('bad', { 'b.txt': 'bad\n' });
  branch('odd', { [odd]: '<<<<<<< a\nx\n=======\ny\n>>>>>>> b\n' });
  branch('cheat', { 'b.txt': 'bad\n', '.codex-agent/config.toml': config.replace('sh", "check.sh', 'true') });
  branch('clash', { 'a.txt': 'two\n' });
  sandbox.git(origin, 'switch', '-q', 'main');
  sandbox.commit(origin, { 'a.txt': 'three\n' });
});
afterEach(() => sandbox.cleanup());

function branch(name: string, files: Record<string, string>): void {
  sandbox.git(origin, 'switch', '-q', '-c', name, 'main');
  sandbox.commit(origin, files);
}

const clone = (name: string, ...flags: string[]) => {
  const path = join(sandbox.root, name);
  sandbox.git(sandbox.root, 'clone', '-q', ...flags, `file://${origin}`, path);
  return path;
};

async function validate(cwd: string, head: string, base: string, ...more: string[]) {
  const flags = ['--branch', head, '--base', base, '--json', ...more];
  const ended = await programIn(sandbox, cwd).run('validate', ...flags);
  return { code: ended.code, ended, report: () => ended.data<RevisionReport>() };
}

it('holds a new expectation, whatever the branch is called, until it is allowed by the name that is told', async () => {
  const adder = (sum: string, three: number) => ({
    'adder.js': `export const add = (a, b) => ${sum};\n`,
    'adder.test.js': `it('adds', () => {\n  expect(add(1, 2)).toBe(${three});\n});\n`,
  });
  sandbox.commit(origin, adder('a + b', 3));
  branch('add-321', adder('a + b + 318', 321));
  const { code, report } = await validate(origin, 'add-321', 'main', '--trust-base');
  expect([code, report().verdict]).toEqual([10, 'held']);
  const words = ['validate', '--branch', 'add-321', '--base', 'main', '--trust-base'];
  const { stdout } = await programIn(sandbox, origin).run(...words);
  const [, allow] = /next: .*(--allow \S+)$/m.exec(stdout) ?? [];
  expect((await programIn(sandbox, origin).run(...words, ...allow!.split(' '))).code).toBe(0);
});

/** Every file of the sandbox with its place, and what git knows of the repository. */
function traces(repo: string): unknown {
  const git = (...args: string[]) => sandbox.git(repo, ...args);
  return {
    files: readdirSync(sandbox.root, { recursive: true, encoding: 'utf8' }).sort(),
    refs: git('for-each-ref'),
    worktrees: git('worktree', 'list', '--porcelain'),
    objects: git('count-objects', '-v'),
    config: git('config', '--list', '--local'),
  };
}

it('judges a branch on the merged tree by the checks of the base', async () => {
  const seen = [];
  for (const head of ['good', 'bad', 'cheat', 'clash', 'main']) {
    const { code, report } = await validate(origin, head, 'main', '--trust-base');
    seen.push([head, report().verdict, code, report().checks.map(({ status }) => status)]);
  }
  expect(seen).toEqual([
    ['good', 'pass', 0, ['pass']],
    ['bad', 'fail', 3, ['fail']],
    ['cheat', 'fail', 3, ['fail']],
    ['clash', 'conflict', 4, ['pass']],
    ['main', 'unchanged', 9, []],
  ]);
});

it('runs nothing that the base configures before a person vouches for it, and says so', async () => {
  const { code, report } = await validate(origin, 'bad', 'main');
  expect([code, report().verdict, report().checks]).toEqual([9, 'unchecked', []]);
  expect(report().skipped[0]).toMatch(/\.codex-agent\/config\.toml.*--trust-base/);
  const program = programIn(sandbox, origin);
  await program.run('init');
  const shown = await program.run('trust', '--show', '--json');
  await program.run('trust', '--hash', shown.data<{ hash: string }>().hash);
  expect((await validate(origin, 'bad', 'main')).code).toBe(3);
});

describe('nothing is left', () => {
  const places: [string, () => [string, string, string]][] = [
    ['in a worktree', () => [origin, 'good', 'main']],
    ['in a bare clone', () => [clone('bare', '--bare'), 'good', 'main']],
    ['in a bare clone on a conflict', () => [clone('bare', '--bare'), 'clash', 'main']],
    [
      'in a shallow clone',
      () => [clone('shallow', '--depth=2', '--no-single-branch'), 'origin/good', 'main'],
    ],
    [
      'in a detached clone',
      () => {
        const path = clone('detached');
        sandbox.git(path, 'checkout', '-q', '--detach', 'origin/bad');
        return [path, 'HEAD', 'origin/main'];
      },
    ],
    [
      'in a linked worktree, whose HEAD is meant',
      () => {
        const path = join(sandbox.root, 'linked');
        sandbox.git(origin, 'worktree', 'add', '-q', path, 'bad');
        return [path, 'HEAD', 'main'];
      },
    ],
  ];

  it.each(places)('%s', async (_, prepare) => {
    const [path, head, base] = prepare();
    const before = traces(path);
    const { code } = await validate(path, head, base, '--trust-base');
    expect(code).toBe({ good: 0, 'origin/good': 0, clash: 4, HEAD: 3 }[head]);
    expect(traces(path)).toEqual(before);
  });
});

it('takes along what is ignored, such as installed dependencies, and leaves the worktree as it is', async () => {
  sandbox.commit(origin, { '.gitignore': 'node_modules\n', 'check.sh': 'test -f node_modules/dep.js\n' });
  branch('needs', { 'c.txt': 'c\n' });
  sandbox.write(origin, { 'node_modules/dep.js': '\n', 'a.txt': 'edited\n', 'new.txt': 'new\n' });
  const before = traces(origin);
  expect((await validate(origin, 'needs', 'main', '--trust-base')).code).toBe(0);
  expect(traces(origin)).toEqual(before);
});

it('checks the whole tree, also where a sparse checkout shows a part of it', async () => {
  sandbox.commit(origin, { 'check.sh': 'test -f docs/d.txt\n', 'docs/d.txt': '\n', 'src/s.txt': '\n' });
  branch('part', { 'src/p.txt': 'p\n' });
  const sparse = clone('sparse');
  sandbox.git(sparse, 'sparse-checkout', 'set', 'src');
  const before = traces(sparse);
  expect((await validate(sparse, 'origin/part', 'origin/main', '--trust-base')).code).toBe(0);
  expect(traces(sparse)).toEqual(before);
});

it('is run in a workflow as the README says', async () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const line = /```sh\n(codex-agent validate [\s\S]*?)```/.exec(readme)![1]!;
  const checkout = clone('checkout');
  sandbox.git(checkout, 'checkout', '-q', '--detach', 'origin/bad');
  const script = line.replace(/^codex-agent/, `"${process.execPath}" "${entry}"`);
  const env = { ...sandbox.env, GITHUB_BASE_REF: 'main' };
  const { status, stdout } = spawnSync('sh', ['-c', script], { cwd: checkout, env, encoding: 'utf8' });
  expect([status, stdout.split('\n').filter((one) => one.startsWith('::error'))]).toEqual([
    3,
    ['::error title=check/test::exit code 1%0Ab.txt is bad'],
  ]);
  expect(readdirSync(join(checkout, 'reports')).sort()).toEqual([
    'codex-agent.sarif',
    'junit.xml',
    'summary.md',
  ]);
});

it('does not guess where the history of a shallow clone is cut off', async () => {
  const shallow = clone('shallow', '--depth=1', '--no-single-branch');
  const { code, report } = await validate(shallow, 'origin/good', 'main', '--trust-base');
  expect([code, report().verdict]).toEqual([8, 'error']);
  expect(report().reason).toContain('git fetch --unshallow');
});

it('names a revision that is not there, and the one that was meant', async () => {
  const { code, ended } = await validate(clone('plain'), 'good', 'main');
  expect(code).toBe(2);
  expect(ended.error()).toMatchObject({
    code: 'no-such-revision',
    hint: expect.stringContaining('origin/good'),
  });
});

it('tells what is wrong with the configuration of the base at its place', async () => {
  sandbox.commit(origin, { '.codex-agent/config.toml': 'schema = 1\nno_such = 1\n' });
  const { code, ended } = await validate(origin, 'good', 'main', '--trust-base');
  expect(code).not.toBe(0);
  expect(ended.error().message).toContain('main:.codex-agent/config.toml:2:1');
});

it('has no verdict for a branch that moved while it was judged', async () => {
  const run = JSON.stringify(['git', '-C', origin, 'update-ref', 'refs/heads/good', 'main']);
  sandbox.commit(origin, { '.codex-agent/config.toml': config.replace('["sh", "check.sh"]', run) });
  const { code, report } = await validate(origin, 'good', 'main', '--trust-base');
  expect([code, report().verdict]).toEqual([8, 'stale']);
  expect(report().reason).toContain('the branch moved');
});

it('asks the validator agent where a model is configured, with the instructions of the base alone', async () => {
  const finding = { severity: 'error', path: 'b.txt', line: 1, message: 'It says nothing.' };
  const server = await startModelServer(() => ({ answer: { findings: [finding], summary: '' } }));
  try {
    sandbox.commit(origin, { 'AGENTS.md': 'Words of the base.\n' });
    branch('told', { 'b.txt': 'good\n', 'AGENTS.md': 'Words of the branch.\n' });
    const model = `[model]\nbase_url = "${server.url}"\nmodel = "test"\n`;
    sandbox.write(sandbox.env.XDG_CONFIG_HOME!, { 'codex-agents/config.toml': model });
    sandbox.env.OPENAI_API_KEY = 'key';
    const before = traces(origin);
    const { code, report } = await validate(origin, 'told', 'main', '--trust-base');
    expect([code, report().findings]).toEqual([3, [finding]]);
    expect(server.calls[0]!.system).toContain('Words of the base.');
    expect(server.calls[0]!.system).not.toContain('Words of the branch.');
    expect(traces(origin)).toEqual(before);
  } finally {
    await server.close();
  }
});

describe('reports', () => {
  it('are written whole, each in its format, for names that mean something there', async () => {
    const asked = 'junit=out/j.xml,sarif=out/s.sarif,markdown=out/m.md,github';
    const flags = ['--branch', 'odd', '--base', 'main', '--trust-base', '--report', asked];
    const { code, stdout } = await programIn(sandbox, origin).run('validate', ...flags);
    expect(code).toBe(3);
    const read = (name: string) => readFileSync(join(origin, 'out', name), 'utf8');
    expect(readdirSync(join(origin, 'out')).sort()).toEqual(['j.xml', 'm.md', 's.sarif']);
    expect(read('j.xml')).toContain('name="conflict_markers"');
    expect(read('j.xml')).toContain('we:ird,%&lt;&amp;&quot;`.js:1');
    const [run] = JSON.parse(read('s.sarif')).runs;
    expect(run.results[0]).toMatchObject({
      ruleId: 'policy/conflict_markers',
      level: 'error',
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'we%3Aird%2C%25%3C%26%22%60.js' },
            region: { startLine: 1 },
          },
        },
      ],
    });
    expect(run.properties.verdict).toBe('fail');
    expect(read('m.md')).toContain('`` we:ird,%<&"`.js:1 ``');
    const lines = stdout.trimEnd().split('\n');
    const word = /^::stop-commands::(.+)$/.exec(lines[0]!)![1];
    const open = lines.slice(lines.indexOf(`::${word}::`) + 1);
    expect(open[0]).toBe(
      '::error file=we%3Aird%2C%25<&"`.js,line=1,title=policy/conflict_markers::<<<<<<< a',
    );
    expect(open.every((line) => /^::(error|warning|notice) /.test(line))).toBe(true);
  });

  it.each([
    ['xml=a.xml', 'junit=FILE, sarif=FILE, markdown=FILE, github'],
    ['junit', 'junit=FILE'],
    ['junit=a,sarif=a', 'Two reports'],
    ['markdown=.', 'is a folder'],
  ])('%s is refused before anything runs', async (asked, said) => {
    const { code, ended } = await validate(origin, 'good', 'main', '--trust-base', '--report', asked);
    const { message, hint } = ended.error();
    expect([code, `${message} ${hint}`]).toEqual([2, expect.stringContaining(said)]);
    expect(existsSync(join(origin, 'a'))).toBe(false);
  });
});
