/**
 * Bundles the program into dist/: one file that every command needs, the rest in chunks that load when used. `--watch`
 * builds anew whenever a source changes, until it is interrupted.
 * Data files (keymaps, prompts, terminfo, the demo sample) stay where they are: assets.ts finds them.
 */
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, context } from 'esbuild';
import { blessedPlugin } from './blessed-plugin.mjs';
import { packGrammars } from './build/grammars.mjs';
import { trimMaps } from './build/maps.mjs';
import { notices } from './build/notices.mjs';
import { writePacks } from './build/packs.mjs';
import { openaiPlugin } from './openai-plugin.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');

/** @satisfies {import('esbuild').BuildOptions} */
const common = {
  absWorkingDir: root,
  outdir: dist,
  bundle: true,
  platform: 'node',
  target: 'node20',
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  sourcemap: 'linked',
  sourcesContent: false,
};

/**
 * Built-in modules that few starts need, loaded when one of their functions is first called: together they cost a start
 * some ten milliseconds.
 */
const lazyBuiltins = {
  name: 'lazy-builtins',
  setup(builder) {
    builder.onResolve({ filter: /^node:(child_process|crypto|module)$/ }, ({ path, importer, kind }) =>
      importer.includes('node_modules') || kind !== 'import-statement'
        ? undefined
        : { path, namespace: 'lazy' },
    );
    builder.onLoad({ filter: /./, namespace: 'lazy' }, async ({ path }) => ({
      loader: 'js',
      contents: Object.entries(await import(path))
        .filter(([name, value]) => typeof value === 'function' && name !== 'default')
        .map(([name]) =>
          /^[A-Z]/.test(name)
            ? `export function ${name}(...args) { return new (require('${path}').${name})(...args); }`
            : `export const ${name} = (...args) => require('${path}').${name}(...args);`,
        )
        .join('\n'),
    }));
    // As a module of its own it would open the standard streams.
    builder.onResolve({ filter: /^node:process$/ }, ({ path }) => ({ path, namespace: 'lazy-process' }));
    builder.onLoad({ filter: /./, namespace: 'lazy-process' }, () => ({
      contents: 'module.exports = globalThis.process;',
    }));
  },
};

/** The library of syntax trees makes a `require` of its own, for ES modules: in a pack one is there already. */
const treeSitter = {
  name: 'tree-sitter-in-packs',
  setup(builder) {
    builder.onLoad({ filter: /tree-sitter-wasm[\\/]wasm[\\/]tree-sitter\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const contents = text.replace(
        /const \{ createRequire \} = await import\("module"\);\s+var require = createRequire\(.*\);/,
        '',
      );
      if (contents === text) throw new Error(`${path} is another than the build knows.`);
      return { contents };
    });
  },
};

/**
 * Programs of their own, which ours starts: each is one file.
 * @satisfies {import('esbuild').BuildOptions[]}
 */
const ownPrograms = [
  {
    ...common,
    format: 'cjs',
    entryPoints: { host: 'src/host.ts' },
    define: { 'import.meta.url': '__url' },
    banner: { js: "const __url=require('node:url').pathToFileURL(__filename).href;" },
    plugins: [
      {
        name: 'talk-acp-apart',
        setup(builder) {
          builder.onResolve({ filter: /\/talk-acp\.js$/ }, () => ({
            path: './talk-acp.mjs',
            external: true,
          }));
        },
      },
      lazyBuiltins,
    ],
  },
  {
    ...common,
    format: 'cjs',
    entryPoints: { starter: 'src/starter.ts' },
  },
  {
    ...common,
    format: 'esm',
    entryPoints: {
      'demo-agent': 'src/demo-agent.ts',
      'talk-acp': 'src/services/agents/host/talk-acp.ts',
    },
    outExtension: { '.js': '.mjs' },
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  },
];

/**
 * The program, split where it is loaded later.
 * @satisfies {import('esbuild').BuildOptions}
 */
const split = {
  ...common,
  format: 'esm',
  entryPoints: { program: 'src/main.ts' },
  splitting: true,
  write: false,
  chunkNames: '[name]-[hash]',
  external: ['term.js', 'pty.js'],
  plugins: [blessedPlugin, openaiPlugin, treeSitter, lazyBuiltins],
};

/**
 * What node runs first: it knows the packs.
 * @param {{ packs: Record<string, string>, build: string }} made
 * @returns {import('esbuild').BuildOptions}
 */
const start = ({ packs, build: name }) => ({
  ...common,
  format: 'cjs',
  entryPoints: { main: 'src/start.ts' },
  define: { __packs: JSON.stringify(packs), __build: JSON.stringify(name) },
});

/** Packs and their start, from the program as esbuild split it. */
async function finish(result) {
  await build(start(await writePacks(dist, result)));
  trimMaps(dist);
  chmodSync(join(dist, 'main.js'), 0o755);
}

rmSync(dist, { recursive: true, force: true });
packGrammars(join(dist, 'grammars'));
writeFileSync(join(dist, 'package.json'), '{"type":"commonjs"}\n');
if (process.argv.includes('--watch')) {
  const packing = {
    name: 'packing',
    setup: (builder) => builder.onEnd((result) => (result.outputFiles ? finish(result) : undefined)),
  };
  for (const options of [...ownPrograms, { ...split, plugins: [...split.plugins, packing] }]) {
    const building = await context({ ...options, logLevel: 'info' });
    await building.watch();
  }
} else {
  const results = await Promise.all([split, ...ownPrograms].map((options) => build(options)));
  const inputs = results.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  writeFileSync(join(dist, 'THIRD-PARTY.txt'), notices(root, inputs));
  await finish(results[0]);
}
