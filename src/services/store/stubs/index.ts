/** Stubs: a task as a Markdown file with TOML front matter, written by people and by us. */

export { readStubs, refreshStub, setStubAside, stubPath, writeStubs } from './files.js';
export { formatStub, parseStub } from './format.js';
