/** Configuration: loaded in layers with the origin of each value, checked with line and column, edited in place. */
export { configFiles, validateFiles } from './files.js';
export { getKey, loadConfig } from './load.js';
export { editFile, retrustAfterOwnEdit, setKey } from './set.js';
