import { expect, test } from '@jest/globals';
import type { CommandContext } from '../src/commands/types.js';
import type { AppEvent } from '../src/domain/app/events.js';
import { stoppedByPerson } from '../src/domain/app/work.js';
import { stoppableWorks } from '../src/stoppable-works.js';

const events: AppEvent[] = [];
const context = {
  signal: new AbortController().signal,
  emit: (event: AppEvent) => events.push(event),
  session: async () => ({}),
  trustedSession: async () => ({}),
} as unknown as CommandContext;

/** Begins a command that works on these tasks; ends with why it was stopped. */
function work(works: ReturnType<typeof stoppableWorks>, ...told: AppEvent[]): Promise<unknown> {
  return works.within(context, async (own) => {
    const session = await own.session();
    for (const event of told) session.emit(event);
    return new Promise((done) => {
      session.signal.addEventListener('abort', () => done(own.signal.reason));
    });
  });
}

test('a command is stopped by a task on which it works, and only that command', async () => {
  const works = stoppableWorks();
  const checks = work(works, { type: 'validation.started', task: 'a' });
  const lands = work(works, { type: 'train.started', tasks: ['b', 'c'] });
  await new Promise((done) => setImmediate(done));
  expect(works.cancel('other')).toBe(false);
  expect(works.cancel('a')).toBe(true);
  expect(await checks).toBe(stoppedByPerson);
  expect(works.cancel('a')).toBe(false);
  expect(works.cancel('c')).toBe(true);
  expect(await lands).toBe(stoppedByPerson);
  expect(events.map(({ type }) => type)).toEqual(['validation.started', 'train.started']);
});

test('what a command has done already cannot be stopped', async () => {
  const works = stoppableWorks();
  const landed = { task: 'b', status: 'landed', target: 'main' } as const;
  const lands = work(
    works,
    { type: 'train.started', tasks: ['b', 'c'] },
    { type: 'task.landed', report: landed },
  );
  await new Promise((done) => setImmediate(done));
  expect(works.cancel('b')).toBe(false);
  expect(works.cancel('c')).toBe(true);
  expect(await lands).toBe(stoppedByPerson);
});
