import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { resolveTask } from '../../../../src/services/landing/resolution/index.js';
import {
  both,
  eachInItsOwnSandbox,
  expectUntouched,
  given,
  sandbox,
  show,
} from '../../../support/conflicted.js';

eachInItsOwnSandbox();

const good = JSON.stringify({ hunks: [{ index: 1, content: 'two apples pears\n', reason: 'both' }] });

/** The conflict-resolver works through a program that writes down what it was given. */
async function throughProgram(script: string, more: { total?: string } = {}) {
  const ground = await given({ attempts: 2 });
  const { session } = ground;
  const asked = join(sandbox.root, 'asked');
  session.config.runner = {
    ...session.config.runner,
    command: {
      ...session.config.runner.command,
      args: [
        'sh',
        '-c',
        `cat '{prompt_file}' >> '${asked}'; ls -A >> '${asked}'; env >> '${asked}'; ${script}`,
      ],
    },
  };
  const folder = join(session.paths.configDir, 'agents');
  mkdirSync(folder, { recursive: true });
  const timeouts = more.total ? `[timeouts]\ntotal = "${more.total}"\n` : '';
  writeFileSync(join(folder, 'conflict-resolver.toml'), `runner = "command"\n${timeouts}`);
  return { ...ground, asked: () => readFileSync(asked, 'utf8') };
}

it('takes the answer of a program in place of a model, behind the same gate', async () => {
  const ground = await throughProgram(`echo 'Here it is:'; printf '%s\\n' '${good}'`);
  expect(await resolveTask(ground.session, ground.task)).toMatchObject({
    status: 'resolved',
    files: [{ path: 'list.txt', strategy: 'ai' }],
  });
  expect(show(ground.session, `${ground.task.branch}:list.txt`)).toBe(both.trimEnd());
  const asked = ground.asked();
  expect(asked).toContain('Sell apples');
  expect(asked).toContain('JSON Schema');
  // An empty folder, and nothing of the repository.
  expect(asked).not.toContain(ground.session.root);
});

it('lets it write nothing: what it does to files is not looked at', async () => {
  const ground = await throughProgram(`echo changed > list.txt; echo '{"hunks":[]}'`);
  expect(await resolveTask(ground.session, ground.task)).toMatchObject({
    status: 'bailed-out',
    reason: expect.stringContaining('hunk 1 is missing'),
  });
  expectUntouched(ground);
});

it.each([
  ['fails', 'exit 3', {}, 'gave no answer'],
  ['talks', 'echo I would rather not', {}, 'not JSON'],
  ['never ends', 'sleep 60', { total: '500ms' }, 'longer than it may'],
])('bails out when the program %s', async (_, script, more, reason) => {
  const ground = await throughProgram(script, more);
  expect(await resolveTask(ground.session, ground.task)).toMatchObject({
    status: 'bailed-out',
    reason: expect.stringContaining(reason),
  });
  expectUntouched(ground);
});
