import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addEntry, balances, members } from '../src/ledger.js';

const tour = [
  { who: 'kim', cents: 4800, what: 'petrol', date: '2026-05-02' },
  { who: 'lou', cents: 3000, what: 'pizza', date: '2026-05-02' },
];

test('members come in order of appearance', () => {
  assert.deepEqual(members([...tour, tour[0]]), ['kim', 'lou']);
});

test('who paid more than a fair share is ahead', () => {
  assert.deepEqual(balances(tour), { kim: 900, lou: -900 });
});

test('an entry needs a name and an amount', () => {
  assert.throws(() => addEntry([], { who: '', cents: 1 }));
  assert.throws(() => addEntry([], { who: 'kim', cents: 0 }));
});
