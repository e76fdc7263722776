/**
 * Makes packs of what esbuild split, for src/start.ts. Splitting leaves every module in the program once, CommonJS starts
 * without the loader of ES modules, and a start reads a file or two.
 */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

/** In this order, each pack holds what its entry needs and no pack before it holds. What is left is a pack by itself. */
const gathered = [
  { pack: 'program', entry: 'src/main.ts' },
  { pack: 'program', entry: 'src/cli/program.ts' },
  { pack: 'program', entry: 'src/services/core.ts' },
  { pack: 'program', entry: 'src/generated/registry-validator.js' },
  { pack: 'screen', entry: 'src/dashboard.ts' },
  { pack: 'screen', entry: 'views/index.ts' },
  { pack: 'screen', entry: '/smol-toml/dist/index.js' },
  { pack: 'engine', entry: 'src/services/engine.ts' },
];

/**
 * Writes the packs of a build into a folder.
 * @param {string} folder
 * @param {import('esbuild').BuildResult<{ write: false, metafile: true }>} result of a build as split ES modules
 * @returns {Promise<{ packs: Record<string, string>, build: string }>} the pack of each module, and a name of the whole
 */
export async function writePacks(folder, { outputFiles, metafile }) {
  const packs = packsOf(metafile.outputs);
  requireLight(metafile.outputs, packs);
  const texts = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
  const made = await Promise.all(
    [...new Set(Object.values(packs))].map((pack) =>
      writePack(folder, pack, { packs, texts, outputs: metafile.outputs }),
    ),
  );
  const hash = createHash('sha256');
  for (const code of made) hash.update(code);
  return { packs, build: hash.digest('hex').slice(0, 16) };
}

/**
 * @param {import('esbuild').Metafile['outputs']} outputs
 * @returns {Record<string, string>}
 */
function packsOf(outputs) {
  /** @type {Record<string, string>} */
  const packs = {};
  const take = (path, pack) => {
    if (packs[basename(path)]) return;
    packs[basename(path)] = pack;
    for (const { path: next, kind } of outputs[path].imports)
      if (kind === 'import-statement' && outputs[next]) take(next, pack);
  };
  const modules = Object.keys(outputs).filter((path) => path.endsWith('.js'));
  for (const { pack, entry } of gathered) {
    const path = modules.find((one) => outputs[one].entryPoint?.endsWith(entry));
    if (!path) throw new Error(`No module of the build begins with ${entry}.`);
    take(path, pack);
  }
  for (const path of modules) packs[basename(path)] ??= basename(path, '.js');
  return packs;
}

/** Throws when what is loaded before the first frame holds a library that few commands need: a start would pay for it. */
function requireLight(outputs, packs) {
  const heavyLibrary = /node_modules\/(ajv|blessed|execa|openai|simple-git)\//;
  for (const [file, { inputs }] of Object.entries(outputs)) {
    if (!['program', 'screen'].includes(packs[basename(file)])) continue;
    const found = Object.entries(inputs).find(
      ([path, { bytesInOutput }]) => bytesInOutput > 0 && heavyLibrary.test(path),
    );
    if (found) throw new Error(`${file} holds ${found[0]}: load it by import(), in a piece of its own.`);
  }
}

/** Modules of a pack that others ask for by name, and the program's first. The rest is found from these. */
function namesFor(pack, packs, outputs) {
  const wanted = Object.entries(outputs)
    .filter(([path]) => packs[basename(path)] !== pack)
    .flatMap(([, { imports }]) => imports.map(({ path }) => basename(path)));
  const own = Object.keys(packs).filter((name) => packs[name] === pack);
  return own.filter((name) => name === 'program.js' || wanted.includes(name));
}

/** Writes one pack: its modules in one scope, as a function of CommonJS whose exports are modules by their names. */
async function writePack(folder, pack, { packs, texts, outputs }) {
  const names = namesFor(pack, packs, outputs);
  // What runs the program comes last, when all that it needs stands.
  names.sort((one, other) => Number(one === 'program.js') - Number(other === 'program.js'));
  const contents = names.map((name, at) =>
    [`import * as m${at} from './${name}';`, `export { m${at} as ${JSON.stringify(name)} };`].join('\n'),
  );
  const own = Object.keys(packs).filter((name) => packs[name] === pack);
  const { outputFiles } = await build({
    stdin: { contents: contents.join('\n'), sourcefile: pack, resolveDir: folder },
    outfile: join(folder, `${pack}.js`),
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    minify: true,
    legalComments: 'none',
    sourcemap: 'external',
    sourcesContent: false,
    define: { 'import.meta.url': '__url' },
    supported: { 'dynamic-import': false },
    // Said of the sources already.
    logLevel: 'error',
    plugins: [modulesFrom(own, texts)],
  });
  const text = outputFiles.find(({ path }) => path.endsWith('.js')).text;
  // The start reads packs as one byte a character. Only in regular expressions does esbuild leave others.
  const ascii = text.replace(
    /[^\0-\x7f]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const url = ascii.includes('__url')
    ? 'const __url=require("node:url").pathToFileURL(__filename).href;'
    : '';
  // In parentheses, V8 compiles a function at once; an arrow it would first skip, and then read again.
  const head = `(function(exports,require,module,__filename,__dirname){${url}\n`;
  const code = `${head}${ascii.trimEnd()}\n})\n//# sourceMappingURL=${pack}.js.map\n`;
  const map = JSON.parse(outputFiles.find(({ path }) => path.endsWith('.map')).text);
  writeFileSync(join(folder, `${pack}.js`), code);
  writeFileSync(join(folder, `${pack}.js.map`), JSON.stringify({ ...map, mappings: `;${map.mappings}` }));
  return code;
}

/** Gives the modules of a pack from memory; those of other packs, and node's own, are loaded when the pack runs. */
const modulesFrom = (own, texts) => ({
  name: 'modules-from-memory',
  setup(builder) {
    builder.onResolve({ filter: /./ }, ({ path }) =>
      own.includes(basename(path)) && path.startsWith('./')
        ? { path: basename(path), namespace: 'module' }
        : { path, external: true },
    );
    builder.onLoad({ filter: /./, namespace: 'module' }, ({ path }) => ({
      contents: withMap(texts.get(path), texts.get(`${path}.map`)),
    }));
  },
});

/** Its places are those of the sources. */
function withMap(text, map) {
  // What is loaded later becomes a `require`, which must be the pack's.
  if (/\b(?:var|let|const|function)\s+require\b/.test(text))
    throw new Error('A module of the build has a require of its own.');
  const inline = Buffer.from(map).toString('base64');
  const bare = text.replace(/\n\/\/# sourceMappingURL=.*\n?$/, '\n').replace(/^#!.*\n/, '\n');
  return `${bare}//# sourceMappingURL=data:application/json;base64,${inline}\n`;
}
