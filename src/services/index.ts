/**
 * Every area of services, loaded when it is first used. There are two pieces rather than one for each area: a start
 * pays for each file.
 */
type Engine = typeof import('./engine.js');

const engine =
  <K extends keyof Engine>(name: K) =>
  async (): Promise<Engine[K]> =>
    (await import('./engine.js'))[name];

export const services = {
  store: async () => (await import('./core.js')).store,
  log: async () => (await import('./core.js')).log,
  worktrees: engine('worktrees'),
  agents: engine('agents'),
  landing: engine('landing'),
  app: engine('app'),
  /** Merging single files, for which git starts the program once a file: it loads without the rest of the engine. */
  structural: async () => (await import('./file-merge.js')).structural,
} as const;

export type Services = typeof services;
