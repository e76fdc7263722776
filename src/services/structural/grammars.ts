/** Grammars, loaded when the first file of their language comes, once a process. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Language, Parser } from '@vscode/tree-sitter-wasm';

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
export function grammarFor(path: string): string | undefined {
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
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve('@vscode/tree-sitter-wasm'));
  library ??= start(require, folder);
  const { Language, Parser } = await library;
  const language: Language = await Language.load(await readFile(join(folder, `tree-sitter-${grammar}.wasm`)));
  const parser = new Parser();
  parser.setLanguage(language);
  return parser;
}

async function start(require: NodeJS.Require, folder: string): Promise<Library> {
  const loaded = require('@vscode/tree-sitter-wasm') as Library;
  await loaded.Parser.init({ locateFile: (name: string) => join(folder, name) });
  return loaded;
}
