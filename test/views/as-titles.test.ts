/** What the screen says in place of slugs. */
import { describe, expect, test } from '@jest/globals';
import { inTitles } from '../../views/ui/as-titles.js';
import { taskOf } from '../fixtures/screen/state.js';

const tasks = [taskOf('fair-split', 'done'), taskOf('docs', 'ready')];
const said = (text: string, own?: string[]) => inTitles(text, tasks, own);

describe('a slug is told as the title of its task', () => {
  test.each([
    ['Validate fair-split and land it on main?', 'Validate “Fair split” and land it on main?'],
    ['fair-split: resolved', '“Fair split”: resolved'],
    ['Removed fair-split.', 'Removed “Fair split”.'],
    ['wave 1: fair-split, other-one', 'wave 1: “Fair split”, other-one'],
  ])('%s', (text, expected) => {
    expect(said(text)).toBe(expected);
  });

  test('one that could be a word stays, unless the text is about it', () => {
    expect(said('The docs say so.')).toBe('The docs say so.');
    expect(said('Remove task docs?', ['docs'])).toBe('Remove task “Docs”?');
    expect(said('docs/index.md, docs.md and my-docs', ['docs'])).toBe('docs/index.md, docs.md and my-docs');
  });

  test('a text that has its titles stays as it is, also where a title has a slug in it', () => {
    const named = [
      taskOf('fair-split', 'done', { title: 'fair-split' }),
      taskOf('redo', 'ready', { title: 'Redo fair-split' }),
    ];
    const once = inTitles('fair-split and redo', named, ['redo']);
    expect(once).toBe('“fair-split” and “Redo fair-split”');
    expect(inTitles(once, named, ['redo'])).toBe(once);
  });

  test.each([
    'on branch codex-agent/fair-split',
    'in /tmp/book.worktrees/fair-split and fair-split.md',
    'next: codex-agent task run fair-split',
    'Take it back with `merge forget fair-split`.',
    'fair-split   done   checks pass',
  ])('what is to be typed, a path and a cell of a table stay: %s', (text) => {
    expect(said(text)).toBe(text);
  });
});
