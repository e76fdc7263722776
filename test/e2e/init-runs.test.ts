/** What `init` runs of a repository that nobody has looked at. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { programIn } from '../support/program.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

it.each([[['--no-input']], [[]]])(
  'nothing of it runs unasked, without a terminal and with %j, before somebody says yes',
  async (words) => {
    const ran = join(sandbox.root, 'ran');
    const scripts = { test: `touch ${ran}`, lint: `touch ${ran}` };
    const files = { 'package.json': JSON.stringify({ scripts }), 'package-lock.json': '{}' };
    const first = await programIn(sandbox, sandbox.repo(files, 'first')).run('init', ...words);
    expect([first.code, existsSync(ran)]).toEqual([0, false]);
    expect(first.stdout).toContain('npm');
    expect(first.stdout).toContain('None of them was run.');
    expect(first.stdout).toContain('codex-agent init --yes');
    const second = await programIn(sandbox, sandbox.repo(files, 'second')).run('init', ...words, '--yes');
    expect([second.code, existsSync(ran)]).toEqual([0, true]);
    expect(second.stdout).not.toContain('None of them was run.');
  },
  60_000,
);
