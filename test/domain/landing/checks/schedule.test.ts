import { describe, expect, it } from '@jest/globals';
import {
  checksToRun,
  nextChecks,
  planChecks,
  relevantChecks,
  type Standing,
} from '../../../../src/domain/landing/checks/schedule.js';
import { checkMistakes } from '../../../../src/domain/store/check-config.js';
import type { CheckConfig } from '../../../../src/domain/store/config.js';

const check = (name: string, more: Partial<CheckConfig> = {}): CheckConfig => ({
  name,
  kind: 'other',
  run: ['true'],
  timeout: '',
  when: [],
  ...more,
});

const names = (checks: readonly { name: string }[]) => checks.map(({ name }) => name);

/** How long a plan takes on so many lanes, when every check takes as long as it took the last time. */
function spanOf(checks: readonly CheckConfig[], tookMs: ReadonlyMap<string, number>, lanes: number): number {
  const plan = planChecks(checks, checks, tookMs);
  const ends = new Map<string, number>();
  let now = 0;
  for (;;) {
    const standing = (name: string): Standing => {
      const end = ends.get(name);
      return end === undefined ? 'waiting' : end <= now ? 'held' : 'running';
    };
    for (const { name } of nextChecks(plan, standing, lanes)) ends.set(name, now + tookMs.get(name)!);
    const open = [...ends.values()].filter((end) => end > now);
    if (open.length === 0) return now;
    now = Math.min(...open);
  }
}

describe('which checks are run', () => {
  it('are those that changed paths touch, and what these need, whatever that looks at', () => {
    const checks = [
      check('build', { kind: 'build', when: ['never/**'] }),
      check('docs', { when: ['docs/**'] }),
      check('test', { when: ['src/**'] }),
    ];
    expect(names(relevantChecks(checks, ['src/a.ts']))).toEqual(['build', 'test']);
    expect(names(relevantChecks(checks, ['README.md']))).toEqual([]);
  });

  it('run a known build again for a test that is not known: a new worktree has nothing of it', () => {
    const checks = [check('build', { kind: 'build' }), check('lint', { needs: [] }), check('test')];
    expect(names(checksToRun(checks, ({ name }) => name !== 'test'))).toEqual(['build', 'test']);
    expect(checksToRun(checks, () => true)).toEqual([]);
  });
});

describe('what is run next', () => {
  it('waits for what is needed and fills the lanes; builds come first where nothing is said', () => {
    const checks = [
      check('build', { kind: 'build' }),
      check('lint', { needs: [] }),
      check('test'),
      check('e2e', { needs: ['test'] }),
    ];
    const plan = planChecks(checks, checks, new Map());
    const at = (state: Record<string, Standing>) =>
      names(nextChecks(plan, (name) => state[name] ?? 'waiting', 2));
    expect(at({})).toEqual(['build', 'lint']);
    expect(at({ build: 'running' })).toEqual(['lint']);
    expect(at({ build: 'held', lint: 'running' })).toEqual(['test']);
    expect(at({ build: 'held', lint: 'held', test: 'broken' })).toEqual([]);
  });

  it.each<[string, Record<string, number>, Record<string, string[]>, number]>([
    ['ten of many lengths', { a: 9, b: 8, c: 7, d: 6, e: 5, f: 4, g: 3, h: 2, i: 1, j: 1 }, {}, 23],
    ['a long chain and short ones', { a: 1, b: 1, c: 1, d: 1, x: 4, y: 4 }, { y: ['x'] }, 8],
    ['one that is longer than all others', { a: 1, b: 1, c: 1, long: 5 }, {}, 5],
  ])('takes no more than 1.2 times the best schedule of two lanes: %s', (_, tookMs, needs, best) => {
    const checks = Object.keys(tookMs).map((name) => check(name, { needs: needs[name] ?? [] }));
    expect(spanOf(checks, new Map(Object.entries(tookMs)), 2)).toBeLessThanOrEqual(1.2 * best);
  });
});

describe('the configuration of checks', () => {
  it('has no circle, no unknown need and no name twice', () => {
    const said = (checks: Parameters<typeof checkMistakes>[0]) =>
      checkMistakes(checks).map(({ path, message }) => `${path.join('.')}: ${message}`);
    expect(said([check('a', { needs: ['b'] }), check('b', { needs: ['a'] })])).toEqual([
      'validator.checks.0.needs: checks need each other in a circle: a → b → a',
    ]);
    expect(said([check('a', { needs: ['a'] })])).toHaveLength(1);
    expect(said([check('a'), check('a', { needs: ['c'] })])).toEqual([
      'validator.checks.1.name: two checks are called "a"',
      'validator.checks.1.needs: the check "a" needs "c", which there is not',
    ]);
    expect(said([check('a'), check('b', { needs: ['a'] })])).toEqual([]);
  });

  it('a hundred thousand of them are looked through at once, and a long circle is told in short', () => {
    const many = Array.from({ length: 100_000 }, (_, at) => check(`c${at}`, { needs: [`c${at + 1}`] }));
    const circle = [...many.slice(0, -1), check('c99999', { needs: ['c0'] })];
    const begun = performance.now();
    const [told] = checkMistakes(circle);
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect(told?.message).toMatch(/^checks need each other in a circle: c0 → c1 .* → … → c0$/);
  });
});
