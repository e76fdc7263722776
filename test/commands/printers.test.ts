/** What commands print, given data as their handlers return it. */
import { describe, expect, it } from '@jest/globals';
import { findCommand } from '../../src/commands/registry.js';
import { renderData } from '../../src/commands/render-data.js';
import { resultLines } from '../../src/commands/show-result.js';
import type { RunView } from '../../src/domain/agents/run.js';
import { runOf, taskOf } from '../fixtures/screen/state.js';

const printed = (id: string, data: unknown) => resultLines(findCommand(id)!, data).map(({ text }) => text);
const exitOf = (id: string, data: unknown) => findCommand(id)!.exit?.(data as never);

const nothing = { tokens: 0, cost: 0 };
const spend = (tokens: number) => ({
  currency: '€',
  prices: {},
  total: { ...nothing, tokens },
  counted: { ...nothing, tokens },
  period: '',
  state: 'open',
  tasks: {},
});

const check = { name: 'test', kind: 'command', status: 'fail', durationMs: 1500, summary: 'two fail' };
const verdict = {
  task: 'a',
  verdict: 'fail',
  checks: [check],
  policies: [
    { name: 'secrets', status: 'pass', detail: '' },
    { name: 'lines', status: 'warn', detail: '2000 changed' },
  ],
  findings: [{ severity: 'error', path: 'a.ts', line: 3, message: 'wrong' }],
  skipped: ['validator agent: no model'],
  attempts: 0,
};

describe('tasks', () => {
  it('a launch names what started, what waits, and what is in the way', () => {
    const tasks = [
      { slug: 'a', status: 'running', ok: true },
      { slug: 'b', status: 'ready', ok: false, reason: 'waits for a', waits: 'others' },
      { slug: 'c', status: 'failed', ok: false, problem: { code: 'auth', message: 'The key was refused.' } },
    ];
    const data = { launched: ['a', 'b', 'c'], tasks };
    for (const id of ['task.run', 'task.retry', 'manager.launch']) {
      expect(printed(id, data)).toEqual([
        'a  ● running',
        'b  ○ ready    waits for a',
        'c  ✗ failed   The key was refused.',
      ]);
      expect(findCommand(id)!.said?.(data)).toBe('2 launched, 1 starts as others land.');
      expect(exitOf(id, data)).toBe(5);
      expect(printed(id, { launched: [], tasks: [] })).toEqual(['Nothing was launched: no task is ready.']);
    }
  });

  it('a list tells finished work that did not pass from the rest', () => {
    const validation = { verdict: 'held', tree: '', target: '', head: '', at: '', summary: '' } as const;
    const tasks = [
      taskOf('a', 'done', { title: 'A' }),
      taskOf('b', 'done', { title: 'B', validation }),
      taskOf('c', 'landed', { title: 'C', validation }),
    ];
    expect(printed('task.list', { tasks }).map((line) => line.trimEnd())).toEqual([
      'a  ◇ done        A',
      'b  ◇ done, held  B',
      'c  ✓ landed      C',
    ]);
  });

  it('a validation has its verdict, what was checked, what was found, and what was skipped', () => {
    const lines = [
      'a: fail',
      '  fail test (1.5s) two fail',
      '  warn lines: 2000 changed',
      '  error a.ts:3 wrong',
      '  skipped validator agent: no model',
      '  next: codex-agent task review a',
    ];
    expect(printed('task.validate', verdict)).toEqual(lines);
    expect(printed('task.complete', verdict)).toEqual(lines);
    expect(exitOf('task.validate', verdict)).toBe(3);
    expect(exitOf('task.complete', { ...verdict, verdict: 'error' })).toBe(8);
    expect(exitOf('task.validate', { ...verdict, verdict: 'unchecked' })).toBe(9);
    const landed = { task: 'a', status: 'landed', target: 'main', commit: 'abc' };
    expect(printed('task.complete', landed)).toEqual(['a landed on main as abc.']);
    expect(exitOf('task.complete', landed)).toBe(0);
    const unchecked = 'a landed on main as abc. Nothing was checked: no checks are configured.';
    expect(printed('task.complete', { ...landed, unchecked: true })).toEqual([unchecked]);
  });

  it('what was accepted or put back, and what the task is now', () => {
    const data = { task: 'a', status: 'done', changes: [{ text: 'refs/heads/x moved.', how: 'put back' }] };
    for (const id of ['task.accept', 'task.restore']) {
      expect(printed(id, data)).toEqual([
        'refs/heads/x moved: put back',
        'a is done: `codex-agent task complete a` lands it.',
      ]);
      expect(printed(id, { ...data, changes: [] })[0]).toContain('Nothing to put back');
    }
  });

  it('columns are as wide as their widest cell, wide characters counted twice', () => {
    const tasks = [taskOf('日本', 'ready', { title: 'One' }), taskOf('abcdef', 'landed', { title: 'Two' })];
    expect(printed('task.list', { tasks })).toEqual(['日本    ○ ready   One', 'abcdef  ✓ landed  Two']);
  });
});

describe('waves', () => {
  it('a plan has waves, what is blocked and what may collide', () => {
    expect(
      printed('manager.plan', {
        waves: [{ index: 1, tasks: ['a', 'b'] }],
        blocked: [{ slug: 'c', reason: 'waits for d, which failed' }],
        overlaps: [{ a: 'a', b: 'b', paths: ['src/x.ts'] }],
        spent: spend(0),
      }),
    ).toEqual(['wave 1: a, b', 'blocked: c waits for d, which failed', 'may collide: a and b (src/x.ts)']);
    expect(printed('manager.plan', { waves: [], blocked: [], overlaps: [] })).toEqual(['Nothing to launch.']);
  });

  it('a monitor has a line a task', () => {
    const tasks = [
      { slug: 'a', status: 'landed' },
      { slug: 'b', status: 'failed', problem: { code: 'x', message: 'It crashed.' } },
    ];
    expect(printed('manager.monitor', { tasks, spent: spend(0), waves: [] })).toEqual([
      'a  ✓ landed',
      'b  ✗ failed    It crashed.',
    ]);
  });
});

describe('merges', () => {
  const conflict = { path: 'a.txt', kind: 'contents' };

  it('what could not be told is neither clean nor success', () => {
    const data = {
      target: 'main',
      pairs: [],
      results: [{ task: 'a', status: 'unknown', conflicts: [], reason: 'no commits' }],
    };
    expect(printed('merge.check', data)).toEqual(['a  ? unknown  no commits']);
    expect(exitOf('merge.check', data)).toBe(1);
    expect(exitOf('merge.check', { ...data, results: [] })).toBe(0);
    expect(printed('merge.check', { ...data, results: [] })).toEqual([
      'Nothing to check yet: no task has a branch.',
    ]);
    expect(printed('merge.check', { ...data, results: [], lookedAt: 'branches' })).toEqual([
      'Nothing to check: every local branch is in main already. (codex-agent is not set up here.)',
    ]);
    expect(printed('merge.check', { ...data, lookedAt: 'branches' }).at(-1)).toBe(
      'looked at 1 local branch against main; codex-agent is not set up here, so there are no tasks',
    );
    expect(printed('merge.check', { ...data, withoutBranch: ['b', 'c'] }).at(-1)).toBe(
      'without a branch, left out: b, c',
    );
  });

  it('uncommitted work is counted in words', () => {
    const result = { task: 'a', status: 'clean', conflicts: [] };
    const lines = (uncommitted: number) =>
      printed('merge.check', { target: 'main', pairs: [], results: [{ ...result, uncommitted }] });
    expect(lines(1)).toEqual(['a  ✓ clean    with 1 uncommitted file', 'next: codex-agent merge land']);
    expect(lines(2)).toEqual(['a  ✓ clean    with 2 uncommitted files', 'next: codex-agent merge land']);
  });

  it('pairs, the queue and a better order', () => {
    const data = {
      target: 'main',
      results: [{ task: 'a', status: 'conflict', conflicts: [conflict] }],
      pairs: [
        { a: 'a', b: 'b', status: 'conflict', paths: ['a.txt'], conflicts: [conflict] },
        { a: 'a', b: 'c', status: 'clean', paths: [] },
      ],
      queue: {
        order: ['a', 'b'],
        firstConflict: 'b',
        with: ['a'],
        lands: 1,
        steps: [
          { task: 'a', status: 'lands', conflicts: [], with: [] },
          { task: 'b', status: 'conflict', conflicts: [conflict], with: ['a'] },
        ],
        proposal: { order: ['b', 'c'], lands: 2, leavesOut: ['a'], reason: 'two land' },
      },
    };
    expect(printed('merge.check', data)).toEqual([
      'a  ✗ conflict  a.txt (contents)',
      '',
      'pairs: 1 of 2 do not conflict',
      '  a × b  ✗ conflict  a.txt (contents)',
      '',
      'queue: 1 of 2 lands; the first that does not is b with a',
      '  1. a  ✓ lands',
      '  2. b  ✗ conflict  with a: a.txt (contents)',
      'better: b → c',
      '  two land; left out: a',
      'next: codex-agent merge hunks a',
      '  or: codex-agent merge resolve a',
    ]);
    expect(exitOf('merge.check', data)).toBe(4);
  });

  it('a resolution that was handed back says why and how to go on', () => {
    const hunk = { index: 1, strategy: 'none', reason: 'both sides changed it' };
    const data = {
      task: 'a',
      status: 'bailed-out',
      reason: '1 hunk is left',
      files: [{ path: 'a.txt', strategy: 'none', hunks: [hunk] }],
      next: ['merge resolve a --by-hand', 'task retry a'],
    };
    expect(printed('merge.resolve', data)).toEqual([
      'a: bailed-out, 1 hunk is left',
      '  a.txt: left, 1 hunk',
      'next: merge resolve a --by-hand',
      '  or: task retry a',
    ]);
    expect(exitOf('merge.resolve', data)).toBe(4);
    expect(exitOf('merge.resolve', { ...data, status: 'resolved' })).toBe(0);
    expect(printed('merge.file', { path: 'a.txt', status: 'not-resolved', hunks: [hunk] })).toEqual([
      'a.txt: not-resolved',
      '  hunk 1: left: both sides changed it',
    ]);
  });

  it('a landing names what landed, and on what evidence the rest was refused', () => {
    const data = {
      target: 'main',
      landed: [{ task: 'a', commit: '1'.repeat(40) }],
      refused: [
        {
          task: 'b',
          code: 'validation',
          reason: 'validation fail: test fail',
          evidence: { checks: [{ ...check, summary: 'one\ntwo' }], conflicts: [conflict] },
        },
      ],
      pairs: [{ a: 'a', b: 'b', checks: ['test'] }],
      checkRuns: 1,
      oneByOne: 1,
    };
    expect(printed('merge.land', data)).toEqual([
      '✓  a  landed as 11111111',
      '✗ b: validation fail: test fail [validation]',
      '    in conflict: a.txt (contents)',
      '    fail test: one',
      '      two',
      'a × b: each passes alone, together test fails',
      '1 landed on main; 1 not: b; broken together: a with b.',
    ]);
    expect(exitOf('merge.land', data)).toBe(3);
    const plan = { target: 'main', order: ['a', 'b'], conflicts: [], refused: [], checks: ['test'] };
    expect(printed('merge.land', plan)).toEqual([
      'Would merge in this order, as one tree checked by test: a → b',
    ]);
  });

  it('a rebase that conflicts shows where the old tip is kept', () => {
    const data = {
      task: 'a',
      status: 'conflict',
      conflicts: [conflict],
      rescue: 'refs/rescue/a',
      next: ['merge rebase a --abort'],
    };
    expect(printed('merge.rebase', data)).toEqual([
      'a: conflict',
      '  a.txt (contents)',
      'as it was: refs/rescue/a',
      'next: merge rebase a --abort',
    ]);
    expect(exitOf('merge.rebase', data)).toBe(4);
  });
});

describe('sessions', () => {
  it('a list has how each run ended and what can be done', () => {
    const run: RunView = runOf('a', {
      phase: 'exited',
      status: 'failed',
      error: { code: 'auth', message: 'refused' },
    });
    const [line] = printed('session.list', { sessions: [{ ...run, next: ['task retry a'] }] });
    expect(line).toMatch(/^a-1 +failed +codex +2026-\S+ +auth: refused +→ task retry a$/);
  });

  it('the end of a transcript counts what was not understood', () => {
    const report = {
      status: 'completed',
      events: [],
      runner: 'codex',
      version: '0.170.0',
      usage: { input: 5, output: 7 },
    };
    expect(printed('session.show', { ...report, unknown: 1 })).toEqual([
      '— completed, 5 in, 7 out, 1 record of an unknown kind, codex 0.170.0',
    ]);
    expect(printed('session.show', { ...report, unknown: 0 })).toEqual(['— completed, 5 in, 7 out']);
  });

  it('a search counts places and transcripts', () => {
    expect(printed('session.search', { hits: 1, runs: 2, more: false })).toEqual([
      '1 place in 2 transcripts',
    ]);
    expect(printed('session.search', { hits: 0, runs: 1, more: true })).toEqual([
      '0 places in 1 transcript; there may be more: --limit',
    ]);
  });
});

describe('the rest', () => {
  it('a doctor marks each item and hints below it', () => {
    const items = [
      { name: 'git', status: 'ok', detail: '2.47' },
      { name: 'disk', status: 'fail', detail: 'full', hint: 'Make room.' },
    ];
    expect(printed('doctor', { items })).toEqual(['✓ git: 2.47', '✗ disk: full', '    Make room.']);
    expect(exitOf('doctor', { items })).toBe(1);
  });

  it('worktrees say why they stay', () => {
    const row = {
      kind: 'task',
      task: 'a',
      state: 'ready',
      keep: ['2 uncommitted files'],
      path: '/w/a',
      ageMs: 60_000,
    };
    expect(
      printed('task.worktree.list', {
        worktrees: [row, { ...row, task: undefined, kind: 'spare', keep: [] }],
      }),
    ).toEqual(['a      ready  1m  2 uncommitted files  /w/a', 'spare  ready  1m  nothing keeps it     /w/a']);
    expect(
      printed('task.worktree.repair', { repairs: [{ path: '/w', problem: 'half made', done: 'finished' }] }),
    ).toEqual(['/w: half made: finished']);
  });

  it('data without a printer is shown as it is, in words, with its lines and their indentation', () => {
    expect(
      renderData({ someValue: 1, max_files: 2, list: [], text: 'if a:\n    b()' }).map(({ text }) => text),
    ).toEqual(['some value: 1', 'max files: 2', 'list: none', 'text:', '  if a:', '      b()']);
    expect(renderData(undefined)).toEqual([{ text: 'Done.', tone: 'dim' }]);
    expect(printed('task.show', undefined)).toEqual([]);
  });
});
