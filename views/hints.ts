/** What keys do and whether they can be used now, for the footer, the help, the palette and chord menus. Pure. */
import { inWords } from '../src/commands/spelling.js';
import type { AnyCommand, CommandPart } from '../src/commands/types.js';
import type { AttentionKind } from '../src/domain/app/attention.js';
import { conflictChoices, uiActionsById } from './actions.js';
import { type Binding, bindingsIn, type Keymap, keysFor, type Section, showKeys } from './keymap.js';
import type { Model } from './model.js';
import { marksToUndo } from './ui/marks.js';
import type { UiState } from './ui/state.js';

export interface Hint {
  keys: string;
  label: string;
  /** Why it cannot be used now. */
  disabled?: string;
}

export function sectionOf({
  focus,
  review,
  conflict,
}: Pick<UiState, 'focus' | 'review' | 'conflict'>): Section {
  if (conflict) return 'conflict';
  if (review) return 'review';
  return focus === 'pinned' ? 'inspector' : focus;
}

/** Name of what a binding does, for a full line; in brackets how its arguments make it differ from the bare command. */
export function titleOf(
  { run, args, label }: Pick<Binding, 'run' | 'args' | 'label'>,
  commands: readonly AnyCommand[],
): string {
  const row = commands.find((command) => command.id === run);
  const title = row?.title ?? uiActionsById.get(run)?.title ?? run;
  const names = Object.keys(args);
  if (names.length === 0) return title;
  return `${title} (${label ?? names.map((name) => `${inWords(name)} ${args[name]}`).join(', ')})`;
}

/** Why a command cannot be used now; undefined when it can, and for actions of the screen. */
export function disabledReason(
  id: string,
  args: Record<string, unknown>,
  { commands, state, ui, conflict }: Pick<Model, 'commands' | 'state' | 'ui' | 'conflict'>,
): string | undefined {
  const row = commands.find((command) => command.id === id);
  if (conflictChoices.has(id) && conflict?.document && conflict.document.status !== 'open')
    return 'Nothing is to decide any more.';
  if (row?.part === 'undo' && marksToUndo(ui, state)) return undefined;
  if (row?.args.required.includes('task') && args.task === undefined) return 'No task is selected.';
  const answer = row?.when?.(state, args) ?? true;
  return answer === true ? undefined : answer;
}

/** The keys of the command that plays this part; empty where no key does. */
export function keysOfPart(
  part: CommandPart,
  { commands, keymap }: { commands: readonly AnyCommand[]; keymap: Keymap },
): string {
  const row = commands.find((command) => command.part === part);
  return row ? keysFor(keymap, row.id) : '';
}

/** The key of the command that settles what is of this kind: a pane that is empty names what fills it. */
export function keysToSettle(
  kind: AttentionKind,
  { commands, keymap }: { commands: readonly AnyCommand[]; keymap: Keymap },
): string {
  const row = commands.find(({ settles }) => settles?.includes(kind));
  return row ? keysFor(keymap, row.id) : '';
}

/**
 * Hints for the footer: what can be done with the selection first, then how to get around.
 * @param next what one would do next with the selected task; they come before all others
 */
export function footerHints(
  keymap: Keymap,
  section: Section,
  disabled: (binding: Binding) => string | undefined,
  next: readonly Pick<Binding, 'run' | 'args'>[] = [],
): Hint[] {
  const seen = new Set<string>();
  const hints: { hint: Hint; weight: number }[] = [];
  for (const binding of bindingsIn(keymap, section)) {
    const [first, second] = binding.keys as [string, string?];
    const chord = second === undefined ? undefined : (keymap.menus[first] ?? 'more');
    const action = uiActionsById.get(binding.run);
    const label = chord ? `${chord}…` : action ? action.hint : (binding.label ?? binding.run);
    const place = placeIn(next, binding, chord !== undefined);
    if (!label || seen.has(label)) {
      const known = hints.find(({ hint }) => hint.label === label);
      if (known && place !== undefined) known.weight = Math.min(known.weight, place);
      continue;
    }
    seen.add(label);
    hints.push({
      hint: { keys: showKeys([first]), label, disabled: chord ? undefined : disabled(binding) },
      weight: place ?? weightOf(binding, section, chord !== undefined),
    });
  }
  // What cannot be used now gives its place to what can.
  for (const one of hints) if (one.hint.disabled && one.weight < unusable) one.weight = unusable;
  return hints.sort((a, b) => a.weight - b.weight).map(({ hint }) => hint);
}

const unusable = 80;

/** Whole pages, on which one looks around, and which one leaves for the list. */
const pages: ReadonlySet<Section> = new Set<Section>(['log', 'fleet', 'plan', 'monitor']);

/** Weight of a binding that is among what one would do next: a key that does it at once stands before a menu that has it. */
function placeIn(next: readonly Pick<Binding, 'run' | 'args'>[], binding: Binding, chord: boolean) {
  const at = next.findIndex(({ run, args }) => run === binding.run && sameArgs(args, binding.args));
  return at < 0 || binding.marked ? undefined : 1 + (at + (chord ? 0.5 : 0)) / next.length;
}

const sameArgs = (one: Binding['args'], other: Binding['args']): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/** Hints that end the footer, and that others never crowd out. */
export const closing: readonly string[] = ['commands', 'help', 'quit'];

/** Whether a binding is about this section, and not about everywhere. */
export const isOwn = ({ section, run }: Binding, wanted: Section): boolean =>
  section === wanted || uiActionsById.get(run)?.panes?.includes(wanted) === true;

function weightOf(binding: Binding, section: Section, chord: boolean): number {
  if (binding.run === 'ui.open') return 0;
  const { hint } = uiActionsById.get(binding.run) ?? {};
  if (hint !== undefined && closing.includes(hint)) return 90 + closing.indexOf(hint);
  if (pages.has(section) && binding.run.startsWith('ui.')) return isOwn(binding, section) ? 2 : 9;
  if (chord) return 10;
  const own = isOwn(binding, section);
  // The inspector is read: how to get around in it comes before what can be done with its task.
  if (own && section === 'inspector') return binding.section === section ? 11 : 10.5;
  if (!binding.run.startsWith('ui.')) return own ? 14 : 12;
  return own ? 16 : 18;
}
