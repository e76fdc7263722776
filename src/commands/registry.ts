/** All commands, in the order help shows them. */
import { appCommands } from './app.js';
import { configCommands } from './config.js';
import { logCommands } from './logs.js';
import { managerCommands } from './manager.js';
import { mergeCommands } from './merge.js';
import { sessionCommands } from './session.js';
import { steerCommands } from './steer.js';
import { taskCommands } from './task.js';
import type { AnyCommand } from './types.js';
import { validateCommands } from './validate.js';
import { worktreeCommands } from './worktree.js';

export const commands: readonly AnyCommand[] = [
  ...appCommands,
  ...configCommands,
  ...taskCommands,
  ...worktreeCommands,
  ...validateCommands,
  ...mergeCommands,
  ...managerCommands,
  ...sessionCommands,
  ...steerCommands,
  ...logCommands,
];

const byId = new Map<string, AnyCommand>();
for (const row of commands) {
  if (byId.has(row.id)) throw new Error(`Command ${row.id} is declared twice.`);
  byId.set(row.id, row);
}

/** The row of this id. */
export function findCommand(id: string): AnyCommand | undefined {
  return byId.get(id);
}
