import { describe, expect, it } from '@jest/globals';
import type { RunPhase, RunView } from '../../../src/domain/agents/run.js';
import { isAtRest, nextSteps, overlaps } from '../../../src/domain/app/steps.js';
import type { Task } from '../../../src/domain/store/task.js';
import { makeTask } from '../../support/task.js';

const launch = { land: true, at: '2026-01-01' };

const task = (slug: string, change: Partial<Task> = {}) => makeTask(slug, { launch, ...change });

const running = (slug: string) => task(slug, { status: 'running', runIds: [`${slug}-1`], attempts: 1 });

function steps(tasks: Task[], phases: Record<string, RunPhase> = {}, maxParallel = 4) {
  const runs = new Map(Object.entries(phases).map(([runId, phase]) => [runId, { runId, phase } as RunView]));
  return nextSteps({ tasks, runs, maxParallel, now: Date.parse('2026-02-01T00:00:00Z') }).map(
    (step) => `${step.type} ${step.type === 'land' ? step.tasks.join(' ') : step.task}`,
  );
}

describe('the next steps', () => {
  it('start what is ready and asked for, and nothing else', () => {
    expect(steps([task('a'), task('b', { launch: undefined }), task('c', { status: 'draft' })])).toEqual([
      'launch a',
    ]);
  });

  it('wait until dependencies have landed, not merely finished', () => {
    const b = task('b', { dependsOn: ['a'] });
    expect(steps([task('a', { status: 'validated', launch: undefined }), b])).toEqual([]);
    expect(steps([task('a', { status: 'landed' }), b])).toEqual(['launch b']);
  });

  it('keep to the limit, urgent ones first', () => {
    const tasks = [task('a'), task('b', { priority: 'urgent' }), running('c')];
    expect(steps(tasks, { 'c-1': 'running' }, 2)).toEqual(['launch b']);
  });

  it.each<[RunPhase, string[]]>([
    ['running', []],
    ['starting', []],
    ['unsupervised', []],
    ['finishing', []],
    ['unknown', []],
    ['not-launched', ['relaunch a']],
    ['leftovers', ['collect a']],
    ['exited', ['collect a']],
    ['lost', ['collect a']],
    ['interrupted', ['collect a']],
    ['never-started', ['collect a']],
  ])('answer a run that is %s with %j', (phase, expected) => {
    expect(steps([running('a')], { 'a-1': phase })).toEqual(expected);
  });

  it('start a recorded run again when its directory was never made', () => {
    expect(steps([running('a')])).toEqual(['relaunch a']);
  });

  it('start nothing while a budget is held, and still take in and land what is there', () => {
    const tasks = [task('a'), running('b'), task('c', { status: 'done' })];
    const runs = new Map([['b-1', { runId: 'b-1', phase: 'exited' } as RunView]]);
    const held = nextSteps({ tasks, runs, maxParallel: 4, now: 0, budget: { state: 'held' } });
    expect(held.map((step) => step.type)).toEqual(['collect', 'land']);
    const open = nextSteps({ tasks, runs, maxParallel: 4, now: 0, budget: { state: 'open' } });
    expect(open.map((step) => step.type)).toEqual(['collect', 'land', 'launch']);
  });

  it('start no more at once than the budget is expected to hold', () => {
    const wanted = ['a', 'b', 'c'].map((slug) => makeTask(slug, { launch: { land: false, at: '' } }));
    const budget = { state: 'open' as const, fits: 2 };
    const steps = nextSteps({ tasks: wanted, runs: new Map(), maxParallel: 4, now: 0, budget });
    expect(steps.map(({ type }) => type)).toEqual(['launch', 'launch']);
  });

  it('collect what ended even when nobody wants it launched any more', () => {
    const stopped = { ...running('a'), launch: undefined };
    expect(steps([stopped], { 'a-1': 'exited' })).toEqual(['collect a']);
  });

  it('start a retry when its time has come, and do not rest before', () => {
    const again = (notBefore: string) => task('a', { launch: { ...launch, retried: 1, notBefore } });
    expect(steps([again('2026-01-31T23:59:59Z')])).toEqual(['launch a']);
    const later = again('2026-02-01T00:00:01Z');
    expect(steps([later])).toEqual([]);
    expect(isAtRest({ tasks: [later], runs: new Map(), maxParallel: 0, now: 0 })).toBe(false);
  });

  it('land only where landing was asked for', () => {
    const done = task('a', { status: 'done' });
    expect(steps([done])).toEqual(['land a']);
    expect(steps([{ ...done, launch: { land: false, at: '' } }])).toEqual([]);
    expect(steps([{ ...done, launch: undefined }])).toEqual([]);
  });
});

describe('rest', () => {
  const rest = (...tasks: Task[]) => isAtRest({ tasks, runs: new Map(), maxParallel: 0, now: 0 });

  it('is not reached while something runs, could start or could land', () => {
    expect(rest(running('a'))).toBe(false);
    expect(rest(task('a'))).toBe(false);
    expect(rest(task('a', { status: 'done' }))).toBe(false);
  });

  it('is reached when the rest is blocked behind what failed', () => {
    expect(rest(task('a', { status: 'failed', launch: undefined }), task('b', { dependsOn: ['a'] }))).toBe(
      true,
    );
  });
});

describe('overlaps', () => {
  it('name pairs whose globs may meet', () => {
    const touching = (slug: string, ...touches: string[]) => ({ slug, touches });
    expect(
      overlaps([
        touching('a', 'src/parser/**'),
        touching('b', 'src/parser/lexer.ts'),
        touching('c', 'docs/**'),
      ]),
    ).toEqual([{ a: 'a', b: 'b', paths: ['src/parser/**'] }]);
    expect(overlaps([touching('a', 'src/a.ts'), touching('b', 'src/a.tsx')])).toEqual([]);
  });
});
