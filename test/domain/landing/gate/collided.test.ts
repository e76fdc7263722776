import { describe, expect, it } from '@jest/globals';
import { collidedIn } from '../../../../src/domain/landing/gate/collided.js';

const found = (path: string, ours: string, theirs: string, result: string) =>
  collidedIn({ path, base: '', ours, theirs, result });

describe('what both sides add to a file', () => {
  it('is told with a line of each side', () => {
    const [a, b] = ['enum Color {\n  RED = 1,\n}\n', 'enum Color {\n  BLUE = 1,\n}\n'];
    const both = 'enum Color {\n  RED = 1,\n  BLUE = 1,\n}\n';
    expect(found('a.ts', a, b, both)).toMatchObject([{ ours: 2, theirs: 2 }]);
  });

  it.each([
    ['pairs', 'a: id: '.repeat(20_000)],
    ['one word', 'logger'.repeat(30_000)],
    ['rows', `INSERT INTO migrations VALUES ${"('1', 2), ".repeat(20_000)}`],
  ])('is looked for in no quadratic time in a long line of %s', (_, line) => {
    const start = process.cpuUsage();
    expect(found('a.js', line, line, line)).toEqual([]);
    expect(process.cpuUsage(start).user).toBeLessThan(5_000_000);
  });
});
