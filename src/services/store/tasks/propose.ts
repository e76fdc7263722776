/** Dependencies a new task probably has, read off its words and paths. A person decides. */
import { overlaps } from '../../../domain/app/steps.js';
import type { TaskDraft } from '../../../domain/store/draft.js';
import { isSettled, type Task } from '../../../domain/store/task.js';

export interface Proposal {
  slug: string;
  /** Why, for the person who decides. */
  reason: string;
}

/**
 * Open tasks that `draft` names in its title, goal or acceptance (by slug or title), then those expected to
 * change the same paths. What the draft depends on already is left out.
 */
export function proposeDependencies(draft: TaskDraft, tasks: readonly Task[]): Proposal[] {
  const words = [draft.title, draft.goal ?? '', ...(draft.acceptance ?? [])].join('\n').toLowerCase();
  const known = new Set(draft.dependsOn ?? []);
  const open = tasks.filter((task) => !isSettled(task) && task.slug !== draft.slug && !known.has(task.slug));
  const named = open.filter((task) => names(words, task.slug) || names(words, task.title));
  const namedSlugs = new Set(named.map((task) => task.slug));
  const self = { slug: '', touches: draft.touches ?? [] };
  const meeting = open
    .filter((task) => !namedSlugs.has(task.slug))
    .flatMap((task) => overlaps([self, task]).map(({ paths }) => ({ task, paths })));
  return [
    ...named.map(({ slug }) => ({ slug, reason: 'is named in the text' })),
    ...meeting.map(({ task, paths }) => ({ slug: task.slug, reason: `also touches ${paths.join(', ')}` })),
  ];
}

/** Whether `text` holds `name` as whole words. One short word such as "api" proves nothing and is left out. */
function names(text: string, name: string): boolean {
  const wanted = name.toLowerCase();
  if (wanted.length < 5 && !/[-_. ]/.test(wanted)) return false;
  const escaped = wanted.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\w-])${escaped}(?![\\w-])`, 'u').test(text);
}
