/**
 * Runs the codex runner with the real Codex on PATH against a loopback server, and prints what each case gave.
 * Not a jest test: where there is no Codex this has nothing to say, and a skipped test would say that it had.
 *
 *   npm run bench -- runner
 */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { remembers } from './lib/clis/led.mjs';
import { loadServices } from './lib/services.mjs';

// Not below the temporary folder: Codex sets up no sandbox helpers when its home is in there.
const work = realpathSync(mkdtempSync(join(process.env.REAL_CODEX_DIR ?? homedir(), '.codex-agents-real-')));
process.on('exit', () => rmSync(work, { recursive: true, force: true, maxRetries: 5 }));

const service = await loadServices(
  `export { startCodexServer } from './test/support/codex-server.ts';
   export { runnerFor } from './src/services/agents/runners/index.ts';
   export { inspectRun, launchRun, prepareRun, readTranscript, stopRun, watchRun } from './src/services/agents/runs/index.ts';
   export { defaultConfig } from './src/domain/store/config.ts';`,
  work,
);

const command = "printf 'la la la\\n' > song.txt && cat song.txt";
const server = await service.startCodexServer({
  edit: { type: 'work', command, said: 'The song is written.' },
  flaky: { type: 'flaky', times: 1, command, said: 'Written, at the second try.' },
  sleep: { type: 'work', command: 'sleep 120', said: 'Slept.' },
  401: { type: 'status', status: 401 },
  429: { type: 'status', status: 429 },
  500: { type: 'status', status: 500 },
  stall: { type: 'stall' },
  drop: { type: 'drop' },
});

const env = {
  PATH: process.env.PATH,
  HOME: join(work, 'home'),
  TMPDIR: join(work, 'tmp'),
  FAKE_KEY: 'x',
  CODEX_HOME: '',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
};
for (const folder of [env.HOME, env.TMPDIR]) mkdirSync(folder);
const paths = { runsDir: join(work, 'runs') };
const settings = { path: '', args: [], model: '', env_allow: ['FAKE_KEY'] };
const found = await service.runnerFor('codex').probe(settings, env);
if (!found.version) {
  console.log(`Codex cannot be tried here: ${found.problem}`);
  process.exit(1);
}
console.log(`codex ${found.version} at ${found.path}\n`);

/** One run to its end; `during` may act while it lives. */
async function play(
  name,
  /** @type {Record<string, any>} */ {
    scenario = name,
    port,
    retries,
    sandbox = 'workspace-write',
    limits = {},
    during,
    resume,
    home,
    prompt = 'Write a song.',
  } = {},
) {
  const repo = join(work, name);
  mkdirSync(repo, { recursive: true });
  execFileSync('git', ['init', '-q', '-b', 'main'], { cwd: repo, env });
  const codexHome = home ?? join(work, `codex-${name}`);
  mkdirSync(codexHome, { recursive: true });
  writeFileSync(join(codexHome, 'config.toml'), server.config(scenario, { port, retries }));
  const session = {
    paths,
    env: { ...env, CODEX_HOME: codexHome },
    repo: { id: 'r' },
    config: {
      ...service.defaultConfig,
      run: { ...service.defaultConfig.run, full_access: true },
      runner: { ...service.defaultConfig.runner, codex: settings },
    },
    git: { commitOf: async () => undefined },
  };
  const agent = {
    name: 'developer',
    runner: 'codex',
    sandbox,
    envAllow: [],
    instructions: 'Write "songs".\nNothing else.',
    timeouts: { total: '60s', idle: '20s', connect: '20s', ...limits },
  };
  const task = { slug: name, id: '1', worktree: repo, branch: 'main' };
  const started = performance.now();
  const intent = await service.prepareRun(session, {
    task,
    agent,
    prompt,
    attempt: 1,
    resume,
  });
  await service.launchRun(session, intent);
  const watchdog = service.watchRun(paths, intent.runId);
  await during?.(intent.runId);
  let view;
  do {
    await new Promise((resolve) => setTimeout(resolve, 50));
    view = await service.inspectRun(paths, intent.runId);
  } while (!view.status);
  watchdog.stop();
  const seconds = (performance.now() - started) / 1000;
  const { lines: shown } = await service.readTranscript(paths, intent.runId);
  const lines = shown.map(({ text }) => text);
  return { view, seconds, lines, repo, codexHome };
}

let wrong = 0;
/** Prints a case, and complains unless the run ended as expected. */
function tell(name, { view, seconds, lines }, expected) {
  const got = { status: view.status, code: view.error?.code };
  const good = Object.entries(expected).every(([key, value]) => got[key] === value || view[key] === value);
  if (!good) wrong++;
  const what = [view.status, view.error?.code, view.error?.http].filter(Boolean).join(' ');
  console.log(
    `${good ? 'ok   ' : 'WRONG'} ${name.padEnd(22)} ${what.padEnd(24)} exit ${view.exitCode}  ${seconds.toFixed(1)} s`,
  );
  if (!good)
    console.log(
      `      wanted ${JSON.stringify(expected)}; ${view.error?.message}\n      ${lines.join('\n      ')}`,
    );
}

const until = async (condition) => {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50));
};

// Without user namespaces (many containers) Codex has no sandbox; the commands then vanish without a word.
const open = { sandbox: 'full' };
const edit = await play('edit', open);
tell('edit', edit, { status: 'completed', finalText: 'The song is written.', exitCode: 0 });
console.log(edit.lines.map((line) => `        ${line}`).join('\n'));
if (readFileSync(join(edit.repo, 'song.txt'), 'utf8') !== 'la la la\n') wrong++;
const before = server.heard.edit.length;
const resumed = await play('resumed', {
  ...open,
  prompt: 'And now a second verse.',
  scenario: 'edit',
  resume: edit.view.sessionId,
  home: edit.codexHome,
});
tell('resumed session', resumed, { status: 'completed', sessionId: edit.view.sessionId });
const kept = remembers(
  server.heard.edit.slice(before),
  'Write a song.',
  'The song is written.',
  'And now a second verse.',
);
if (!kept) wrong++;
console.log(`        ${kept ? 'sent' : 'DID NOT SEND'} the earlier conversation`);
const sandboxed = await play('sandboxed', { scenario: 'edit' });
tell('sandboxed edit', sandboxed, { status: 'completed' });
console.log(
  `        the sandbox ${existsSync(join(sandboxed.repo, 'song.txt')) ? 'let it write in the worktree' : 'does not work here: nothing was written'}`,
);
tell('500 once, then well', await play('flaky', open), { status: 'completed' });
tell('401', await play('401', open), { status: 'failed', code: 'auth' });
tell('429', await play('429', open), { status: 'failed', code: 'rate_limit' });
tell('500', await play('500', open), { status: 'failed', code: 'server' });
tell('drop', await play('drop', open), { status: 'failed', code: 'network' });
tell('stall, idle 4 s', await play('stall', { ...open, limits: { idle: '4s' } }), {
  status: 'timeout',
  code: 'stalled',
});
tell('dead server', await play('dead', { ...open, scenario: 'edit', port: 1 }), {
  status: 'failed',
  code: 'network',
});
tell(
  'dead server, 3 s limit',
  await play('dead-short', { ...open, scenario: 'edit', port: 1, retries: 50, limits: { connect: '3s' } }),
  {
    status: 'timeout',
    code: 'stalled',
  },
);
tell(
  'stopped while working',
  await play('sleep', {
    ...open,
    during: async (runId) => {
      await until(async () => (await service.inspectRun(paths, runId)).lastLine === '$ sleep 120');
      await service.stopRun(paths, runId, 'interrupt');
    },
  }),
  { status: 'interrupted', code: undefined },
);
await server.close();
console.log(wrong === 0 ? '\nall as expected' : `\n${wrong} wrong`);
process.exitCode = wrong === 0 ? 0 : 1;
