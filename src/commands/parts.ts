/** Rows by the part they play, for code that need not know their ids. */
import type { AnyCommand, CommandPart } from './types.js';

/** The row that plays this part. Throws when none of these rows does: that is a mistake in the registry. */
export function rowFor(part: CommandPart, rows: readonly AnyCommand[]): AnyCommand {
  const row = rows.find((one) => one.part === part);
  if (!row) throw new Error(`No command plays the part ${part}.`);
  return row;
}
