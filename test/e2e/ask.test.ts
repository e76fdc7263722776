/** Questions of the command line in a real terminal. */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Task } from '../../src/domain/store/task.js';
import { entry, type Program, programIn } from '../support/program.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import { startTerm } from '../support/term.js';

let sandbox: Sandbox;
let program: Program;
let term: ReturnType<typeof startTerm>;

beforeEach(async () => {
  sandbox = makeSandbox();
  const repo = sandbox.repo({ 'a.txt': 'a\n' });
  program = programIn(sandbox, repo);
  await program.run('init', '--yes');
  const env = { ...sandbox.env, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' } as Record<string, string>;
  term = startTerm(process.execPath, [entry, 'task', 'add'], { columns: 100, rows: 40, env, cwd: repo });
});
afterEach(() => {
  term.end();
  sandbox.cleanup();
});

const paste = (text: string) => term.key(`\x1b[200~${text.replaceAll('\n', '\r')}\x1b[201~`);
const added = async () => (await program.run('task', 'list', '--json')).data<{ tasks: Task[] }>().tasks[0];

it('takes a pasted goal as one answer, with its empty lines and its indentation', async () => {
  await term.until('What is to be done?');
  term.key('Port the parser\r');
  await term.until('What is the goal?');
  paste('Steps:\n\n- first\n\tif a:\n\t\tb()\n\nno more');
  await term.until('no more');
  term.key('\r\r');
  await term.until('How can one see');
  term.key('It works.\rReally.\r\r');
  await term.until(/accept/i);
  term.key('1\r');
  await term.until('Added port-the-parser');
  const task = await added();
  expect(task?.goal).toBe('Steps:\n\n- first\n\tif a:\n\t\tb()\n\nno more');
  expect(task?.acceptance).toEqual(['It works.', 'Really.']);
});

it('adds nothing after Ctrl-C in an answer of several lines', async () => {
  await term.until('What is to be done?');
  term.key('Port the parser\r');
  await term.until('What is the goal?');
  term.key('half\r\x03');
  await term.until('Interrupted');
  expect(await added()).toBeUndefined();
});
