import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { RunnerName } from '../../../../src/domain/agents/run.js';
import { readPauses } from '../../../../src/services/agents/limits/index.js';
import { drive, launch, runTask } from '../../../../src/services/app/manager/index.js';
import { requireTask } from '../../../../src/services/store/tasks/index.js';
import { makeSandbox, type Sandbox, type SandboxSession } from '../../../support/sandbox.js';

let sandbox: Sandbox;
let session: SandboxSession;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

const program = (name: string, body: string): string => {
  const path = join(sandbox.root, name);
  writeFileSync(path, `#!/bin/sh\n${body}`);
  chmodSync(path, 0o755);
  return path;
};

/**
 * A claude that is at its limit until this time, in seconds since 1970, or for ever when none is told. `once`: it meets
 * the limit with its first start, and the limit ends four seconds later.
 */
const limited = (until: number | 'once' | undefined, text = "You've hit your session limit") =>
  program(
    'claude',
    `[ "$1" = --version ] && { echo 2.1.0; exit 0; }
cat > ${sandbox.root}/stdin.$$
echo "$*" >> ${sandbox.root}/starts
echo '{"type":"system","subtype":"init","session_id":"s-1"}'
until=${until === 'once' ? '$(($(date +%s) + 4))' : (until ?? 9_999_999_999)}
[ ${until === 'once' ? 1 : 0} = 1 ] && { [ -e ${sandbox.root}/met ] && until=0; touch ${sandbox.root}/met; }
if [ $(date +%s) -lt $until ]; then
  ${until ? `echo '{"type":"rate_limit_event","rate_limit_info":{"status":"rejected","resetsAt":'$until'}}'` : ''}
  echo '{"type":"result","subtype":"success","is_error":true,"result":"${text.replaceAll("'", '’')}"}'
  exit 1
fi
echo x >> "$(basename "$PWD").txt"
echo '{"type":"result","subtype":"success","is_error":false,"result":"ok"}'
`,
  );

const codex = () =>
  program(
    'codex',
    `[ "$1" = features ] && exit 0
[ "$1" = --version ] && { echo codex-cli 0.171.0; exit 0; }
echo "$*" >> ${sandbox.root}/codex-starts
echo '{"type":"thread.started","thread_id":"t1"}'
echo x >> "$(basename "$PWD").txt"
echo '{"type":"turn.started"}'
echo '{"type":"turn.completed","usage":{"input_tokens":1,"cached_input_tokens":0,"output_tokens":1}}'
`,
  );

const starts = (file = 'starts'): string[] => {
  const path = join(sandbox.root, file);
  const lines = existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
  // A launch asks whether the program is there; that is no start of an agent.
  return lines.filter((argv) => argv !== '--version');
};

async function open(claude: string, runner: object = {}, more: Partial<SandboxSession> = {}): Promise<void> {
  session = await sandbox.session(
    join(sandbox.root, 'repo'),
    {
      runner: {
        default: 'claude',
        claude: { path: claude, args: [], model: '', env_allow: [] },
        ...runner,
      } as never,
      worktree: { spare: 0 } as never,
      run: { max_parallel: 1 } as never,
    },
    more,
  );
}

const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;
const statuses = async () =>
  Object.fromEntries(
    await Promise.all(
      ['a', 'b'].map(async (slug) => [slug, (await requireTask(session, slug)).status] as const),
    ),
  );

describe('an account at its limit', () => {
  beforeEach(() => void sandbox.repo());

  test('starts nothing more, and goes on in the conversation once it ends, by itself', async () => {
    await open(limited('once'));
    await sandbox.task(session, 'a');
    await sandbox.task(session, 'b');
    const report = await launch(session, { tasks: [], land: false, wait: true });
    expect(report.tasks.map(({ slug, status }) => [slug, status])).toEqual([
      ['a', 'done'],
      ['b', 'done'],
    ]);
    // One start met the limit; after it, one goes on where it stopped and the other begins.
    expect(starts()).toHaveLength(3);
    expect(starts().filter((argv) => argv.includes('--resume s-1'))).toHaveLength(1);
    expect(session.events.filter((event) => event.type === 'runners.paused')).toHaveLength(2);
    expect(readPauses(session.paths)).toEqual([]);
  });

  test('is known to the next driver, and to every repository: the wish stays', async () => {
    // Not on a full minute, which would be waited out to its end.
    const until = inSeconds(3 * 86_400) | 1;
    await open(limited(until));
    await sandbox.task(session, 'a');
    await sandbox.task(session, 'b');
    const report = await launch(session, { tasks: [], land: true, wait: true });
    expect(report.tasks[0]).toMatchObject({ status: 'ready', ok: false, problem: { code: 'quota' } });
    expect(report.tasks[1]).toMatchObject({ status: 'ready', pause: { runner: 'claude' } });
    expect(report.tasks[1]!.reason).toContain('claude is at its limit until');
    expect(starts()).toHaveLength(1);
    await open(limited(until));
    await drive(session, { until: 'rest' });
    expect(starts()).toHaveLength(1);
    expect(await requireTask(session, 'a')).toMatchObject({
      status: 'ready',
      launch: { land: true, resume: { sessionId: 's-1', runner: 'claude' } },
    });
    expect(Date.parse(readPauses(session.paths)[0]!.until!) - until * 1000).toBe(2000);
  });

  test('does not stop other runners: those of the setting take the tasks', async () => {
    const runner = {
      fallback: ['gemini', 'codex'],
      codex: { path: codex(), args: [], model: '', env_allow: [], transport: 'exec' },
    };
    await open(limited(inSeconds(3 * 86_400)), {
      ...runner,
      gemini: { path: '/nowhere', args: [], model: '', env_allow: [] },
    });
    await sandbox.task(session, 'a', { model: 'opus' });
    await sandbox.task(session, 'b');
    await launch(session, { tasks: [], land: false, wait: true });
    expect(await statuses()).toEqual({ a: 'done', b: 'done' });
    expect(starts()).toHaveLength(1);
    expect(starts('codex-starts').filter((argv) => argv.startsWith('exec'))).toHaveLength(2);
    expect(starts('codex-starts').join()).not.toContain('opus');
  });

  test('of another login is another account', async () => {
    await open(limited(inSeconds(3 * 86_400)));
    await sandbox.task(session, 'a');
    await launch(session, { tasks: [], land: false, wait: true });
    const env = { ...sandbox.env, ANTHROPIC_API_KEY: 'other' };
    await open(limited(inSeconds(-5)), {}, { env });
    await sandbox.task(session, 'b');
    await launch(session, { tasks: ['b'], land: false, wait: true });
    expect(await statuses()).toEqual({ a: 'ready', b: 'done' });
  });

  test('that names no end waits for a person, who launches again', async () => {
    await open(limited(undefined, 'Credit balance is too low'));
    await sandbox.task(session, 'a');
    await launch(session, { tasks: [], land: false, wait: true });
    await drive(session, { until: 'rest' });
    expect(starts()).toHaveLength(1);
    expect((await requireTask(session, 'a')).problem?.message).toContain('launch again');
    await open(limited(inSeconds(-5)));
    await launch(session, { tasks: [], land: false, wait: true });
    expect((await requireTask(session, 'a')).status).toBe('done');
  });

  test('is tried at once when a person asks for a task by name', async () => {
    await open(limited(inSeconds(3 * 86_400)));
    await sandbox.task(session, 'a');
    await launch(session, { tasks: [], land: false, wait: true });
    await runTask(session, 'a', { wait: true, land: false, retry: true });
    expect(starts()).toHaveLength(2);
    expect(readPauses(session.paths)).toHaveLength(1);
  });
});

describe('each runner at its limit goes on in its conversation', () => {
  const said = 'You’ve hit your usage limit. Upgrade to Pro or try again in 4 seconds.';
  /** What a CLI prints at its limit, and when its work is done. */
  const streams: [RunnerName, string, object[], object[]][] = [
    [
      'codex',
      'resume t-1',
      [
        { type: 'thread.started', thread_id: 't-1' },
        { type: 'turn.started' },
        { type: 'error', message: said },
        { type: 'turn.failed', error: { message: said } },
      ],
      [
        { type: 'thread.started', thread_id: 't-1' },
        { type: 'turn.started' },
        { type: 'turn.completed', usage: {} },
      ],
    ],
    [
      'opencode',
      '--session s-1',
      [
        {
          type: 'error',
          sessionID: 's-1',
          error: { name: 'APIError', data: { message: said, statusCode: 429 } },
        },
      ],
      [
        { type: 'step_start', sessionID: 's-1', part: {} },
        { type: 'step_finish', sessionID: 's-1', part: { reason: 'stop' } },
      ],
    ],
    [
      'gemini',
      '--resume g-1',
      [
        { type: 'init', session_id: 'g-1', model: 'm' },
        { type: 'result', status: 'error', error: { type: 'unknown', message: `[API Error: ${said}]` } },
      ],
      [
        { type: 'init', session_id: 'g-1', model: 'm' },
        { type: 'result', status: 'success' },
      ],
    ],
  ];
  const printed = (records: object[]) =>
    records.map((record) => `echo '${JSON.stringify(record)}'`).join('\n');
  const stub = (name: string, met: string, done: string) =>
    program(
      name,
      `[ "$1" = features ] && exit 0
[ "$1" = --version ] && { echo 1.2.3; exit 0; }
cat >/dev/null
echo "start $*" >> ${sandbox.root}/starts
if [ ! -e ${sandbox.root}/met ]; then
touch ${sandbox.root}/met
${met}
exit 1
fi
echo x >> "$(basename "$PWD").txt"
${done}
`,
    );
  const count = () => starts().filter((line) => line.startsWith('start')).length;

  test.each(streams)('%s', async (runner, resumed, met, done) => {
    sandbox.repo();
    const path = stub(runner, printed(met), printed(done));
    const settings = { path, args: [], model: '', env_allow: [], transport: 'exec' };
    await open('/nowhere', { default: runner, [runner]: settings });
    await sandbox.task(session, 'a');
    await sandbox.task(session, 'b');
    await launch(session, { tasks: [], land: false, wait: true });
    expect(await statuses()).toEqual({ a: 'done', b: 'done' });
    expect(count()).toBe(3);
    expect(starts().join('\n')).toContain(resumed);
  });

  test('a wrapper that only prints: it starts anew', async () => {
    sandbox.repo();
    const path = stub(
      'wrapper.sh',
      `echo "working"; echo "5-hour limit reached, resets in 4 seconds"`,
      'echo done',
    );
    await open('/nowhere', {
      default: 'command',
      command: { path: '', args: [path], model: '', env_allow: [] },
    });
    await sandbox.task(session, 'a');
    await sandbox.task(session, 'b');
    await launch(session, { tasks: [], land: false, wait: true });
    expect(await statuses()).toEqual({ a: 'done', b: 'done' });
    expect(count()).toBe(3);
  });
});

test('a retry asks for what the launch had asked for, landing included', async () => {
  sandbox.repo();
  await open(program('claude', `[ "$1" = --version ] && { echo 2.1.0; exit 0; }\ncat >/dev/null; exit 1\n`));
  await sandbox.task(session, 'a');
  await launch(session, { tasks: [], land: true, wait: true });
  expect((await requireTask(session, 'a')).status).toBe('failed');
  await open(limited(inSeconds(-5)));
  const { tasks } = await runTask(session, 'a', { wait: true, land: false, retry: true });
  expect(tasks[0]).toMatchObject({ slug: 'a', status: 'landed', ok: true });
});

const names: RunnerName[] = ['claude', 'codex'];
test.each(names)('the account of %s is told by its login, not by other variables', async (runner) => {
  const { accountOf } = await import('../../../../src/services/agents/runners/account.js');
  const env = { HOME: '/h', OPENAI_API_KEY: 'one', ANTHROPIC_API_KEY: 'one' };
  expect(accountOf(runner, { ...env, TZ: 'UTC' })).toBe(accountOf(runner, env));
  expect(accountOf(runner, { ...env, OPENAI_API_KEY: 'two', ANTHROPIC_API_KEY: 'two' })).not.toBe(
    accountOf(runner, env),
  );
});
