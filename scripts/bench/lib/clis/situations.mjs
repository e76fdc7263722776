/** What a coding CLI is put through. Each gives what was seen, and the first thing about it that is wrong. */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import * as driven from '../driven.mjs';
import { clinging, environmentOf, instructions } from './driven-by.mjs';
import { remembers } from './led.mjs';

const { alive, call, committed, launch, show, start, status, until } = driven;

// Gemini refuses commands that hold another command.
const command = 'echo done > one.txt';
const said = 'Wrote the file.';
const limitSeconds = 40;

/** Name of a situation → what its server does. */
export const scenarios = {
  edit: { type: 'work', command, said },
  resume: { type: 'work', command, said },
  hang: { type: 'work', command, said },
  limit: { type: 'limit', seconds: limitSeconds, command, said },
  flaky: { type: 'flaky', times: 1, command, said },
  interrupt: { type: 'work', command: 'sleep 1171', said },
  stop: { type: 'work', command: 'sleep 1172', said },
  401: { type: 'status', status: 401 },
  429: { type: 'status', status: 429 },
  500: { type: 'status', status: 500 },
  stall: { type: 'stall' },
  drop: { type: 'drop' },
  dead: { type: 'work', command, said },
};

/** Generous: a first start may take half a minute on a busy machine. */
const patient = {
  'run.connect_timeout': '"5m"',
  'run.idle_timeout': '"5m"',
  'run.total_timeout': '"15m"',
};

/** The first of these that does not hold. */
const firstWrong = (...claims) => claims.find(([holds]) => !holds)?.[1];

const ordinary = (report) => [
  [report.status === 'completed', `ended ${report.status}: ${report.error?.message}`],
  [report.unknown === 0, `${report.unknown} unknown records`],
];
const done = async (at) => {
  const task = await status(at);
  return [
    [task.status === 'done', `the task is ${task.status}: ${task.problem?.message}`],
    [committed(at), 'its work is not committed'],
    [alive(at).length === 0, `${alive(at).length} processes are left`],
  ];
};

async function edit({ at, heard }) {
  const main = at.run(at.repo, 'git', 'rev-parse', 'main');
  const { code } = await call(at, ...launch);
  const report = await show(at);
  const told = [...instructions.split('\n'), 'One'].filter((text) => !remembers(heard(), text));
  return {
    seen: `"${report.finalText}", ${report.usage?.input} tokens in, ${report.usage?.output} out, ${report.unknown} unknown`,
    wrong: firstWrong(
      ...ordinary(report),
      [code === 0, `exit ${code}`],
      ...(await done(at)),
      [report.finalText?.endsWith(said), `it said ${JSON.stringify(report.finalText)}`],
      [report.usage?.input > 0, 'it told no usage'],
      [told.length === 0, `not on the wire: ${told.join('; ')}`],
      [main === at.run(at.repo, 'git', 'rev-parse', 'main'), 'the target moved'],
    ),
  };
}

async function resume({ at, heard }) {
  await call(at, ...launch);
  const first = await show(at);
  const before = heard().length;
  const { code, out } = await call(at, 'session', 'resume', 'one', '--message', 'And a second verse.');
  await call(at, 'manager', 'monitor');
  const second = await show(at);
  const sent = heard().slice(before);
  return {
    seen: `${second.status}, ${sent.length} requests, ${second.unknown} unknown`,
    wrong: firstWrong(
      ...ordinary(first),
      [code === 0, `resume: exit ${code} ${out.slice(-200)}`],
      ...ordinary(second),
      [first.sessionId === second.sessionId, 'another conversation'],
      [remembers(sent, said, 'And a second verse.'), 'it did not send the earlier conversation'],
    ),
  };
}

async function hang({ at }) {
  const { code } = await call(at, ...launch);
  const report = await show(at);
  return {
    seen: `${report.status}, ${report.unknown} unknown`,
    wrong: firstWrong(...ordinary(report), [code === 0, `exit ${code}`], ...(await done(at))),
  };
}

async function limit({ at, heard }) {
  const { code } = await call(at, ...launch);
  const report = await show(at);
  const starts = at.folders().length;
  return {
    seen: `${report.status}, ${starts} starts, ${heard().length} requests`,
    wrong: firstWrong(...ordinary(report), [code === 0, `exit ${code}`], ...(await done(at)), [
      starts <= 2,
      `${starts} starts`,
    ]),
  };
}

async function flaky({ at }) {
  const { code } = await call(at, ...launch);
  const report = await show(at);
  return {
    seen: `${report.status}, ${report.retries} retries told, ${report.unknown} unknown`,
    wrong: firstWrong(...ordinary(report), [code === 0, `exit ${code}`], ...(await done(at))),
  };
}

const failing =
  (...codes) =>
  async ({ at }) => {
    const { code } = await call(at, ...launch);
    const { status: ended, error } = await show(at);
    const task = await status(at);
    return {
      seen: `${ended}, ${error?.code}${error?.http ? ` ${error.http}` : ''}: ${error?.message}`,
      wrong: firstWrong(
        [codes.includes(error?.code), `${error?.code} instead of ${codes.join(' or ')}`],
        [code === 5, `exit ${code}`],
        [task.status === 'failed', `the task is ${task.status}`],
        [alive(at).length === 0, `${alive(at).length} processes are left`],
      ),
    };
  };

/** How long a person waits at most until an agent is gone, on a machine that starts a command in no time. */
const endedWithinMs = 8_000;

const ending =
  (seconds, ...words) =>
  async ({ at }) => {
    const running = start(at, ...launch);
    await until(() => sleeps(at, seconds), 200_000);
    const before = performance.now();
    await call(at, 'version');
    const begin = performance.now();
    // A command starts a few programs; how long that takes says how busy the machine is.
    const limit = endedWithinMs + 10 * (begin - before);
    const asked = await call(at, ...words);
    await until(() => alive(at).length === 0, 120_000);
    const took = performance.now() - begin;
    await running.done;
    const report = await show(at);
    const task = await status(at);
    return {
      seen: `${report.status} in ${(took / 1000).toFixed(1)} s, task ${task.status}`,
      wrong: firstWrong(
        [report.status === 'interrupted', `ended ${report.status}: ${report.error?.message}`],
        [asked.code === 0, `exit ${asked.code}: ${asked.out.slice(-200)}`],
        [took < limit, `it took ${took.toFixed(0)} ms, and ${limit.toFixed(0)} would do`],
        [['needs-input', 'ready', 'cancelled'].includes(task.status), `the task is ${task.status}`],
      ),
    };
  };

/** Whether the tool that the model asked for is at work. */
function sleeps(at, seconds) {
  const lines = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' }).split('\n');
  const mine = new Set(alive(at));
  return lines.some((line) => {
    const [pid, ...args] = line.trim().split(/\s+/);
    return args.join(' ') === `sleep ${seconds}` && mine.has(pid);
  });
}

const quick = { 'run.connect_timeout': '"12s"', 'run.idle_timeout': '"12s"' };

/** Name → how it is played, with what settings. */
const plays = {
  edit: [edit],
  resume: [resume],
  hang: [hang],
  limit: [limit],
  flaky: [flaky],
  interrupt: [ending(1171, 'session', 'interrupt', 'one')],
  stop: [ending(1172, 'task', 'stop', 'one')],
  401: [failing('auth')],
  429: [failing('rate_limit')],
  500: [failing('server')],
  stall: [failing('stalled'), quick],
  drop: [failing('network')],
  dead: [failing('network')],
};
export const situationNames = Object.keys(plays).sort();

/** Plays one situation with one CLI in a repository of its own. */
export async function playSituation(name, way, servers) {
  const [play, settings = {}] = plays[name];
  const root = { at: undefined };
  const heard = () => servers[way.server].heard[name] ?? [];
  const began = performance.now();
  try {
    const env = environmentOf(way, servers, name, name === 'dead' ? 9 : undefined);
    root.at = driven.makeRepo({
      env,
      settings: { 'runner.default': `"${way.runner}"`, ...patient, ...way.settings(), ...settings },
      tasks: ['One'],
    });
    if (name === 'hang') useClinging(root.at, way);
    return { ...(await play({ at: root.at, heard })), seconds: (performance.now() - began) / 1000 };
  } catch (error) {
    const last = root.at?.read('transcript.log').slice(-400);
    return { seen: last ?? '', wrong: error.message, seconds: (performance.now() - began) / 1000 };
  } finally {
    if (root.at) {
      await call(root.at, 'manager', 'stop');
      if (process.env.KEEP) console.error(root.at.root);
      else await removed(root.at);
    }
  }
}

function useClinging(at, way) {
  const path = clinging(at.root, way);
  const settings = way.runner === 'acp' ? way.settings(path) : { [`runner.${way.runner}.path`]: `"${path}"` };
  for (const [key, value] of Object.entries(settings)) at.codexAgent(at.repo, 'config', 'set', key, value);
}

/** A CLI's own background work may still write below its home. */
async function removed(at) {
  for (let tries = 0; tries < 20; tries++) {
    try {
      rmSync(at.root, { recursive: true, force: true });
      return;
    } catch {
      await sleep(200);
    }
  }
}
