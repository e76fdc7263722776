/** The store, which every command needs: it reads and writes the program's own files, and loads in one piece. */
export * as store from './store/index.js';
