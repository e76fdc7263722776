/** The filter of the task list: words, `!word` for the opposite, `label:x`, `state:x`. */
import type { ListedTask } from './selectors.js';

/** A test of rows. `stateOf` gives the word that the list shows for a row. */
export type TaskTest = (row: ListedTask, stateOf: (row: ListedTask) => string) => boolean;

/**
 * The test that a typed filter stands for; all its terms must hold. Upper and lower case are alike. A term that is
 * still being typed (`!`, `label:`) lets everything pass.
 */
export function filterOfText(text: string): TaskTest {
  const terms = text.toLowerCase().split(/\s+/).filter(Boolean).map(termOf);
  return (row, stateOf) => terms.every((term) => term(row, stateOf));
}

function termOf(term: string): TaskTest {
  if (term.startsWith('!')) {
    const opposite = term.slice(1);
    if (opposite === '') return () => true;
    const test = termOf(opposite);
    return (row, stateOf) => !test(row, stateOf);
  }
  const [, field, value] = /^(label|state):(.*)$/.exec(term) ?? [];
  if (value === '') return () => true;
  if (field === 'label')
    return ({ task }) => task.labels.some((label) => label.toLowerCase().includes(value!));
  if (field === 'state') return (row, stateOf) => stateOf(row).toLowerCase().includes(value!);
  return (row, stateOf) => {
    const { slug, title, labels } = row.task;
    return `${slug} ${title} ${stateOf(row)} ${labels.join(' ')}`.toLowerCase().includes(term);
  };
}
