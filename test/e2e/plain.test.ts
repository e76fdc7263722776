/** The demo, played through by lines: no terminal, no redrawing. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { entry } from '../support/program.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';

let sandbox: Sandbox;
let child: ReturnType<typeof spawn>;

beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => {
  if (child.exitCode === null) child.kill('SIGKILL');
  sandbox.cleanup();
});

it('goes from the first line to work that has landed, by keys and commands that are typed', async () => {
  const argv = [entry, 'demo', '--plain', '--folder', join(sandbox.root, 'demo'), '--speed', '0'];
  child = spawn(process.execPath, argv, { cwd: sandbox.root, env: { ...sandbox.env, LANG: 'C.UTF-8' } });
  let said = '';
  child.stdout!.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', resolve);
  });
  const until = async (what: string | RegExp) => {
    const limit = Date.now() + 80_000;
    while (!(typeof what === 'string' ? said.includes(what) : what.test(said))) {
      if (Date.now() > limit) throw new Error(`Waited in vain for ${what}. Said:\n${said}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const type = (line: string) => child.stdin!.write(`${line}\n`);

  await until('2 tasks are ready. w l: ');
  type('?');
  await until('w l: Launch the wave');
  type('manager plan');
  await until(/wave 1: ["“]Share out odd cents fairly["”], ["“]Accept only dates of the calendar["”]/);
  type('w L');
  await until('Start 2 agents now, 4 more as others land?');
  type('y');
  await until('wants to run: git log');
  type('A');
  await until('Allow (this once)');
  type('a');
  await until('Share out odd cents fairly (fair-split) has landed');
  type('q');
  // With agents at work it asks first.
  await Promise.race([ended, until('s: Stop all')]);
  if (said.includes('s: Stop all')) type('s');
  expect(await ended).toBe(0);
  expect(said).not.toContain('\x1b');
}, 120_000);
