/** What keys do and whether they can be used now, for the footer, the help, the palette and chord menus. Pure. */
import type { AnyCommand } from '../src/commands/types.js';
import type { AppState } from '../src/domain/app/state.js';
import { uiActionsById } from './actions.js';
import { type Binding, type Keymap, type Section, showKeys } from './keymap.js';
import type { PaneId } from './layout.js';

export interface Hint {
  keys: string;
  label: string;
  /** Why it cannot be used now. */
  disabled?: string;
}

export function sectionOf(pane: PaneId): Section {
  return pane === 'pinned' ? 'transcript' : pane;
}

/** Name of what a binding does, for a full line. */
export function titleOf(binding: Binding, commands: readonly AnyCommand[]): string {
  // A binding with arguments of its own is not just the command: its label says how it differs.
  if (binding.label && Object.keys(binding.args).length > 0) {
    return binding.label.charAt(0).toUpperCase() + binding.label.slice(1);
  }
  const row = commands.find((command) => command.id === binding.run);
  return row?.title ?? uiActionsById.get(binding.run)?.title ?? binding.run;
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

/** Hints for the footer: what can be done with the selection first, then how to get around. */
export function footerHints(
  keymap: Keymap,
  pane: PaneId,
  disabled: (binding: Binding) => string | undefined,
): Hint[] {
  const section = sectionOf(pane);
  const seen = new Set<string>();
  const hints: { hint: Hint; weight: number }[] = [];
  for (const binding of keymap.bindings) {
    if (binding.section !== section && binding.section !== 'global') continue;
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

/** Opening leads; getting everywhere else closes, and is never crowded out. */
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
