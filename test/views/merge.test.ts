import { expect, test } from '@jest/globals';
import { conflictLines } from '../../views/overlays/merge-detail.js';
import { mergeRowsOf, pairStatusOf } from '../../views/ui/rows.js';
import { initialUi } from '../../views/ui/state.js';
import { story } from '../fixtures/screen/state.js';

const rows = () => mergeRowsOf(story, initialUi(false)).rows;
const linesOf = (key: string) =>
  conflictLines(rows().find((row) => row.key === key)!).map((line) => line.text);

test('results come first, the worst on top, then the queue, then pairs that are not clean', () => {
  expect(rows().map((row) => row.key)).toEqual([
    'merge-resolver-bail-out',
    'add-oauth-device-flow',
    'reflink-hydration',
    'tidy-config-keys',
    'queue',
    'reflink-hydration × tidy-config-keys',
  ]);
});

test('a queue rehearsed with a task that is gone is not shown', () => {
  const { 'tidy-config-keys': _, ...merges } = story.merges;
  const left = mergeRowsOf({ ...story, merges }, initialUi(false)).rows;
  expect(left.some((row) => row.queue)).toBe(false);
});

test('pairs are known whichever is named first', () => {
  const status = pairStatusOf(story.pairs);
  expect(status('reflink-hydration', 'tidy-config-keys')).toBe('conflict');
  expect(status('tidy-config-keys', 'reflink-hydration')).toBe('conflict');
  expect(status('merge-resolver-bail-out', 'reflink-hydration')).toBe('clean');
  expect(status('add-oauth-device-flow', 'reflink-hydration')).toBeUndefined();
});

test('details name paths, kinds, what git says, uncommitted work, and who it conflicts with', () => {
  const lines = linesOf('reflink-hydration');
  expect(lines).toContain('with 3 uncommitted files of its worktree');
  expect(lines).toContain('with tidy-config-keys: conflict');
  expect(lines).toContain('  src/config.ts  contents');
  expect(lines).toContain('    CONFLICT (content): Merge conflict in src/config.ts');
  expect(linesOf('queue')).toEqual(
    expect.arrayContaining([
      '1 of 4 land in this order',
      '  2. tidy-config-keys: conflict with reflink-hydration',
      '     the branch has no commits yet',
    ]),
  );
});
