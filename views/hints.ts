/** What keys do and whether they can be used now, for the footer, the help, the palette and chord menus. Pure. */
import { inWords } from '../src/commands/spelling.js';
import type { AnyCommand } from '../src/commands/types.js';
import type { AttentionKind } from '../src/domain/app/attention.js';
import type { AppState } from '../src/domain/app/state.js';
import { uiActionsById } from './actions.js';
import { type Binding, bindingsIn, type Keymap, keysFor, type Section, showKeys } from './keymap.js';
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
export function titleOf({ run, args, label }: Binding, commands: readonly AnyCommand[]): string {
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
  commands: readonly AnyCommand[],
  state: AppState,
): string | undefined {
  const row = commands.find((command) => command.id === id);
  const answer = row?.when?.(state, args) ?? true;
  return answer === true ? undefined : answer;
}

/** The key of the command that settles what is of this kind: a pane that is empty names what fills it. */
export function keysToSettle(
  kind: AttentionKind,
  { commands, keymap }: { commands: readonly AnyCommand[]; keymap: Keymap },
): string {
  const row = commands.find(({ settles }) => settles?.includes(kind));
  return row ? keysFor(keymap, row.id) : '';
}

/** Hints for the footer: what can be done with the selection first, then how to get around. */
export function footerHints(
  keymap: Keymap,
  section: Section,
  disabled: (binding: Binding) => string | undefined,
): Hint[] {
  const seen = new Set<string>();
  const hints: { hint: Hint; weight: number }[] = [];
  for (const binding of bindingsIn(keymap, section)) {
    const [first, second] = binding.keys as [string, string?];
    const chord = second === undefined ? undefined : (keymap.menus[first] ?? 'more');
    const action = uiActionsById.get(binding.run);
    const label = chord ? `${chord}…` : action ? action.hint : (binding.label ?? binding.run);
    if (!label || seen.has(label)) continue;
    seen.add(label);
    hints.push({
      hint: { keys: showKeys([first]), label, disabled: chord ? undefined : disabled(binding) },
      weight: weightOf(binding, section, chord !== undefined),
    });
  }
  return hints.sort((a, b) => a.weight - b.weight).map(({ hint }) => hint);
}

/** Hints that end the footer, and that others never crowd out. */
export const closing: readonly string[] = ['commands', 'help', 'quit'];

function weightOf(binding: Binding, section: Section, chord: boolean): number {
  if (binding.run === 'ui.open') return 0;
  const { hint } = uiActionsById.get(binding.run) ?? {};
  if (hint !== undefined && closing.includes(hint)) return 90 + closing.indexOf(hint);
  if (chord) return 10;
  const own = binding.section === section;
  if (!binding.run.startsWith('ui.')) return own ? 14 : 12;
  return own ? 16 : 18;
}
