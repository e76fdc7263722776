import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { RunView } from '../../../../src/domain/agents/run.js';
import { appError } from '../../../../src/domain/platform/errors.js';
import { controlAddress } from '../../../../src/services/agents/host/address.js';
import { serveControl } from '../../../../src/services/agents/host/control.js';
import { askHost } from '../../../../src/services/agents/steering/ask.js';
import { attachArgv } from '../../../../src/services/agents/steering/index.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

/** A run that is over, as far as attaching looks. */
async function ended() {
  const session = await sandbox.session(sandbox.repo());
  const bin = join(sandbox.root, 'bin');
  mkdirSync(bin);
  for (const name of ['codex', 'claude']) writeFileSync(join(bin, name), '#!/bin/sh\n', { mode: 0o755 });
  session.env.PATH = bin;
  const folder = join(session.paths.runsDir, 'song-1');
  mkdirSync(folder, { recursive: true });
  const cwd = join(sandbox.root, 'tree');
  mkdirSync(cwd);
  writeFileSync(join(folder, 'intent.json'), JSON.stringify({ runId: 'song-1', cwd, runner: 'codex' }));
  const run = { runId: 'song-1', task: 'song', runner: 'codex', phase: 'exited', sessionId: 's-1' };
  return { session, run: run as RunView, cwd, bin };
}

test('attaching starts the program of the runner in the worktree and the conversation', async () => {
  const { session, run, cwd, bin } = await ended();
  expect(attachArgv(session, run)).toEqual({ argv: [join(bin, 'codex'), '-C', cwd, 'resume', 's-1'], cwd });
  expect(attachArgv(session, { ...run, runner: 'claude' })).toEqual({
    argv: [join(bin, 'claude'), '--resume', 's-1'],
    cwd,
  });
});

test.each([
  [{ phase: 'running' as const }, 'still-running'],
  [{ sessionId: undefined }, 'no-session'],
  [{ sessionId: '--evil' }, 'bad-session'],
  [{ runner: 'acp' as const }, 'cannot-attach'],
  [{ runner: 'command' as const }, 'cannot-attach'],
  [{ runner: 'gemini' as const }, 'runner-not-found'],
])('attaching to %j is refused as %s, with a way on', async (more, code) => {
  const { session, run } = await ended();
  expect(() => attachArgv(session, { ...run, ...more } as RunView)).toThrow(
    expect.objectContaining(code === 'bad-session' ? { code } : { code, hint: expect.any(String) }),
  );
});

test('the control socket works in a directory whose path is too long for one', async () => {
  const folder = join(sandbox.root, 'x'.repeat(120), 'y'.repeat(60));
  mkdirSync(folder, { recursive: true });
  const address = controlAddress(folder);
  expect(Buffer.byteLength(address.path)).toBeLessThan(100);
  address.close();
  const control = serveControl(folder, async (request) => {
    if (request.type === 'send') return { sent: request.text };
    throw appError('no-approval', 'The agent of this run is not asking anything.');
  });
  try {
    const asked = async () => askHost(folder, { type: 'send', text: 'hé\nllo' });
    expect(await Promise.all([asked(), asked()])).toEqual([{ sent: 'hé\nllo' }, { sent: 'hé\nllo' }]);
    await expect(askHost(folder, { type: 'interrupt' })).rejects.toMatchObject({ code: 'no-approval' });
  } finally {
    control.close();
  }
  await expect(askHost(folder, { type: 'interrupt' })).rejects.toMatchObject({ code: 'no-host' });
});
