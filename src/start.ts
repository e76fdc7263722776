#!/usr/bin/env node
/**
 * The file that node runs first. The program lies in packs: each a function whose exports are modules by their names. A
 * pack is evaluated when one of its modules is first asked for, from code that an earlier start compiled and kept.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { codeFolder, keepCode, keepCodeNow, readCode, removeStale } from './compiled.js';

type Pack = (
  exports: object,
  require: (id: string) => unknown,
  module: { exports: Record<string, unknown> },
  file: string,
  folder: string,
) => void;

/** The build writes these: the pack of each module, and a name that no other build has. */
declare const __packs: Record<string, string>;
declare const __build: string;
/** This file is built as CommonJS. */
declare const require: (id: string) => unknown;
declare const __dirname: string;

/** The first pack that a screen loads when its first frame is painted. */
const afterFirstFrame = 'blessed';
/** The pack of commands that work. Without it, a command is so short that keeping its code would not pay. */
const working = 'engine';
/** The command that opens a screen; without any command there is one as well. */
const showing = 'demo';
/** How long after its first frame a screen writes the code that it was started with. */
const keepMs = 2_000;

const folder = __dirname;
const kept = codeFolder(process.env);
const opened = new Map<string, { exports: Record<string, unknown> }>();
const builtins = new Map<string, unknown>();
/** Packs that were compiled by this process, by their names. */
const fresh = new Map<string, Script>();

/** A screen and a command run other parts of the same packs, so each has code of its own. */
const command = process.argv.slice(2).find((word) => !word.startsWith('-'));
const kind = command === undefined || command === showing ? '' : '-command';
const keptName = (pack: string): string => `${__build}-${process.version}-${process.arch}-${pack}${kind}`;

function openPack(pack: string) {
  const filename = join(folder, `${pack}.js`);
  const cachedData = kept && readCode(kept, keptName(pack));
  const script = new Script(readFileSync(filename, 'latin1'), {
    filename,
    ...(cachedData ? { cachedData } : {}),
  });
  if (!cachedData || script.cachedDataRejected) fresh.set(pack, script);
  if (pack.startsWith(afterFirstFrame) && kept && fresh.size > 0) keepSoon(kept);
  const module: { exports: Record<string, object> } = { exports: {} };
  opened.set(pack, module);
  (script.runInThisContext() as Pack)(module.exports, load, module, filename, folder);
  // Without the mark, who imports a default would get the whole module.
  for (const one of Object.values<object>(module.exports))
    Object.defineProperty(one, '__esModule', { value: true });
  return module;
}

/** What has run until now is what the next start runs before its first frame; code that comes later would only delay it. */
function keepSoon(into: string): void {
  const made = [...fresh].map(([pack, script]) => ({ pack, code: script.createCachedData() }));
  const keep = async () => {
    for (const { pack, code } of made) await keepCode(into, keptName(pack), code);
    removeStale(into, __build);
  };
  setTimeout(() => void keep(), keepMs).unref();
}

/** A command has ended: what it ran is what the next one of its kind will run. */
function keepAtEnd(into: string): void {
  if (!fresh.has(working) || [...opened.keys()].some((pack) => pack.startsWith(afterFirstFrame))) return;
  for (const [pack, script] of fresh) keepCodeNow(into, keptName(pack), script.createCachedData());
  removeStale(into, __build);
}

/** A module of the program by its name, or one of node's. */
function load(id: string): unknown {
  const name = id.startsWith('./') ? id.slice(2) : id;
  if (!Object.hasOwn(__packs, name)) return nodes(id);
  const pack = __packs[name]!;
  return (opened.get(pack) ?? openPack(pack)).exports[name];
}

/** Asked for in each file that uses it: node's own way there is long. */
function nodes(id: string): unknown {
  const known = builtins.get(id) ?? require(id);
  builtins.set(id, known);
  return known;
}

load('./program.js');
if (kept && kind !== '') process.once('exit', () => keepAtEnd(kept));
