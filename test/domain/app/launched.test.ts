import { describe, expect, it } from '@jest/globals';
import { launchOutcomes } from '../../../src/domain/app/launched.js';
import type { Task } from '../../../src/domain/store/task.js';
import { makeTask } from '../../support/task.js';

const launch = { land: true, at: '2026-01-01' };

const task = (slug: string, change: Partial<Task> = {}) => makeTask(slug, { launch, ...change });

describe('the outcome of a launch', () => {
  it('asks for landing only when landing was asked for', () => {
    const tasks = [task('a', { status: 'done' }), task('b', { dependsOn: ['a'] })];
    expect(launchOutcomes(tasks, ['a', 'b'], 'done')).toMatchObject([
      { slug: 'a', ok: true },
      { slug: 'b', ok: false, reason: 'waits for a to land' },
    ]);
    expect(launchOutcomes(tasks, ['a'], 'landed')).toMatchObject([{ ok: false }]);
  });

  it('asks nothing of what was only to be started, unless it met a problem', () => {
    const failed = task('c', { status: 'failed', problem: { code: 'auth', message: 'no key' } });
    expect(launchOutcomes([task('a'), failed], ['a', 'c'], 'started')).toMatchObject([
      { ok: true },
      { ok: false, problem: { code: 'auth' } },
    ]);
  });

  it('does not pass over what was removed meanwhile', () => {
    expect(launchOutcomes([task('b', { status: 'done' })], ['a', 'b'], 'done')).toMatchObject([
      { slug: 'a', ok: false, problem: { code: 'task-not-found' } },
      { slug: 'b', ok: true },
    ]);
  });

  it('says what each waits for', () => {
    const busy = task('a', { status: 'running' });
    const later = task('later', { launch: { ...launch, notBefore: '2026-02-01T00:00:30.000Z' } });
    const tasks = [busy, task('b'), task('c', { dependsOn: ['b'] }), later];
    const facts = { maxParallel: 1, now: Date.parse('2026-02-01T00:00:00Z') };
    expect(launchOutcomes(tasks, ['a', 'b', 'c', 'later'], 'started', facts)).toMatchObject([
      { slug: 'a', status: 'running' },
      { waits: 'place', reason: 'waits for a free place: 1 of 1 at work' },
      { waits: 'others', reason: 'waits for b to land' },
      { waits: 'time', reason: 'tries again at 00:00:30 UTC' },
    ]);
    expect(launchOutcomes([task('b')], ['b'], 'started', { maxParallel: 1, driver: 77 })).toMatchObject([
      { waits: 'driver', reason: 'process 77 drives this repository and will start it' },
    ]);
  });
});
