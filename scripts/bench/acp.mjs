/**
 * A real agent over the Agent Client Protocol, opencode or AGENT=gemini, held by a host, driven by the built program
 * against a loopback model server: an edit with permission, one that is refused, one that nobody is asked about, a
 * cancel, servers that fail in every way, a message for after the turn, a resumed session.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { load } from '../validators.mjs';
import { clis, remembers } from './lib/clis/led.mjs';
import * as driven from './lib/driven.mjs';

const { alive, call, committed, launch, said, show, start, status, until } = driven;

const agent = process.env.AGENT ?? 'opencode';
const argv = { opencode: ['opencode', 'acp'], gemini: ['gemini', '--acp', '--skip-trust'] }[agent];
if (!argv || spawnSync(agent, ['--version']).status !== 0) {
  console.error(`${agent} is not on PATH; install it to run this.`);
  process.exit(2);
}
const { startAgentServer } = await load('test/support/agent-server.ts');
// Gemini refuses commands that hold another command.
const command = 'echo done > one.txt';
const server = await startAgentServer({
  work: { type: 'work', command, said: 'Wrote the file.' },
  sleep: { type: 'work', command: 'echo started; sleep 300', said: 'Slept.' },
  refused: { type: 'status', status: 401 },
  limited: { type: 'status', status: 429 },
  broken: { type: 'status', status: 500 },
  stalled: { type: 'stall' },
  dropped: { type: 'drop' },
});

/** A scene whose tasks are done by the agent, which asks before it runs anything. */
function scene(name, scenario, settings, play, port) {
  const url = port ? `http://127.0.0.1:${port}/${scenario}` : server.url(scenario);
  const permission = { bash: 'ask', edit: 'ask' };
  const env = (root) => clis[agent]({ home: root, config: join(root, 'config'), url, permission });
  const passed = [
    ...['OPENCODE_DISABLE_MODELS_FETCH', 'OPENCODE_DISABLE_AUTOUPDATE'],
    ...['GEMINI_API_KEY', 'GOOGLE_GEMINI_BASE_URL', 'GEMINI_CLI_HOME', 'GEMINI_MODEL'],
  ];
  const all = {
    'runner.default': '"acp"',
    'runner.acp.args': JSON.stringify(argv),
    'runner.acp.env_allow': JSON.stringify(passed),
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

const patient = { 'run.idle_timeout': '"60s"', 'run.connect_timeout': '"60s"' };
for (const [name, scenario, port, settings, ...codes] of [
  ['401', 'refused', undefined, {}, 'auth'],
  ['429', 'limited', undefined, patient, 'rate_limit'],
  ['500', 'broken', undefined, patient, 'server'],
  ['stalled', 'stalled', undefined, { 'run.idle_timeout': '"10s"' }, 'stalled'],
  ['dropped', 'dropped', undefined, patient, 'network'],
  ['dead server', 'work', 9, patient, 'network'],
]) {
  await scene(
    name,
    scenario,
    settings,
    async (at) => {
      const { code } = await call(at, ...launch);
      const { status: ended, error } = await show(at);
      const right = codes.includes(error?.code);
      if (!right) process.exitCode = 1;
      return `exit ${code}, ${ended}, ${error?.code} ${error?.http ?? ''} ${right ? 'as it should' : `INSTEAD OF ${codes}: ${error?.message}`}, alive ${alive(at).length}`;
    },
    port,
  );
}

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
  const before = server.heard.work.length;
  const resumed = await call(at, 'session', 'resume', 'one', '--message', 'And once more.');
  await call(at, 'manager', 'monitor');
  const second = await show(at);
  const kept = remembers(server.heard.work.slice(before), 'Wrote the file.', 'And once more.');
  if (!kept) process.exitCode = 1;
  return `exit ${resumed.code}, same session ${first.sessionId === second.sessionId}, ${second.status}, ${kept ? 'sent' : 'DID NOT SEND'} the earlier conversation`;
});

await server.close();
