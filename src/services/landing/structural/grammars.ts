/** Grammars, loaded when the first file of their language comes, once a process. */
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import type { Language, Parser } from '@vscode/tree-sitter-wasm';
import { assetPath } from '../../platform/index.js';

const files: Record<string, string> = {
  ts: 'typescript',
  mts: 'typescript',
  cts: 'typescript',
  tsx: 'tsx',
  js: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
  jsx: 'javascript',
  py: 'python',
  pyi: 'python',
  go: 'go',
  rs: 'rust',
  java: 'java',
  c: 'cpp',
  h: 'cpp',
  cc: 'cpp',
  cpp: 'cpp',
  cxx: 'cpp',
  hpp: 'cpp',
  hh: 'cpp',
};

/** Name of the grammar that reads a path, or undefined. */
function grammarFor(path: string): string | undefined {
  const extension = /\.(\w+)$/.exec(path)?.[1]?.toLowerCase();
  return extension !== undefined && Object.hasOwn(files, extension) ? files[extension] : undefined;
}

type Library = typeof import('@vscode/tree-sitter-wasm');

let library: Promise<Library> | undefined;
const parsers = new Map<string, Promise<Parser | undefined>>();

/** A parser for a path; undefined when there is no grammar, or it cannot be loaded: then rules of text must do. */
export function parserFor(path: string): Promise<Parser | undefined> {
  const grammar = grammarFor(path);
  if (!grammar) return Promise.resolve(undefined);
  let parser = parsers.get(grammar);
  if (!parser) {
    parser = load(grammar).catch(() => undefined);
    parsers.set(grammar, parser);
  }
  return parser;
}

async function load(grammar: string): Promise<Parser> {
  library ??= start();
  const [{ Language, Parser }, code] = await Promise.all([library, unpacked(`tree-sitter-${grammar}`)]);
  const language: Language = await Language.load(code);
  const parser = new Parser();
  parser.setLanguage(language);
  return parser;
}

async function start(): Promise<Library> {
  const [{ default: loaded }, wasmBinary] = await Promise.all([
    import('@vscode/tree-sitter-wasm') as unknown as Promise<{ default: Library }>,
    unpacked('tree-sitter'),
  ]);
  // The library asks for the place of its file even where it has the bytes: any name will do.
  const options = { wasmBinary, locateFile: (name: string) => name };
  await loaded.Parser.init(options);
  return loaded;
}

/** The build packs each file of WebAssembly to a twentieth: unpacking one takes 1 to 6 ms. */
async function unpacked(name: string): Promise<Buffer> {
  return promisify(brotliDecompress)(await readFile(assetPath(`dist/grammars/${name}.wasm.br`)));
}
