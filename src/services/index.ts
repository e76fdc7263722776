/**
 * Every service, loaded when it is first used. Two pieces rather than one a service: a start costs
 * about a millisecond a file.
 */
type Core = typeof import('./core.js');
type Engine = typeof import('./engine.js');

const core =
  <K extends keyof Core>(name: K) =>
  async (): Promise<Core[K]> =>
    (await import('./core.js'))[name];

const engine =
  <K extends keyof Engine>(name: K) =>
  async (): Promise<Engine[K]> =>
    (await import('./engine.js'))[name];

export const services = {
  config: core('config'),
  session: core('session'),
  stubs: core('stubs'),
  tasks: core('tasks'),
  trust: core('trust'),
  agents: engine('agents'),
  author: engine('author'),
  dashboard: engine('dashboard'),
  demo: engine('demo'),
  doctor: engine('doctor'),
  guard: engine('guard'),
  init: engine('init'),
  land: engine('land'),
  manager: engine('manager'),
  merge: engine('merge'),
  resolve: engine('resolve'),
  runners: engine('runners'),
  runs: engine('runs'),
  spend: engine('spend'),
  steer: engine('steer'),
  train: engine('train'),
  structural: async () => (await import('./file-merge.js')).structural,
  validate: engine('validate'),
  work: engine('work'),
  worktrees: engine('worktrees'),
} as const;

export type Services = typeof services;
