/** Questions at a terminal: what is no answer is asked again. */
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { terminalAsk } from '../../src/cli/ask.js';

const real = process.stdin;
let typed: PassThrough;
beforeEach(() => {
  typed = new PassThrough();
  Object.defineProperty(process, 'stdin', { value: typed, configurable: true });
});
afterEach(() => {
  Object.defineProperty(process, 'stdin', { value: real, configurable: true });
});

/** Answers one after the other, each when the one before was taken. */
async function answered(fallback: boolean, ...answers: string[]): Promise<boolean> {
  const left = [...answers];
  const timer = setInterval(() => {
    const next = left.shift();
    if (next !== undefined) typed.write(`${next}\n`);
  }, 50);
  try {
    const ask = terminalAsk({ yes: false, signal: new AbortController().signal });
    const given = await ask.confirm('Go on?', fallback);
    expect(left).toEqual([]);
    return given;
  } finally {
    clearInterval(timer);
  }
}

test.each([
  [true, ['y'], true],
  [true, ['No'], false],
  [true, [''], true],
  [false, [''], false],
  [true, ['ja', 'yep', 'y'], true],
  [true, ['maybe', 'n'], false],
] as const)('with %s as what Enter says, %j is %s', async (fallback, answers, expected) => {
  expect(await answered(fallback, ...answers)).toBe(expected);
});
