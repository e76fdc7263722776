/** What an agent left behind: committed for it, compared with what was, and kept before anything is removed. */
export { commitWork } from './commit.js';
