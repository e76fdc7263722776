/** The store, which every command needs: it reads and writes the program's own files, and loads in one piece. */
import { followCalls, logFolder, readCalls } from './platform/index.js';

export * as store from './store/index.js';

/** The log of every call that this program made. */
export const log = { followCalls, logFolder, readCalls };
