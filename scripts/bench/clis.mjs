/**
 * The real Claude Code, opencode and Gemini CLI on PATH, each driven by its runner against a loopback model
 * server; a line a case. Says which of them are missing.
 *
 *   npm run bench -- clis            CLIS=claude,gemini CASES=edit,401 npm run bench -- clis
 *   BOX=off npm run bench -- clis    without the sandbox that is ours
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { clis, remembers } from './lib/clis.mjs';
import * as driven from './lib/driven.mjs';
import { loadServices } from './lib/services.mjs';

const work = realpathSync(mkdtempSync(join(tmpdir(), 'codex-agents-clis-')));
process.on('exit', () => rmSync(work, { recursive: true, force: true, maxRetries: 5 }));
const service = await loadServices(
  `export { startAgentServer } from './test/support/agent-server.ts';
   export { runnerFor } from './src/services/agents/runners/index.ts';
   export { inspectRun, launchRun, prepareRun, readTranscript, reportRun, stopRun, executorOf } from './src/services/agents/runs/index.ts';
   export { defaultConfig } from './src/domain/store/config.ts';`,
  work,
);

const command = "printf 'la la la\\n' > song.txt && cat song.txt";
const server = await service.startAgentServer({
  edit: { type: 'work', command, said: 'The song is written.' },
  resume: { type: 'work', command, said: 'It is called Quillon.' },
  commit: {
    type: 'work',
    // Gemini refuses commands that hold another command.
    command: 'echo done > one.txt',
    said: 'Wrote the file.',
  },
  flaky: { type: 'flaky', times: 1, command, said: 'Written, at the second try.' },
  sleep: { type: 'work', command: 'sleep 117', said: 'Slept.' },
  401: { type: 'status', status: 401 },
  429: { type: 'status', status: 429 },
  500: { type: 'status', status: 500 },
  stall: { type: 'stall' },
  drop: { type: 'drop' },
});

const own = (name) => join(work, 'own', name);
const paths = {
  configDir: own('config'),
  dataDir: own('data'),
  stateDir: own('state'),
  cacheDir: own('cache'),
  registryFile: own('data/tasks.json'),
  runsDir: own('state/runs'),
};
const settings = { path: '', args: [], model: '', env_allow: [] };
// Generous: a first start may take half a minute on a busy machine.
const limits = { total: '300s', idle: '90s', connect: '90s' };
let count = 0;

function makeHome(cli, scenario, port) {
  const home = join(work, `${cli}-home-${scenario}`);
  mkdirSync(join(home, 'tmp'), { recursive: true });
  const url = port ? `http://127.0.0.1:${port}/${scenario}` : server.url(scenario);
  const folders = ['config', 'data', 'state', 'cache'].map((name) => [
    `XDG_${name.toUpperCase()}_HOME`,
    join(home, name),
  ]);
  return {
    PATH: process.env.PATH,
    HOME: home,
    TMPDIR: join(home, 'tmp'),
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    ...Object.fromEntries(folders),
    ...clis[cli]({ home, url, config: join(home, 'config') }),
  };
}

/** One run to its end; `during` may act while it lives. */
async function play(
  cli,
  scenario,
  /** @type {Record<string, any>} */ {
    port,
    during,
    resume,
    repo,
    prompt = 'Write a song for the zither.',
    sandbox,
    limit = {},
  } = {},
) {
  const tree = repo ?? join(work, `${cli}-${scenario}-${++count}`);
  mkdirSync(tree, { recursive: true });
  const env = makeHome(cli, scenario, port);
  if (!repo) execFileSync('git', ['init', '-q', '-b', 'main'], { cwd: tree, env });
  const session = {
    paths,
    env,
    repo: { id: 'r' },
    config: {
      ...service.defaultConfig,
      sandbox: { ...service.defaultConfig.sandbox, mode: process.env.BOX || 'auto' },
      runner: { ...service.defaultConfig.runner, [cli]: settings },
    },
    root: tree,
    git: {
      commonDir: join(tree, '.git'),
      gitDir: async () => join(tree, '.git'),
      commitOf: async () => undefined,
    },
  };
  const agent = {
    name: 'developer',
    runner: cli,
    sandbox: sandbox ?? 'workspace-write',
    envAllow: [],
    instructions: 'You are a bard.\nWrite "songs" & nothing else.',
    timeouts: { ...limits, ...limit },
  };
  const task = { slug: `${cli}-${scenario}`, id: String(++count), worktree: tree, branch: 'main' };
  const started = performance.now();
  const intent = await service.prepareRun(session, { task, agent, prompt, attempt: 1, resume });
  await service.launchRun(session, intent);
  const watchdog = service.executorOf(paths).adopt(intent.runId);
  const extra = await during?.(intent.runId);
  let view;
  do {
    await sleep(50);
    view = await service.inspectRun(paths, intent.runId);
  } while (!view.status);
  watchdog.stop();
  const seconds = (performance.now() - started) / 1000;
  const { lines: shown } = await service.readTranscript(paths, intent.runId);
  const lines = shown.map(({ text }) => text);
  const stderr = readFileSync(join(paths.runsDir, intent.runId, 'stderr.log'), 'utf8');
  const { unknown } = await service.reportRun(paths, intent.runId);
  return { view, seconds, lines, tree, stderr, extra, unknown, env };
}

let wrong = 0;
/** Prints a case, and complains unless the run ended as expected. */
function tell(name, run, expected, note = '') {
  const { view, seconds, lines, stderr, unknown } = run;
  const got = { ...view, code: view.error?.code, http: view.error?.http };
  const bad = Object.entries(expected).filter(([key, value]) => !Object.is(got[key], value));
  const good = bad.length === 0 && unknown === 0;
  if (!good) wrong++;
  const what = [view.status, view.error?.code, view.error?.http].filter(Boolean).join(' ');
  console.log(
    `${good ? 'ok   ' : 'WRONG'} ${name.padEnd(30)} ${what.padEnd(26)} exit ${String(view.exitCode).padEnd(4)} held by ${view.confinement?.by} ${seconds.toFixed(1)} s ${note}`,
  );
  if (!good || process.env.SHOW) {
    console.log(
      `      wanted ${JSON.stringify(expected)}; ${view.error?.message}; ${unknown} unknown records`,
    );
    for (const line of lines) console.log(`      | ${line.slice(0, 300)}`);
    for (const line of stderr.trim().split('\n').slice(-6)) console.log(`      ! ${line.slice(0, 300)}`);
  }
}

const until = async (condition) => {
  const end = performance.now() + 40_000;
  while (!(await condition()) && performance.now() < end) await sleep(50);
};
/** Processes that carry this run's cookie, whoever started them. */
const carriers = (runId) =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`/runs/${runId}\0`);
    } catch {
      return false;
    }
  }).length;
const sleeping = (runId) =>
  execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
    .split('\n')
    .some((line) => line.trim() === 'sleep 117') && carriers(runId) > 0;

const cases = {
  async edit(cli) {
    const run = await play(cli, 'edit');
    const song = join(run.tree, 'song.txt');
    const written = existsSync(song) && readFileSync(song, 'utf8') === 'la la la\n';
    tell(
      `${cli} edit`,
      run,
      { status: 'completed', finalText: 'The song is written.', exitCode: 0 },
      written ? 'written' : 'NOT WRITTEN',
    );
    if (!written) wrong++;
    const { usage } = run.view;
    console.log(
      `        usage ${JSON.stringify(usage)}, ${(server.requests.edit ?? []).length} requests; lines: ${run.lines.join(' / ')}`,
    );
    delete server.requests.edit;
  },
  /** The whole way: a task, its worktree, the run, and what is committed of it. */
  async commit(cli) {
    const env = (root) => clis[cli]({ home: root, url: server.url('commit'), config: join(root, 'config') });
    const at = driven.makeRepo({ env, settings: { 'runner.default': `"${cli}"` }, tasks: ['One'] });
    try {
      const main = at.run(at.repo, 'git', 'rev-parse', 'main');
      const { code } = await driven.call(at, ...driven.launch);
      const [subject, trailers] = at
        .run(at.repo, 'git', 'log', '-1', '--format=%s%x00%(trailers:unfold,separator=; )', 'codex-agent/one')
        .trim()
        .split('\0');
      const { status } = await driven.status(at);
      const run = at.folders().at(-1);
      const good =
        code === 0 &&
        status === 'done' &&
        driven.committed(at) &&
        subject === 'One' &&
        trailers.includes(run) &&
        main === at.run(at.repo, 'git', 'rev-parse', 'main') &&
        at.run(join(at.root, 'repo.worktrees', 'one'), 'git', 'status', '--porcelain') === '';
      if (!good) wrong++;
      console.log(
        `${good ? 'ok   ' : 'WRONG'} ${`${cli} task to commit`.padEnd(30)} exit ${code}, task ${status}, "${subject}", ${trailers}`,
      );
    } finally {
      await driven.call(at, 'manager', 'stop');
      at.cleanup();
    }
  },
  async resume(cli) {
    const first = await play(cli, 'resume');
    tell(`${cli} first`, first, { status: 'completed', finalText: 'It is called Quillon.' });
    const before = server.heard.resume.length;
    const again = await play(cli, 'resume', {
      repo: first.tree,
      resume: first.view.sessionId,
      prompt: 'And now a second verse.',
    });
    const sent = server.heard.resume.slice(before);
    const kept = remembers(
      sent,
      'Write a song for the zither.',
      'It is called Quillon.',
      'And now a second verse.',
    );
    if (!kept) wrong++;
    tell(
      `${cli} resumed`,
      again,
      { status: 'completed', sessionId: first.view.sessionId },
      kept ? 'sent the earlier conversation' : 'DID NOT SEND THE EARLIER CONVERSATION',
    );
    // The same question without the session: what was looked for is not there by itself.
    const mark = server.heard.resume.length;
    await play(cli, 'resume', { repo: first.tree, prompt: 'And now a second verse.' });
    if (remembers(server.heard.resume.slice(mark), 'Write a song for the zither.')) {
      wrong++;
      console.log(`WRONG ${cli} sends earlier conversations also in a new session`);
    }
  },
  401: async (cli) =>
    tell(`${cli} 401`, await play(cli, '401'), { status: 'failed', code: 'auth', http: 401 }),
  429: async (cli) => tell(`${cli} 429`, await play(cli, '429'), { code: 'rate_limit' }),
  500: async (cli) => tell(`${cli} 500`, await play(cli, '500'), { code: 'server' }),
  flaky: async (cli) => tell(`${cli} 500 once`, await play(cli, 'flaky'), { status: 'completed' }),
  stall: async (cli) =>
    tell(
      `${cli} stalled body, idle 12 s`,
      await play(cli, 'stall', { limit: { idle: '12s', connect: '12s' } }),
      { status: 'timeout', code: 'stalled' },
    ),
  drop: async (cli) => tell(`${cli} dropped body`, await play(cli, 'drop'), { code: 'network' }),
  dead: async (cli) => tell(`${cli} dead server`, await play(cli, 'dead', { port: 9 }), { code: 'network' }),
  async interrupt(cli) {
    const run = await play(cli, 'sleep', {
      during: async (runId) => {
        await until(() => sleeping(runId));
        const start = performance.now();
        await service.stopRun(paths, runId, 'interrupt');
        const ms = performance.now() - start;
        // The supervisor makes the end durable and goes.
        await sleep(500);
        return { ms, left: carriers(runId) };
      },
    });
    const { ms, left } = run.extra;
    tell(
      `${cli} interrupted`,
      run,
      { status: 'interrupted', code: undefined },
      `stopped in ${ms.toFixed(0)} ms, ${left} processes left`,
    );
    if (left > 0 || ms > 1_000) wrong++;
  },
};

const wanted = process.env.CASES?.split(',') ?? Object.keys(cases).sort();
for (const cli of process.env.CLIS?.split(',') ?? Object.keys(clis)) {
  const env = makeHome(cli, 'probe');
  const found = await service.runnerFor(cli).probe(settings, env);
  console.log(
    found.version
      ? `${cli} ${found.version} at ${found.path}`
      : `${cli} cannot be tried here: ${found.problem}`,
  );
  if (!found.version) continue;
  for (const name of wanted) await cases[name](cli);
}
await server.close();
console.log(wrong === 0 ? '\nall as expected' : `\n${wrong} wrong`);
process.exitCode = wrong === 0 ? 0 : 1;
