import { describe, expect, it } from '@jest/globals';
import { activityAt, noteActivity, sparkline } from '../../../src/domain/agents/activity.js';

const start = 1_000 * 30_000;

describe('the activity of a run', () => {
  it('counts what the transcript grew by in each half minute', () => {
    let activity = noteActivity(undefined, 500, start);
    activity = noteActivity(activity, 700, start + 10_000);
    activity = noteActivity(activity, 760, start + 61_000);
    expect(activityAt(activity, start + 61_000).slice(-3)).toEqual([200, 0, 60]);
  });

  it('forgets what is older than five minutes', () => {
    const busy = noteActivity(noteActivity(undefined, 0, start), 900, start);
    expect(activityAt(busy, start + 9 * 30_000)[0]).toBe(900);
    expect(activityAt(busy, start + 10 * 30_000)).toEqual(new Array(10).fill(0));
  });

  it('takes a transcript that became shorter for no activity, and a clock that went back for the same step', () => {
    const cut = noteActivity(noteActivity(undefined, 900, start), 10, start - 90_000);
    expect(activityAt(cut, start).at(-1)).toBe(0);
  });

  it('is drawn in the width there is', () => {
    expect(sparkline([0, 0, 100, 10_000, 0], 4)).toBe('_▁▇_');
    expect(sparkline([], 3)).toBe('___');
  });
});
