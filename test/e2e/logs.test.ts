import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Call } from '../../src/domain/platform/call.js';
import { entry, type Program, programIn } from '../support/program.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';

let sandbox: Sandbox;
let repo: string;
let program: Program;

beforeEach(async () => {
  sandbox = makeSandbox();
  repo = sandbox.repo();
  program = programIn(sandbox, repo);
  await program.run('init');
  await program.run('task', 'add', 'One');
});
afterEach(() => sandbox.cleanup());

const logged = async (...flags: string[]) =>
  (await program.run('logs', '--json', ...flags)).data<{ calls: Call[] }>().calls;

/** The program with a module loaded before it, which breaks something. */
function broken(script: string): Program {
  const file = join(sandbox.root, 'broken.cjs');
  writeFileSync(file, script);
  return programIn(sandbox, repo, { NODE_OPTIONS: `--require ${file}` });
}

describe('codex-agent logs', () => {
  it('tells every call, with its duration, its outcome and the command that caused it', async () => {
    const { stdout } = await program.run('task', 'worktree', 'add', 'one');
    const calls = await logged();
    const added = calls.find(({ what }) => what.startsWith('git worktree add'));
    expect(added).toMatchObject({
      kind: 'git',
      cause: 'task worktree add',
      outcome: 'ok',
      ok: true,
      cwd: repo,
    });
    expect(added!.what).toContain(stdout.trim());
    expect(added!.ms).toBeGreaterThan(0);
    // Porcelain goes another way, and is told all the same.
    await program.run('status');
    expect(await logged()).toContainEqual(expect.objectContaining({ cause: 'status', cwd: stdout.trim() }));
    const text = (await program.run('logs', '--lines', '3')).stdout.trimEnd().split('\n');
    expect(text).toHaveLength(3);
    expect(text[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} status: \[\d+ ms.*\] \$ git /);
  });

  it('prints the same as it happens, beside the result, with --trace', async () => {
    const { stdout, stderr } = await program.run('--trace', '--json', 'merge', 'check', 'one');
    expect(JSON.parse(stdout)).toHaveProperty('schemaVersion', 1);
    expect(stderr).toMatch(/merge check: \[\d+ ms\] \$ git /);
  });

  it('holds no secret', async () => {
    const key = 'the-very-secret-value';
    const withKey = programIn(sandbox, repo, { MY_API_KEY: key });
    await program.run(
      'config',
      'set',
      '--repo',
      'worktree.setup',
      JSON.stringify([['echo', key, '--token', 'abc']]),
    );
    await withKey.run('task', 'worktree', 'add', 'one');
    const told = (await logged()).filter(({ what }) => what.startsWith('echo'));
    expect(told.map(({ what }) => what)).toEqual(['echo [redacted] --token [redacted]']);
    expect(JSON.stringify(await logged())).not.toContain(key);
  });

  it('follows what other processes call', async () => {
    const following = spawn(process.execPath, [entry, 'logs', '--follow'], { cwd: repo, env: sandbox.env });
    const heard = new Promise<void>((resolve) => {
      let said = '';
      following.stdout.on('data', (chunk: Buffer) => {
        said += chunk;
        if (/merge check: .* \$ git /.test(said)) resolve();
      });
    });
    await program.run('merge', 'check', 'one');
    await heard;
    const ended = new Promise((resolve) => following.once('close', resolve));
    following.kill('SIGINT');
    expect(await ended).toBe(130);
  });

  it('fails no command where it cannot be written', async () => {
    const state = join(sandbox.root, 'state');
    mkdirSync(join(state, 'codex-agents'), { recursive: true });
    writeFileSync(join(state, 'codex-agents', 'log'), 'no folder');
    const { code, stderr } = await programIn(sandbox, repo, { XDG_STATE_HOME: state }).run('status');
    expect([code, stderr]).toEqual([0, '']);
  });
});

describe('a fault of the program itself', () => {
  it('is told with its places in our sources, the log, and how to report it', async () => {
    const { code, stderr } = await broken(
      `const files = require('node:fs'), { openSync } = files;
       files.openSync = (path, ...rest) => {
         if (!String(path).endsWith('tasks.json')) return openSync(path, ...rest);
         throw new TypeError('it is broken', { cause: new Error('deeper') });
       };`,
    ).run('task', 'list');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^codex-agent: it is broken\n/);
    expect(stderr).toMatch(/at .*\(?src\/\S+\.ts:\d+/);
    expect(stderr).toContain('Caused by: deeper');
    expect(stderr).toMatch(/What led to it stands in .*\/log\/1\.jsonl/);
    expect(await logged('--failed')).toMatchObject([
      { kind: 'fault', what: 'it is broken', cause: 'task list' },
    ]);
  });

  it('is a fault too when it happens outside of any command', async () => {
    const { code, stderr } = await broken(`setTimeout(() => { throw new Error('too late'); }, 1);
      require('node:fs/promises').readFile = () => new Promise(() => setTimeout(() => {}, 5000));`).run(
      'task',
      'list',
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/^codex-agent: too late\n/);
    expect(stderr).toContain('This is a fault of codex-agent');
  });

  it('is what a command is that ends without an outcome', async () => {
    const never = broken(
      `const files = require('node:fs/promises');
       for (const name of ['readFile', 'readdir', 'stat', 'lstat']) files[name] = () => new Promise(() => {});`,
    );
    const { code, stderr } = await never.run('task', 'list');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^codex-agent: It ended without an outcome/);
    const json = await never.run('task', 'list', '--json');
    expect([json.code, json.error().code]).toEqual([1, 'no-outcome']);
  });
});

describe('a reader that goes away', () => {
  const code = (...argv: string[]) => {
    const file = join(sandbox.root, 'writes.cjs');
    writeFileSync(
      file,
      `setInterval(() => process.stdout.write('x'.repeat(1e5)), 10).unref();
       require('node:fs/promises').readFile = () => new Promise(() => setTimeout(() => {}, 9000));`,
    );
    const run = `${process.execPath} --require ${file} ${entry} ${argv.join(' ')}`;
    return execFileSync('sh', ['-c', `{ { ${run}; echo $? >&2; } | true; } 2>&1`], {
      cwd: repo,
      env: sandbox.env,
      encoding: 'utf8',
    });
  };

  it('ends a command that waits, with words and no success; others without a word', () => {
    expect(code('manager', 'monitor')).toMatch(
      /^codex-agent: The reader of its output went away, .*manager monitor.*\n141\n$/,
    );
    expect(code('logs')).toBe('141\n');
    const done = `${process.execPath} ${entry} task list | true; echo $?`;
    expect(execFileSync('sh', ['-c', done], { cwd: repo, env: sandbox.env, encoding: 'utf8' })).toBe('0\n');
  });
});

describe('what the system refuses is told in words', () => {
  it.each([
    ['ENOSPC', 'disk-full', 'The disk is full'],
    ['EROFS', 'read-only', 'The file system is read-only'],
    ['EMFILE', 'too-many-files', 'as many files open'],
  ])('%s', async (system, code, words) => {
    const refused = broken(`require('node:fs/promises').open = async (path) => {
      throw Object.assign(new Error('${system}: no'), { code: '${system}', syscall: 'open', path });
    };`);
    const { error, stderr } = await refused.run('task', 'add', 'Two', '--json');
    expect(error()).toMatchObject({
      code,
      message: expect.stringContaining(words),
      hint: expect.any(String),
    });
    expect(stderr).toBe('');
  });

  it('also on standard output', async () => {
    const script = `${process.execPath} ${entry} task list >/dev/full; echo $?`;
    const said = execFileSync('sh', ['-c', `(${script}) 2>&1`], {
      cwd: repo,
      env: sandbox.env,
      encoding: 'utf8',
    });
    expect(said).toMatch(/^codex-agent: The disk is full: standard output cannot be written\.\n1\n$/);
  });
});
