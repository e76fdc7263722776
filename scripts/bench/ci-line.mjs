/**
 * The line for CI in public projects: `npm run bench -- ci-line <repository>…`, each a folder that is only read. In each,
 * four branches are judged in a clone, a bare one, a shallow one and a detached one: exit codes, what is left behind, and
 * reports by their schemas, where SARIF_SCHEMA and JUNIT_XSD name these (the latter needs xmllint).
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { Ajv } from 'ajv';
import { makeSandbox, program } from './sandbox.mjs';

const { SARIF_SCHEMA, JUNIT_XSD } = process.env;
const config = `schema = 1
[[validator.checks]]
name = "test"
kind = "test"
run = ["sh", "-c", "test ! -e broken.txt || { echo broken; exit 1; }; git ls-files | head -n 1"]
`;
const wanted = { good: 0, broken: 3, clash: 4, leaking: 3 };
const ajv = new Ajv({ strict: false, validateFormats: false, logger: false });
const isSarif = SARIF_SCHEMA && ajv.compile(withoutId(JSON.parse(readFileSync(SARIF_SCHEMA, 'utf8'))));

/** @param {{ $schema?: string, id?: string, $id?: string }} schema */
function withoutId({ $schema: _, id: __, $id: ___, ...schema }) {
  return schema;
}

let wrong = 0;
let runs = 0;

function prepare(sandbox, source, root) {
  const git = (...args) => sandbox.run(root, 'git', ...args);
  sandbox.run(sandbox.root, 'git', 'clone', '-q', '--depth=30', `file://${source}`, root);
  git('switch', '-q', '-c', 'base');
  mkdirSync(join(root, '.codex-agent'), { recursive: true });
  writeFileSync(join(root, '.codex-agent', 'config.toml'), config);
  const commit = (files, message) => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
    git('add', '-Af');
    git('commit', '-qm', message);
  };
  commit({ 'notes-of-the-bench.txt': 'one\n' }, 'Set up');
  const branches = {
    good: { 'more-notes.txt': 'more\n' },
    broken: { 'broken.txt': 'x\n' },
    clash: { 'notes-of-the-bench.txt': 'two\n' },
    leaking: { 'marked.js': '<<<<<<< a\n1\n=======\n2\n>>>>>>> b\n' },
  };
  for (const [name, files] of Object.entries(branches)) {
    git('switch', '-q', '-c', name, 'base');
    commit(files, name);
  }
  git('switch', '-q', 'base');
  commit({ 'notes-of-the-bench.txt': 'three\n' }, 'Go on');
  git('config', 'uploadpack.allowAnySHA1InWant', 'true');
}

/** All files of a folder, and what git knows there. */
function traces(sandbox, path) {
  const git = (...args) => sandbox.run(path, 'git', ...args);
  const files = execFileSync('find', [path, sandbox.env.TMPDIR, '-not', '-name', 'index'], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return JSON.stringify([
    files.split('\n').sort(),
    git('for-each-ref'),
    git('worktree', 'list', '--porcelain'),
    git('config', '--list', '--local'),
  ]);
}

function judge(sandbox, name, state, path, branch, prefix) {
  const out = join(sandbox.root, 'out');
  mkdirSync(out, { recursive: true });
  const before = traces(sandbox, path);
  const [junit, sarif] = [join(out, 'j.xml'), join(out, 's.sarif')];
  const args = ['validate', '--branch', `${prefix}${branch}`, '--base', `${prefix}base`, '--trust-base'];
  const ended = spawnSync(process.execPath, [program, ...args, '--report', `junit=${junit},sarif=${sarif}`], {
    cwd: path,
    env: sandbox.env,
    encoding: 'utf8',
  });
  runs++;
  const say = (what) => {
    wrong++;
    console.log(`  wrong: ${name} ${state} ${branch}: ${what}`);
  };
  if (ended.status !== wanted[branch])
    say(
      `exit code ${ended.status}, wanted ${wanted[branch]}: ${`${ended.stdout}${ended.stderr}`.slice(-300)}`,
    );
  if (traces(sandbox, path) !== before) say('something is left behind');
  if (!existsSync(sarif) || !existsSync(junit)) {
    say('no reports');
    return;
  }
  if (isSarif && !isSarif(JSON.parse(readFileSync(sarif, 'utf8'))))
    say(`SARIF: ${ajv.errorsText(isSarif.errors).slice(0, 300)}`);
  if (JUNIT_XSD) {
    const { status, stderr } = spawnSync('xmllint', ['--noout', '--schema', JUNIT_XSD, junit], {
      encoding: 'utf8',
    });
    if (status !== 0) say(`JUnit: ${stderr.slice(0, 300)}`);
  }
  rmSync(out, { recursive: true });
}

for (const source of process.argv.slice(2)) {
  const sandbox = makeSandbox();
  const root = resolve(source);
  const name = basename(root) === 'repo' ? basename(dirname(root)) : basename(root);
  try {
    const origin = join(sandbox.root, 'origin');
    prepare(sandbox, root, origin);
    const clone = (state, ...flags) => {
      const path = join(sandbox.root, state);
      sandbox.run(sandbox.root, 'git', 'clone', '-q', ...flags, `file://${origin}`, path);
      return path;
    };
    const detached = clone('detached');
    sandbox.run(detached, 'git', 'checkout', '-q', '--detach', 'origin/good');
    const states = {
      normal: [clone('normal'), 'origin/'],
      bare: [clone('bare', '--bare'), ''],
      shallow: [clone('shallow', '--depth=4', '--no-single-branch'), 'origin/'],
      detached: [detached, 'origin/'],
    };
    for (const [state, [path, prefix]] of Object.entries(states))
      for (const branch of Object.keys(wanted)) judge(sandbox, name, state, path, branch, prefix);
    const home = ['data', 'state', 'cache', 'config'].filter((folder) =>
      existsSync(join(sandbox.root, folder)),
    );
    const left = home.flatMap((folder) =>
      readdirSync(join(sandbox.root, folder), { recursive: true, encoding: 'utf8' }),
    );
    console.log(`${name}: four states, four branches each; in the home: ${left.length} files and folders`);
  } finally {
    sandbox.cleanup();
  }
}
console.log(`${runs} runs, ${wrong} wrong`);
if (wrong > 0) process.exitCode = 1;
