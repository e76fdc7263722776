/** Merging single files: git starts the program once a file, so it loads without the rest of the engine. */
export * as structural from './landing/structural/index.js';
