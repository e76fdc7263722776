import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RegistryFile } from '../../src/domain/store/task.js';
import { type Program, programIn } from '../support/program.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';

let sandbox: Sandbox;
let program: Program;
let folder: string;

beforeEach(() => {
  sandbox = makeSandbox();
  program = programIn(sandbox, sandbox.root);
  folder = join(sandbox.root, 'demo');
});
afterEach(() => sandbox.cleanup());

interface Report {
  ok: boolean;
  root: string;
  landed: string[];
  conflictsSeen: string[];
}

const registry = () =>
  JSON.parse(
    readFileSync(join(sandbox.env.XDG_DATA_HOME!, 'codex-agents', 'tasks.json'), 'utf8'),
  ) as RegistryFile;

describe('the demo without a screen', () => {
  it('lands all six tasks, two of which collide, and leaves nothing behind', async () => {
    const ended = await program.run('demo', '--no-tui', '--json', '--folder', folder);
    const report = ended.json<{ data: Report }>().at(-1)!.data;
    expect(report).toMatchObject({ ok: true, landed: { length: 6 } });
    expect(report.conflictsSeen.length).toBeGreaterThan(0);
    expect(ended.code).toBe(0);
    expect(sandbox.git(report.root, 'status', '--porcelain')).toBe('');
    expect(sandbox.git(report.root, 'fsck', '--no-dangling')).toBe('');
  }, 60_000);

  it('goes on where it was killed: every attempt started once, everything lands', async () => {
    for (const wait of [300, 900, 1500, 2200]) {
      const killed = program.start('demo', '--no-tui', '--folder', folder);
      await new Promise((resolve) => setTimeout(resolve, wait));
      killed.kill('SIGKILL');
      await killed.done;
      if (existsSync(join(sandbox.env.XDG_DATA_HOME!, 'codex-agents', 'tasks.json'))) {
        expect(registry().schemaVersion).toBe(1);
      }
    }
    const ended = await program.run('demo', '--no-tui', '--json', '--folder', folder);
    expect(ended.json<{ data: Report }>().at(-1)!.data).toMatchObject({ ok: true, landed: { length: 6 } });
    for (const task of registry().tasks) {
      expect(task.runIds).toHaveLength(task.attempts);
      for (const runId of task.runIds) {
        const run = join(sandbox.env.XDG_STATE_HOME!, 'codex-agents', 'runs', runId);
        expect(JSON.parse(readFileSync(join(run, 'exit.json'), 'utf8'))).toMatchObject({ rc: 0 });
        const starts = readFileSync(join(run, 'transcript.log'), 'utf8').match(/"demo\.started"/g);
        expect(starts).toHaveLength(1);
      }
    }
  }, 90_000);
});
