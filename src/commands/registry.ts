/** All commands, in the order help shows them. */
import { agentCommands } from './agents/rows.js';
import { configCommands } from './config/rows.js';
import { managerCommands } from './manager/rows.js';
import { mergeCommands } from './merge/rows.js';
import { programCommands } from './program/rows.js';
import { sessionCommands } from './session/rows.js';
import { judgingCommands } from './task/judge.js';
import { recordCommands } from './task/records.js';
import { reviewCommands } from './task/review.js';
import { runCommands } from './task/run.js';
import type { AnyCommand } from './types.js';
import { keptCommands } from './worktree/kept.js';
import { worktreeCommands } from './worktree/rows.js';

export const commands: readonly AnyCommand[] = [
  ...programCommands,
  ...configCommands,
  ...agentCommands,
  ...recordCommands,
  ...runCommands,
  ...worktreeCommands,
  ...keptCommands,
  ...judgingCommands,
  ...reviewCommands,
  ...mergeCommands,
  ...managerCommands,
  ...sessionCommands,
];

/** What the commands that begin with the same words are about, for help and completion. */
export const groups: Readonly<Record<string, string>> = {
  config: 'Read, change and check configuration.',
  agents: 'See, edit and check the agents and what they are told.',
  task: 'Add tasks, run their agents, judge and land their work.',
  'task.worktree': 'Fill, open, repair and remove the worktrees of tasks.',
  rescue: 'See and get back what is kept of removed, replaced and landed work.',
  merge: 'Predict, resolve and land merges.',
  manager: 'Plan, launch, follow and stop waves of tasks.',
  session: 'Read, search and resume what agents said and did, and talk to them.',
};

const byId = new Map<string, AnyCommand>();
for (const row of commands) {
  if (byId.has(row.id)) throw new Error(`Command ${row.id} is declared twice.`);
  byId.set(row.id, row);
}

/** The row of this id. */
export function findCommand(id: string): AnyCommand | undefined {
  return byId.get(id);
}
