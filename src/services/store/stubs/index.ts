/** Stubs: a task as a Markdown file with TOML front matter, written by people and by us. */

export {
  isStubName,
  readStubs,
  refreshStub,
  setStubAside,
  stubFolder,
  stubPath,
  writeStubs,
} from './files.js';
export { formatStub, parseStub } from './format.js';
export { knownStubs } from './known.js';
export { stubText } from './text.js';
