/** What a form offers for a field that names tasks: those that it could name, narrowed by what is typed. Pure. */
import type { ArgSchema } from '../../src/commands/types.js';
import { dependentsIn } from '../../src/domain/app/lookups.js';
import type { AppState } from '../../src/domain/app/state.js';
import { isSettled } from '../../src/domain/store/task.js';
import { fieldOf } from '../ui/field.js';
import type { FormField, Offer } from './types.js';

/** Tasks that can be named for this argument; `own` is the task that the form is about. None for any other argument. */
export function offersFor({ value }: ArgSchema, { tasks }: AppState, own: string | undefined): Offer[] {
  if (value !== 'tasks') return [];
  const unfit = own === undefined ? new Set<string>() : needing(own, tasks);
  return tasks
    .filter((task) => !isSettled(task) && !unfit.has(task.slug))
    .map(({ slug, title }) => ({ name: slug, title }));
}

/** A task and all that wait for it, which it cannot wait for in turn. */
function needing(slug: string, tasks: AppState['tasks']): ReadonlySet<string> {
  const dependents = dependentsIn(tasks);
  const found = new Set([slug]);
  for (const one of found) for (const other of dependents.get(one) ?? []) found.add(other.slug);
  return found;
}

/** What is offered now: what begins or contains the word at the end, and is not named yet. */
export function offersNow({ offers, field }: FormField): readonly Offer[] {
  if (!offers?.length || field.cursor < [...field.text].length) return [];
  const { named, word } = partsOf(field.text);
  const wanted = word.toLowerCase();
  const left = offers.filter(({ name }) => !named.includes(name) && name !== word);
  const begins = left.filter(({ name }) => name.toLowerCase().startsWith(wanted));
  const others = left.filter(
    (offer) => !begins.includes(offer) && `${offer.name} ${offer.title}`.toLowerCase().includes(wanted),
  );
  return [...begins, ...others];
}

/** The field with an offer in the place of the word that was typed. */
function withOffer({ chosen: _, ...field }: FormField, { name }: Offer): FormField {
  const { named } = partsOf(field.field.text);
  return { ...field, field: fieldOf(`${[...named, name].join(', ')}, `) };
}

/** Up and down among what is offered, Enter takes it; undefined where the key means something else. */
export function offerKey(field: FormField, key: string): FormField | undefined {
  const offers = offersNow(field);
  const { chosen = -1 } = field;
  const offer = offers[chosen];
  if (key === 'enter') return offer && withOffer(field, offer);
  if (key === 'down' && chosen < offers.length - 1) return { ...field, chosen: chosen + 1 };
  if (key === 'up' && offer) return { ...field, chosen: chosen - 1 };
  return undefined;
}

/** Names that are whole, and the one that is being typed. */
function partsOf(text: string): { named: string[]; word: string } {
  const parts = text.split(',').map((part) => part.trim());
  return { named: parts.slice(0, -1).filter(Boolean), word: parts.at(-1)! };
}
