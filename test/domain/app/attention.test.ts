import { expect, test } from '@jest/globals';
import { attentionOf } from '../../../src/domain/app/attention.js';
import { listedTasks } from '../../../src/domain/app/selectors.js';
import { story } from '../../fixtures/screen/state.js';

const conflicted = listedTasks(story).find(({ shown }) => shown === 'conflicted')!;

test('a conflict asks to be resolved; once it is laid out in the worktree, to be finished', () => {
  expect(attentionOf(conflicted, story)).toMatchObject({ kind: 'conflict' });
  const { slug } = conflicted.task;
  const worktrees = { ...story.worktrees, [slug]: { ...story.worktrees[slug]!, unfinished: 'merge' } };
  expect(attentionOf(conflicted, { ...story, worktrees })).toMatchObject({
    kind: 'by hand',
    text: 'its merge with main is laid out in its worktree: edit the files, then finish it.',
  });
});
