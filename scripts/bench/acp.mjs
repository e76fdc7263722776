/**
 * The real opencode over the Agent Client Protocol, held by a host, driven by the built program against a loopback
 * model server: an edit with permission, one that is refused, one that nobody is asked about, a cancel, a refused key,
 * a message for after the turn, a resumed session.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from '../validators.mjs';
import * as driven from './lib/driven.mjs';

const { alive, call, committed, launch, said, show, start, status, until } = driven;

if (spawnSync('opencode', ['--version']).status !== 0) {
  console.error('opencode is not on PATH; install it to run this.');
  process.exit(2);
}
const { startAgentServer } = await load('test/support/agent-server.ts');
const command = 'echo done > "$(basename "$PWD").txt"';
const server = await startAgentServer({
  work: { type: 'work', command, said: 'Wrote the file.' },
  sleep: { type: 'work', command: 'echo started; sleep 300', said: 'Slept.' },
  refused: { type: 'status', status: 401 },
});

/** A scene whose tasks are done by `opencode acp`, which asks before it runs anything. */
function scene(name, scenario, settings, play) {
  const env = (root) => {
    const folder = join(root, 'config', 'opencode');
    mkdirSync(folder, { recursive: true });
    const toy = {
      npm: '@ai-sdk/openai-compatible',
      options: { baseURL: `${server.url(scenario)}/v1`, apiKey: 'x' },
      models: { toy: {} },
    };
    writeFileSync(
      join(folder, 'opencode.json'),
      JSON.stringify({
        model: 'toy/toy',
        small_model: 'toy/toy',
        provider: { toy },
        permission: { bash: 'ask', edit: 'ask' },
      }),
    );
    return { OPENCODE_DISABLE_MODELS_FETCH: '1', OPENCODE_DISABLE_AUTOUPDATE: '1' };
  };
  const all = {
    'runner.default': '"acp"',
    'runner.acp.args': '["opencode", "acp"]',
    'runner.acp.env_allow': '["OPENCODE_DISABLE_MODELS_FETCH", "OPENCODE_DISABLE_AUTOUPDATE"]',
    'run.connect_timeout': '"300s"',
    ...settings,
  };
  return driven.scene(name, { env, settings: all }, play);
}
const asking = { 'run.approvals': '"always"' };
const asks = (at) => until(() => at.read('pending.json') !== '', 300_000);

for (const [name, more] of [
  ['allow', []],
  ['deny', ['--deny']],
]) {
  await scene(name, 'work', asking, async (at) => {
    const running = start(at, ...launch);
    await asks(at);
    const answered = await call(at, 'session', 'approve', 'one', ...more);
    const { code } = await running.done;
    const report = await show(at);
    return `answer exit ${answered.code}, run exit ${code}, ${report.status}, denied ${report.denied}, committed ${committed(at)}, unknown ${report.unknown}`;
  });
}

await scene('nobody asked', 'work', {}, async (at) => {
  const { code } = await call(at, ...launch);
  const report = await show(at);
  return `run exit ${code}, ${report.status}, said "${report.finalText}", committed ${committed(at)}`;
});

await scene('cancel', 'sleep', {}, async (at) => {
  const running = start(at, ...launch);
  await said(at, 'sleep 300');
  await call(at, 'session', 'interrupt', 'one');
  await running.done;
  const text = at.read('transcript.log');
  const time = (pattern) => Number(pattern.exec(text)?.[1]);
  const sent = time(/"ms":(\d+),"dir":">","jsonrpc":"2.0","method":"session\/cancel"/);
  const over = time(/"ms":(\d+),"dir":"<"[^\n]*"stopReason":"cancelled"/);
  return `${(await show(at)).status}; ${over > 0 ? `cancelled ${over - sent} ms after it was asked` : 'ended by us, since it said nothing in time'}, alive ${alive(at).length}, task ${(await status(at)).status}`;
});

await scene('401', 'refused', {}, async (at) => {
  const { code } = await call(at, ...launch);
  const report = await show(at);
  return `exit ${code}, ${report.status}, ${report.error?.code} ${report.error?.http ?? ''}`;
});

await scene('message', 'work', asking, async (at) => {
  const running = start(at, ...launch);
  await asks(at);
  const sent = await call(at, 'session', 'send', 'one', 'And then rest.');
  await call(at, 'session', 'approve', 'one');
  // The second turn asks again.
  await until(() => at.read('transcript.log').split('"stopReason":"end_turn"').length > 1, 300_000);
  await asks(at);
  await call(at, 'session', 'approve', 'one');
  const { code } = await running.done;
  const turns = at.read('transcript.log').split('"method":"session/prompt"').length - 1;
  return `sent exit ${sent.code}, ${turns} prompts, run exit ${code}, ${(await show(at)).status}`;
});

await scene('resume', 'work', {}, async (at) => {
  await call(at, ...launch);
  const first = await show(at);
  const resumed = await call(at, 'session', 'resume', 'one', '--message', 'And once more.');
  await call(at, 'manager', 'monitor');
  const second = await show(at);
  return `exit ${resumed.code}, same session ${first.sessionId === second.sessionId}, ${second.status}`;
});

await server.close();
