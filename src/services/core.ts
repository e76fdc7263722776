/** Services that every command needs: they read and write the program's own files, and load in one piece. */
export * as config from './config/index.js';
export * as session from './session/index.js';
export * as stubs from './stubs/index.js';
export * as tasks from './tasks/index.js';
export * as trust from './trust/index.js';
