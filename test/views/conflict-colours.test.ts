/** The colours of a conflict's texts: asked for when a hunk is looked at, and kept for so many of them. */
import { expect, test } from '@jest/globals';
import type { ConflictDocument } from '../../src/domain/landing/hunk-choices.js';
import { createConflicts } from '../../views/conflict/source.js';
import { openConflictUi } from '../../views/conflict/state.js';
import { story } from '../fixtures/screen/state.js';

test('a hunk whose colours were let go gets them again when it is looked at again', async () => {
  const hunks = Array.from({ length: 210 }, (_, at) => ({
    ...{ index: at + 1, base: '', ours: `ours ${at}\n`, theirs: `theirs ${at}\n` },
  }));
  const document = { task: 'a', files: [{ path: 'a.ts', hunks }] } as unknown as ConflictDocument;
  const conflicts = createConflicts(
    { read: async () => document, colours: async () => new Map([[1, []]]) },
    () => {},
  );
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  const lookAt = async (hunk: number) => {
    conflicts.sync({ ...openConflictUi('a'), path: 'a.ts', hunk }, story);
    await settled();
  };
  await lookAt(1);
  for (const { index } of hunks) await lookAt(index);
  await lookAt(1);
  const { colours } = conflicts.view(openConflictUi('a'));
  expect(colours.has('a.ts\0ours 0\n')).toBe(true);
  expect(colours.size).toBeLessThan(400);
  conflicts.close();
});
