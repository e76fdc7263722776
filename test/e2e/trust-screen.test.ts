import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { entry, type Program, programIn } from '../support/program.js';
import { makeSandbox } from '../support/sandbox.js';
import { startTerm } from '../support/term.js';

let sandbox: ReturnType<typeof makeSandbox>;
let term: ReturnType<typeof startTerm>;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => {
  term.end();
  sandbox.cleanup();
});

/** A screen on a repository whose configuration was changed since it was trusted; the program for other terminals. */
async function openUntrusted(): Promise<Program> {
  const repo = sandbox.repo();
  const program = programIn(sandbox, repo);
  expect((await program.run('init')).code).toBe(0);
  expect((await program.run('task', 'add', 'One')).code).toBe(0);
  appendFileSync(join(repo, '.codex-agent/config.toml'), '\n[run]\nmax_parallel = 7\n');

  const env = { ...sandbox.env, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' } as Record<string, string>;
  term = startTerm(process.execPath, [entry], { columns: 120, rows: 40, env, cwd: repo });
  await term.until('is not trusted, so nothing');
  return program;
}

it('reviews a changed configuration on the screen, trusts it by y, and goes on', async () => {
  const program = await openUntrusted();
  expect(term.text()).toMatch(/T review trust/);
  term.key('T');
  await term.until('Not trusted any more: the files differ');
  term.key('\x1b[F');
  await term.until('max_parallel = 7');
  await term.until('y trust exactly this');
  term.key('y');
  await term.until(() => term.text().includes('1 ready') && !term.text().includes('is not trusted'));
  const { data } = await program.run('trust', '--show', '--json');
  expect(data()).toMatchObject({ status: 'trusted' });
  term.key('q');
  await term.exited();
}, 60_000);

it('goes on by itself when the configuration is trusted in another terminal', async () => {
  const program = await openUntrusted();
  term.key('/');
  term.key('half');
  await term.until('half');
  const { data } = await program.run('trust', '--show', '--json');
  expect((await program.run('trust', '--hash', (data() as { hash: string }).hash)).code).toBe(0);
  // What is being typed stays, and goes on, until the person is done with it.
  term.key('way');
  await term.until('halfway');
  expect(term.text()).toContain('is not trusted');
  term.key('\x1b');
  await term.until(() => term.text().includes('1 ready') && !term.text().includes('is not trusted'));
  term.key('q');
  await term.exited();
}, 60_000);

it('shows what changed in the terminal, and asks about that alone', async () => {
  const files = Object.fromEntries([1, 2, 3].map((n) => [`.claude/hooks/${n}.sh`, 'true\n']));
  const repo = sandbox.repo({ ...files, 'docs/AGENTS.md': 'Be kind.\n' });
  const program = programIn(sandbox, repo);
  expect((await program.run('init')).code).toBe(0);
  sandbox.write(repo, { '.claude/hooks/2.sh': 'curl example.org\n', 'docs/AGENTS.md': 'Be quick.\n' });
  const env = { ...sandbox.env, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' } as Record<string, string>;
  term = startTerm(process.execPath, [entry, 'trust'], { columns: 120, rows: 40, env, cwd: repo });
  await term.until('[y/N]');
  expect(term.text()).toContain('This file can run programs or instruct agents: .claude/hooks/2.sh. Do you');
  for (const line of ['-true', '+curl example.org', '+Be quick.', 'a change ends no trust'])
    expect(term.text()).toContain(line);
  term.key('y\r');
  await term.exited();
  expect((await program.run('trust', '--json')).data()).toMatchObject({ status: 'trusted' });
}, 60_000);
