/**
 * The real Codex CLI over `app-server`, held by a host, driven by the built program against a loopback model server:
 * an edit ends committed, a message changes the turn, questions are answered both ways, interrupts end at once, bad
 * servers end with the right code, a resumed run keeps its conversation, a killed host or driver loses nothing, six
 * runs share one configuration, and the host's memory.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from '../validators.mjs';
import { remembers } from './lib/clis/led.mjs';
import * as driven from './lib/driven.mjs';

const { alive, call, committed, launch, pidsOf, said, show, start, status, until } = driven;

if (spawnSync('codex', ['--version']).status !== 0) {
  console.error('codex is not on PATH; install it to run this.');
  process.exit(2);
}
const { startCodexServer } = await load('test/support/codex-server.ts');
const edit = 'echo done > "$(basename "$PWD").txt"';
const server = await startCodexServer({
  work: { type: 'work', command: edit, said: 'Wrote the file.' },
  talk: { type: 'talk', words: 600, wordMs: 100, command: edit, said: 'Steered.' },
  escalate: { type: 'escalate', command: edit, said: 'Asked first.' },
  sleep: { type: 'work', command: 'echo started; sleep 300', said: 'Slept.' },
  refused: { type: 'status', status: 401 },
  limited: { type: 'status', status: 429 },
  broken: { type: 'status', status: 500 },
  stalled: { type: 'stall' },
});
/** A scene whose tasks run over app-server against one scenario of the server. */
function scene(name, scenario, /** @type {Record<string, any>} */ { port, settings = {}, tasks }, play) {
  const env = (root) => {
    const codexHome = join(root, 'codex-home');
    mkdirSync(codexHome);
    writeFileSync(join(codexHome, 'config.toml'), server.config(scenario, { port }));
    return { CODEX_HOME: codexHome, FAKE_KEY: 'x' };
  };
  const all = {
    'runner.codex.env_allow': '["FAKE_KEY"]',
    'runner.codex.transport': '"app-server"',
    ...settings,
  };
  return driven.scene(name, { env, settings: all, ...(tasks ? { tasks } : {}) }, play);
}

await scene('edit', 'work', {}, async (at) => {
  const { code } = await call(at, ...launch);
  const report = await show(at);
  return `exit ${code}, ${report.status}, committed ${committed(at)}, ${report.usage.input} tokens in, unknown ${report.unknown}`;
});

await scene('steer', 'talk', {}, async (at) => {
  const running = start(at, ...launch);
  await said(at, 'word5');
  const begin = performance.now();
  const sent = await call(at, 'session', 'send', 'one', 'STEER: write the file');
  const took = performance.now() - begin;
  const { code } = await running.done;
  const report = await show(at);
  return `send exit ${sent.code} in ${took.toFixed(0)} ms (whole command), run exit ${code}, ${report.status}, said "${report.finalText}", committed ${committed(at)}`;
});

for (const [name, more] of [
  ['approve', []],
  ['deny', ['--deny']],
]) {
  await scene(name, 'escalate', { settings: { 'run.approvals': '"always"' } }, async (at) => {
    const running = start(at, ...launch);
    await until(() => at.read('pending.json') !== '');
    const listed = JSON.parse((await call(at, 'session', 'list', '--json')).out).data.sessions[0];
    const answered = await call(at, 'session', 'approve', 'one', ...more);
    const { code } = await running.done;
    const report = await show(at);
    return `asked "${listed.approvals?.[0]?.kind}", answer exit ${answered.code}, run exit ${code}, ${report.status}, denied ${report.denied}, file ${existsSync(join(at.repo, '..', 'repo.worktrees', 'one', 'one.txt'))}`;
  });
}

await scene(
  'unanswered',
  'escalate',
  { settings: { 'run.approvals': '"always"', 'run.approval_timeout': '"1s"', 'run.idle_timeout': '"20s"' } },
  async (at) => {
    const { code } = await call(at, ...launch);
    const report = await show(at);
    return `run exit ${code}, ${report.status}, denied ${report.denied}`;
  },
);

await scene('interrupt', 'sleep', {}, async (at) => {
  const running = start(at, ...launch);
  await said(at, 'commandExecution');
  const begin = performance.now();
  const asked = start(at, 'session', 'interrupt', 'one');
  await until(() => at.read('transcript.log').includes('"dir":"exit"'));
  const ended = performance.now() - begin;
  await asked.done;
  await running.done;
  const report = await show(at);
  const sent = /"ms":(\d+),"dir":">","id":\d+,"method":"turn\/interrupt"/.exec(
    at.read('transcript.log'),
  )?.[1];
  const over = /"ms":(\d+),"dir":"<","method":"turn\/completed"/.exec(at.read('transcript.log'))?.[1];
  const gone = /"ms":(\d+),"dir":"exit"/.exec(at.read('transcript.log'))?.[1];
  return `${report.status}; turn over ${Number(over) - Number(sent)} ms, agent gone ${Number(gone) - Number(sent)} ms after the request (${ended.toFixed(0)} ms with the start of the command); alive ${alive(at).length}; task ${(await status(at)).status}`;
});

await scene('stop', 'sleep', {}, async (at) => {
  const running = start(at, ...launch);
  await said(at, 'commandExecution');
  await call(at, 'task', 'stop', 'one');
  await running.done;
  return `${(await show(at)).status}, alive ${alive(at).length}`;
});

for (const [name, scenario, port, settings, code] of [
  ['401', 'refused', undefined, {}, 'auth'],
  ['429', 'limited', undefined, {}, 'rate_limit'],
  ['500', 'broken', undefined, {}, 'server'],
  ['dead server', 'work', 9, { 'run.connect_timeout': '"20s"' }, 'network'],
  ['stalled', 'stalled', undefined, { 'run.idle_timeout': '"5s"' }, 'stalled'],
]) {
  await scene(name, scenario, { port, settings }, async (at) => {
    const { code: exit } = await call(at, ...launch);
    const report = await show(at);
    const right = report.error?.code === code || (name === 'dead server' && report.error?.code === 'stalled');
    return `exit ${exit}, ${report.status}, ${report.error?.code}${report.error?.http ? ` ${report.error.http}` : ''} ${right ? 'as it should' : `INSTEAD OF ${code}`}, retries ${report.retries}, alive ${alive(at).length}`;
  });
}

await scene('resume', 'work', {}, async (at) => {
  await call(at, ...launch);
  const first = await show(at);
  const before = server.heard.work.length;
  const resumed = await call(at, 'session', 'resume', 'one', '--message', 'And once more.');
  await call(at, 'manager', 'monitor');
  const second = await show(at);
  const kept = remembers(server.heard.work.slice(before), 'Wrote the file.', 'And once more.');
  return `exit ${resumed.code}, same thread ${first.sessionId === second.sessionId}, ${kept ? 'sent' : 'DID NOT SEND'} the earlier conversation, ${second.status}, thread total ${first.usage.input} then ${second.usage.input}`;
});

await scene('host killed', 'talk', {}, async (at) => {
  const running = start(at, ...launch);
  await said(at, 'word5');
  process.kill(pidsOf(at).host, 'SIGKILL');
  const { code } = await running.done;
  const report = await show(at);
  const kept = at.read('transcript.log').includes('word5');
  return `run exit ${code}, ${report.status} (${report.error?.code}), words kept ${kept}, runs ${at.folders().length}, alive ${alive(at).length}`;
});

await scene('driver killed', 'talk', {}, async (at) => {
  const running = start(at, ...launch);
  await said(at, 'word5');
  running.child.kill('SIGKILL');
  await running.done;
  const before = alive(at).length;
  const sent = await call(at, 'session', 'send', 'one', 'STEER: write the file');
  const monitor = await call(at, 'manager', 'monitor');
  const report = await show(at);
  return `lived on ${before > 0}, steered by another process exit ${sent.code}, adopted exit ${monitor.code}, ${report.status}, committed ${committed(at)}, runs ${at.folders().length}`;
});

const six = ['A', 'B', 'C', 'D', 'E', 'F'].map((letter) => `Task ${letter}`);
await scene('six in parallel', 'work', { settings: { 'run.max_parallel': '6' }, tasks: six }, async (at) => {
  const { code } = await call(at, ...launch);
  const reports = await Promise.all(six.map((title) => show(at, title.toLowerCase().replace(' ', '-'))));
  const errors = at
    .folders()
    .flatMap((run) => at.read('stderr.log', run).match(/^.*(lock|database|busy|conflict).*$/gim) ?? []);
  const slugs = six.map((title) => title.toLowerCase().replace(' ', '-'));
  return `exit ${code}, completed ${reports.filter((report) => report.status === 'completed').length} of 6, committed ${slugs.filter((slug) => committed(at, slug)).length}, over app-server ${at.folders().filter((run) => !at.read('transcript.log', run).includes('"fallback"')).length}, complaints about locks ${errors.length}`;
});

await scene('memory', 'talk', { settings: { 'run.max_parallel': '6' }, tasks: six }, async (at) => {
  start(at, ...launch);
  await until(
    () =>
      at.folders().length === 6 &&
      at.folders().every((run) => at.read('transcript.log', run).includes('word3')),
    120_000,
  );
  const memory = at.folders().map((run) => {
    const { agent, host } = pidsOf(at, run);
    const rollup = (pid, field) =>
      Number(
        new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))[1],
      ) / 1024;
    return { rss: rollup(host, 'Rss'), pss: rollup(host, 'Pss'), shell: rollup(agent, 'Pss') };
  });
  const mean = (key) => (memory.reduce((sum, one) => sum + one[key], 0) / memory.length).toFixed(1);
  return `host RSS ${mean('rss')} MB, PSS ${mean('pss')} MB, its shell PSS ${mean('shell')} MB (mean of 6)`;
});

await server.close();
