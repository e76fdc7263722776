/** Services that act: git, processes, agents, models. They load together, when something is to be done. */
export * as agents from './agents/index.js';
export * as author from './author/index.js';
export * as dashboard from './dashboard/index.js';
export * as demo from './demo/index.js';
export * as doctor from './doctor/index.js';
export * as git from './git/index.js';
export * as guard from './guard/index.js';
export * as init from './init/index.js';
export * as land from './land/index.js';
export * as manager from './manager/index.js';
export * as merge from './merge/index.js';
export * as resolve from './resolve/index.js';
export * as runners from './runners/index.js';
export * as runs from './runs/index.js';
export * as validate from './validate/index.js';
export * as work from './work/index.js';
export * as worktrees from './worktrees/index.js';
