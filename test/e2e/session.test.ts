import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Program, programIn } from '../support/program.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';

let sandbox: Sandbox;
let repo: string;
let program: Program;
beforeEach(async () => {
  sandbox = makeSandbox();
  repo = sandbox.repo();
  program = programIn(sandbox, repo);
  await program.run('init');
  await program.run('task', 'add', 'Sing');
});
afterEach(() => sandbox.cleanup());

test('a run is followed to its end, found by its words, and exported', async () => {
  const script = join(sandbox.root, 'singer.sh');
  writeFileSync(
    script,
    `cat >/dev/null; echo first verse; n=0; while [ ! -e "${sandbox.root}/go" ] && [ $n -lt 600 ]; do sleep 0.1; n=$((n + 1)); done; echo last verse; echo la > song.txt\n`,
  );
  await program.run('config', 'set', 'runner.default', '"command"', '--user');
  await program.run('config', 'set', 'runner.command.args', JSON.stringify(['sh', script]), '--user');
  const launch = program.start('manager', 'launch', '--wait', '--json');
  let follow: ReturnType<Program['start']> | undefined;
  let followed: ReturnType<Program['start']>['done'] | undefined;
  try {
    for (let tries = 0; tries < 200 && !follow; tries++) {
      const listed = await program.run('session', 'list', '--json');
      const [run] = listed.data<{ sessions: { runId: string; next: string[] }[] }>().sessions;
      // Before it is launched there is nothing to stop.
      if (!run?.next.includes('task stop sing')) continue;
      follow = program.start('session', 'show', 'sing', '--follow', '--json');
      followed = follow.done;
    }
  } finally {
    writeFileSync(join(sandbox.root, 'go'), '');
  }
  expect(follow).toBeDefined();
  const lines = (await followed!).json<{
    type: string;
    event?: { text: string };
    data?: { status: string };
  }>();
  const said = lines.filter((line) => line.type === 'transcript.grew').map((line) => line.event?.text);
  expect(said).toEqual(['first verse', 'last verse']);
  expect(lines.at(-1)).toMatchObject({ type: 'result', ok: true, data: { status: 'completed', events: [] } });
  await launch.done;

  const found = (await program.run('session', 'search', 'LAST verse', '--json')).json<
    Record<string, unknown>
  >();
  expect(found[0]).toMatchObject({ type: 'transcript.matched', hit: { task: 'sing', line: 'last verse' } });
  expect(found.at(-1)).toMatchObject({ type: 'result', data: { hits: 1, more: false } });
  const plain = await program.run('session', 'search', 'verse');
  expect(plain.stdout).toContain(': first verse\n');

  const out = await program.run('session', 'export', 'sing', '-o', 'out.md');
  expect(out.code).toBe(0);
  expect(readFileSync(join(repo, 'out.md'), 'utf8')).toContain('last verse');
  expect((await program.run('session', 'export', 'sing')).stdout).toContain('# sing');
  expect((await program.run('session', 'search', ' ')).code).toBe(2);
});

test('an answer is held to the schema it was to follow', async () => {
  const answer = join(process.cwd(), 'test/fixtures/streams/answer.jsonl');
  const schema = join(sandbox.root, 'schema.json');
  const show = (...more: string[]) =>
    program.run('session', 'show', answer, '--runner', 'codex-exec', '--exit-code', '0', '--json', ...more);
  writeFileSync(schema, JSON.stringify({ type: 'object', required: ['verdict'] }));
  expect((await show('--schema', schema)).data()).toMatchObject({
    status: 'completed',
    structured: { verdict: 'pass' },
  });
  writeFileSync(schema, JSON.stringify({ type: 'object', required: ['findings'] }));
  expect((await show('--schema', schema)).data()).toMatchObject({
    status: 'failed',
    error: { code: 'bad_output' },
  });
  expect((await show('--wants-json')).data()).toMatchObject({ status: 'completed' });
  writeFileSync(schema, '{');
  expect((await show('--schema', schema)).code).toBe(2);
});
