import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatAmount, parseAmount } from '../src/money.js';

test('amounts are read as cents', () => {
  assert.equal(parseAmount('12.50'), 1250);
  assert.equal(parseAmount('7'), 700);
  assert.equal(parseAmount('0.5'), 50);
  assert.throws(() => parseAmount('a lot'));
});

test('cents are written as amounts', () => {
  assert.equal(formatAmount(1250), '12.50');
  assert.equal(formatAmount(-5), '-0.05');
});
