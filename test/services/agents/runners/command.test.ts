import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Agent } from '../../../../src/domain/agents/agent.js';
import {
  inspectRun,
  launchRun,
  prepareRun,
  readTranscript,
} from '../../../../src/services/agents/runs/index.js';
import { agentProgram, until } from '../../../support/runs.js';
import { type ConfigOverrides, makeSandbox, type Sandbox } from '../../../support/sandbox.js';

const agent: Agent = {
  name: 'developer',
  runner: 'command',
  runnerOrigin: 'default',
  sandbox: 'workspace-write',
  envAllow: [],
  instructions: 'Be kind.',
  timeouts: { total: '5s' },
  layers: [],
};

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

/** Runs these arguments as the configured command, to the end. */
async function play(args: string[]) {
  const root = sandbox.repo();
  const settings = { path: '', args, model: '', env_allow: [] };
  const session = await sandbox.session(root, { runner: { command: settings } } as ConfigOverrides);
  const task = await sandbox.task(session, 'song', { worktree: root, branch: 'main' });
  const intent = await prepareRun(session, { task, agent, prompt: 'Write $(a) "song".', attempt: 1 });
  await launchRun(session, intent);
  const view = await until(async () => {
    const found = await inspectRun(session.paths, intent.runId);
    return found.status ? found : undefined;
  });
  return {
    view,
    intent,
    root,
    lines: (await readTranscript(session.paths, intent.runId)).lines.map(({ text }) => text),
  };
}

test('placeholders are filled in, the prompt comes by file and on standard input, both streams are shown', async () => {
  const script = 'echo "$1|$2"; cat "$3"; echo; echo oops >&2; cat';
  const { view, intent, root, lines } = await play([
    'sh',
    '-c',
    script,
    'x',
    '{slug}',
    '{worktree}',
    '{prompt_file}',
  ]);
  const prompt = ['Be kind.', '', 'Write $(a) "song".'];
  expect(lines).toEqual([`song|${root}`, ...prompt, 'oops', ...prompt]);
  expect(view).toMatchObject({ status: 'completed', exitCode: 0, runner: 'command' });
  expect(intent.limits.totalMs).toBe(5_000);
  expect(intent.base).toMatch(/^[0-9a-f]{40}$/);
});

test('its exit code is its verdict', async () => {
  const { view } = await play([agentProgram('greet'), '4']);
  expect(view).toMatchObject({ status: 'failed', exitCode: 4, error: { code: 'other' } });
});

test.each([
  ['none', []],
  ['one that is not there', [join('/nowhere', 'agent')]],
])('a command that cannot be run is refused before anything starts: %s', async (_, args) => {
  await expect(play(args)).rejects.toMatchObject({ code: 'runner-not-found' });
});
