import { expect, test } from '@jest/globals';
import { commands } from '../../../src/commands/registry.js';
import { type AttentionKind, attentionOf } from '../../../src/domain/app/attention.js';
import { listedTasks } from '../../../src/domain/app/selectors.js';
import { story } from '../../fixtures/screen/state.js';
import { makeTask } from '../../support/task.js';

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

test('checks that failed and checks that could not be run are settled by different keys', () => {
  const waits = (verdict: 'fail' | 'error') => {
    const validation = {
      verdict,
      tree: '',
      target: '',
      head: '',
      at: '',
      summary: 'test error: no such program',
    };
    const launch = { land: false, at: '' };
    const task = makeTask('one', { status: 'done', validation, launch });
    return attentionOf(listedTasks({ tasks: [task], merges: {} })[0]!, { ...story, runs: {} });
  };
  const settling = (kind: AttentionKind) =>
    commands.filter(({ settles }) => settles?.includes(kind)).map(({ id }) => id);
  expect(waits('error')).toMatchObject({ kind: 'no verdict' });
  expect(waits('error').text).toContain('no such program');
  // Another attempt of the agent mends no program that is missing.
  expect(settling('no verdict')).toEqual(['task.validate', 'task.output']);
  expect(waits('fail')).toMatchObject({ kind: 'checks failed' });
  expect(settling('checks failed')).toContain('task.review');
});
