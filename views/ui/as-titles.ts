/** Tasks that results, questions and errors name by their slugs, told by their titles, as everywhere on the screen. Pure. */
import { tasksBySlug } from '../../src/domain/app/lookups.js';
import type { Task } from '../../src/domain/store/task.js';

/** What is to be typed keeps its slugs: commands, and all between backquotes. So does a title that stands there already. */
const kept = /(`[^`\n]*`|codex-agent [^\n;,]*|“[^”\n]*”)/;

/** A slug by itself: no part of a path, a branch or a longer name, and no cell of a table, which would not align. */
const slugs = /(?<![\w./-])([a-z0-9]+(?:-[a-z0-9]+)*)(?![\w/-]|\.\w| {2})/g;

/**
 * The text with titles in quotes for slugs.
 * @param own slugs that the text is about; others are told apart from words of the language by their hyphens
 */
export function inTitles(text: string, tasks: readonly Task[], own: readonly string[] = []): string {
  const bySlug = tasksBySlug(tasks);
  const named = (word: string): string => {
    const title = word.includes('-') || own.includes(word) ? bySlug.get(word)?.title : undefined;
    return title ? `“${title}”` : word;
  };
  return text
    .split(kept)
    .map((part, at) => (at % 2 === 1 ? part : part.replace(slugs, named)))
    .join('');
}
