import { describe, expect, it } from '@jest/globals';
import type { AppEvent } from '../../../src/domain/app/events.js';
import { ordinal } from '../../../src/domain/app/groups.js';
import { emptyState, reduce } from '../../../src/domain/app/state.js';
import { shareDone, workUnderWay, workWords } from '../../../src/domain/app/work.js';

const begin = '2026-03-01T12:00:00.000Z';
const at = (seconds: number) => new Date(Date.parse(begin) + seconds * 1_000).toISOString();
const stateAfter = (...events: AppEvent[]) =>
  events.reduce((state, event, n) => reduce(state, event, at(n)), emptyState);
/** What the row of `a` says five seconds after the beginning. */
const said = (...events: AppEvent[]) => {
  const work = workUnderWay(stateAfter(...events).works, 'a');
  return work && workWords(work, Date.parse(begin) + 5_000);
};

const began = (kind: 'filling' | 'resolving'): AppEvent => ({ type: 'work.began', tasks: ['a'], kind });
const fill = (percent: number): AppEvent => ({
  type: 'work.went',
  tasks: ['a'],
  stage: { kind: 'fill', percent },
});
const check: AppEvent = {
  type: 'work.went',
  tasks: ['a'],
  stage: { kind: 'check', name: 'types', at: 3, of: 4 },
};
const train: AppEvent = { type: 'train.started', tasks: ['a', 'b'] };
const validating: AppEvent = { type: 'validation.started', task: 'a' };

describe('the work of the program itself', () => {
  it('says in words what is done, how far it is, and for how long', () => {
    expect(said(began('filling'))).toBe('waits to be filled 5s');
    expect(said(began('filling'), fill(62))).toBe('filling worktree 62 %');
    const setUp: AppEvent = { type: 'work.went', tasks: ['a'], stage: { kind: 'set-up', name: 'npm ci' } };
    expect(said(began('filling'), fill(62), setUp)).toBe('set-up: npm ci 3s');
    expect(said(validating)).toBe('checking: merging 5s');
    expect(said(validating, fill(10))).toBe('checking: filling 10 % 4s');
    expect(said(validating, check)).toBe('checking 3 of 4: types 4s');
    expect(said(train)).toBe('landing 2 together 5s');
    expect(said(train, check)).toBe('landing 2: checking 3 of 4: types 4s');
    expect(said({ type: 'train.started', tasks: ['a'] }, check)).toBe('landing: checking 3 of 4: types 4s');
  });

  it('counts the time of a stage from its beginning, however often that is told', () => {
    expect(said(validating, check, check, check)).toBe('checking 3 of 4: types 4s');
  });

  it('of a landing goes on when a resolution or validation within it has ended', () => {
    const resolved: AppEvent = {
      ...{ type: 'work.ended', tasks: ['a'], kind: 'resolving' },
      ...{ ok: true, text: 'resolved' },
    };
    expect(said(train, began('resolving'))).toBe('landing 2: resolving 4s');
    expect(said(train, began('resolving'), resolved)).toBe('landing 2 together 5s');
  });

  it('is over with a landing, a refusal or the end of the train, and says how', () => {
    const landed: AppEvent = { type: 'task.landed', report: { task: 'a', status: 'landed', target: 'main' } };
    expect(said(train, landed)).toBeUndefined();
    expect(stateAfter(train, landed).works.a?.ended).toEqual({ at: at(1), ok: true, text: 'landed on main' });
    expect(stateAfter(train, landed).busy).toEqual({ b: 'landing' });
    const refused: AppEvent = {
      type: 'task.landed',
      report: { task: 'a', status: 'not-landed', target: 'main', reason: 'the check "types" fails' },
    };
    expect(stateAfter(train, refused).works.a?.ended).toMatchObject({
      ok: false,
      text: 'the check "types" fails',
    });
  });

  it('keeps its last lines only, and leaves alone who is busy as long as that is the same', () => {
    const many = Array.from({ length: 500 }, (_, n) => `line ${n}`);
    const flood: AppEvent = { type: 'work.went', tasks: ['a'], lines: many };
    const before = stateAfter(validating);
    const state = reduce(before, flood, at(1));
    expect(state.works.a?.lines).toHaveLength(200);
    expect(state.works.a?.lines.at(-1)).toBe('line 499');
    expect(state.busy).toBe(before.busy);
  });

  it('of no task is told by what comes too late', () => {
    expect(stateAfter(fill(3)).works).toBe(emptyState.works);
  });

  it('has a share that is done where that is known', () => {
    const share = (...events: AppEvent[]) => shareDone(workUnderWay(stateAfter(...events).works, 'a')!);
    expect([share(began('filling')), share(began('filling'), fill(62)), share(validating, check)]).toEqual([
      undefined,
      0.62,
      0.5,
    ]);
  });
});

it('places in line are said as people say them', () => {
  expect([1, 2, 3, 4, 11, 12, 13, 21, 22, 111].map(ordinal).join(' ')).toBe(
    '1st 2nd 3rd 4th 11th 12th 13th 21st 22nd 111th',
  );
});
