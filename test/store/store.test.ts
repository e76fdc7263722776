import { describe, expect, it } from '@jest/globals';
import { createStore } from '../../src/store/store.js';

const add = (sum: number, event: number) => sum + event;

describe('a store', () => {
  it('folds events and tells its subscribers', () => {
    const store = createStore(add, 1);
    const seen: number[] = [];
    const stop = store.subscribe((state) => seen.push(state));
    store.dispatch(2);
    stop();
    store.dispatch(3);
    expect([store.state(), seen]).toEqual([6, [3]]);
  });

  it('keeps telling the others when one subscriber leaves while being told', () => {
    const store = createStore(add, 0);
    const seen: string[] = [];
    const stop = store.subscribe(() => {
      seen.push('first');
      stop();
    });
    store.subscribe(() => seen.push('second'));
    store.dispatch(1);
    store.dispatch(1);
    expect(seen).toEqual(['first', 'second', 'second']);
  });

  it('is idle only when all counted work has settled, failed work included', async () => {
    const store = createStore(add, 0);
    let finish: () => void = () => undefined;
    let settled = false;
    const slow = new Promise<void>((resolve) => {
      finish = resolve;
    });
    void store.busy(slow);
    store.busy(Promise.reject(new Error('no'))).catch(() => undefined);
    const idle = store.idle().then(() => {
      settled = true;
    });
    await new Promise(setImmediate);
    expect(settled).toBe(false);
    finish();
    await idle;
    expect(settled).toBe(true);
  });
});
