import { expect, test } from '@jest/globals';
import { commands } from '../../../src/commands/registry.js';
import { renderEvents } from '../../../src/domain/agents/transcript/render.js';
import { type AttentionKind, attentionOf } from '../../../src/domain/app/attention.js';
import { listedTasks } from '../../../src/domain/app/selectors.js';
import { runOf, story } from '../../fixtures/screen/state.js';
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

test('of what an agent asks nothing hides behind a carriage return, in all words and in few', () => {
  const task = story.tasks.find(({ status }) => status === 'running')!;
  const detail = 'rm -rf build\rnpm test\n  && echo done\u2028now';
  const approvals = [
    { id: '7', kind: 'command' as const, detail, at: '2026-03-01T12:04:00.000Z', options: [] },
  ];
  const run = runOf(task.slug, { approvals });
  const state = { ...story, runs: { [run.runId]: run } };
  const listed = listedTasks(state).find((one) => one.task.slug === task.slug)!;
  expect(attentionOf(listed, state)).toMatchObject({
    text: 'wants to run: rm -rf build npm test && echo done now',
    brief: 'asks: rm -rf build npm test && echo done now',
  });
  const lines = renderEvents([{ type: 'approval', approval: approvals[0]! }]);
  expect(lines.map(({ text }) => text)).toEqual([
    'wants to run: rm -rf build',
    'npm test',
    '  && echo done',
    'now',
  ]);
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
