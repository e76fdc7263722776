/** Configuration: loaded in layers with the origin of each value, checked with line and column, edited in place. */
export { configFiles, repositoryRoot, validateFiles } from './files.js';
export { getKey, loadConfig } from './load.js';
export { editFile, type OwnEdit, retrustAfterOwnEdit, setKey } from './set.js';
