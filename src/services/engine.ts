/** The areas that act: git, processes, agents, models. They load together, when something is to be done. */
export * as agents from './agents/index.js';
export * as app from './app/index.js';
export * as landing from './landing/index.js';
export * as worktrees from './worktrees/index.js';
