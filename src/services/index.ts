/** Every service, loaded when it is first used. Commands see only these types. */

export const services = {
  session: () => import('./session/index.js'),
  tasks: () => import('./tasks/index.js'),
  stubs: () => import('./stubs/index.js'),
  config: () => import('./config/index.js'),
  trust: () => import('./trust/index.js'),
  worktrees: () => import('./worktrees/index.js'),
  work: () => import('./work/index.js'),
  merge: () => import('./merge/index.js'),
  land: () => import('./land/index.js'),
  runs: () => import('./runs/index.js'),
  runners: () => import('./runners/index.js'),
  agents: () => import('./agents/index.js'),
  validate: () => import('./validate/index.js'),
  resolve: () => import('./resolve/index.js'),
  author: () => import('./author/index.js'),
  manager: () => import('./manager/index.js'),
  init: () => import('./init/index.js'),
  doctor: () => import('./doctor/index.js'),
  demo: () => import('./demo/index.js'),
  dashboard: () => import('./dashboard/index.js'),
} as const;

export type Services = typeof services;
