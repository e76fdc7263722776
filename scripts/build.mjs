/**
 * Bundles the program into dist/: one file that every command needs, the rest in chunks that load when used. `--watch`
 * builds anew whenever a source changes, until it is interrupted.
 * Data files (keymaps, prompts, terminfo, the demo sample) stay where they are: assets.ts finds them.
 */
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, context } from 'esbuild';
import { blessedPlugin } from './blessed-plugin.mjs';
import { packGrammars } from './build/grammars.mjs';
import { trimMaps } from './build/maps.mjs';
import { notices } from './build/notices.mjs';
import { openaiPlugin } from './openai-plugin.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');

// Bundled CommonJS needs these, and every chunk is a module of its own.
const banner = [
  "import{createRequire as __cr}from'node:module';",
  "import{fileURLToPath as __fu}from'node:url';",
  "import{dirname as __dn}from'node:path';",
  'const require=__cr(import.meta.url),__filename=__fu(import.meta.url),__dirname=__dn(__filename);',
].join('');

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

/** What the light bundle leaves to the heavy one, loaded by `import()` when it is used. */
const leaveHeavy = {
  name: 'leave-heavy',
  setup(builder) {
    builder.onResolve(
      { filter: /\/(engine|dashboard|check-args|file-merge|talk-acp|git|terminal)\.js$/ },
      ({ path, kind }) =>
        kind === 'dynamic-import' ? { path: `./${basename(path, '.js')}.mjs`, external: true } : undefined,
    );
  },
};

/**
 * Built-in modules that few commands need, loaded when one of their functions is first called: together they cost
 * a start some ten milliseconds. As a module, `node:process` would open the standard streams.
 */
const lazyBuiltins = {
  name: 'lazy-builtins',
  setup(builder) {
    const functions = {
      'node:child_process': ['spawn', 'execFileSync'],
      'node:crypto': ['createHash', 'randomBytes'],
      'node:process': [],
    };
    const filter = new RegExp(`^(${Object.keys(functions).join('|')})$`);
    builder.onResolve({ filter }, ({ path, namespace, kind }) =>
      namespace === 'lazy' || kind === 'dynamic-import' ? undefined : { path, namespace: 'lazy' },
    );
    builder.onLoad({ filter, namespace: 'lazy' }, ({ path }) => ({
      loader: 'js',
      contents:
        path === 'node:process'
          ? 'module.exports = globalThis.process;'
          : functions[path]
              .map((name) => `exports.${name} = (...args) => require('${path}').${name}(...args);`)
              .join('\n'),
    }));
  },
};

/** The validators are pieces of CommonJS, which both bundles load when a file is read: they would stand in each. */
const sharedValidators = {
  name: 'shared-validators',
  setup(builder) {
    const filter = /\/generated\/(registry-validator|validators)\.js$/;
    builder.onResolve({ filter }, ({ path, kind }) =>
      kind === 'dynamic-import' ? { path: `./${basename(path)}`, namespace: 'shared' } : undefined,
    );
    builder.onResolve({ filter: /./, namespace: 'shared' }, ({ path }) => ({ path, external: true }));
    builder.onLoad({ filter: /./, namespace: 'shared' }, ({ path }) => ({
      contents: `export const { validators } = require(${JSON.stringify(path)});`,
    }));
  },
};

// A start costs about a millisecond a file, and the loader of ES modules some ten: what every command needs is one
// file of CommonJS.
/** @satisfies {import('esbuild').BuildOptions} */
const light = {
  ...common,
  format: 'cjs',
  entryPoints: {
    main: 'src/main.ts',
    host: 'src/host.ts',
    validators: 'src/generated/validators.js',
    'registry-validator': 'src/generated/registry-validator.js',
  },
  define: { 'import.meta.url': '__url' },
  banner: { js: "const __url=require('node:url').pathToFileURL(__filename).href;" },
  plugins: [leaveHeavy, sharedValidators, lazyBuiltins],
};

/** @satisfies {import('esbuild').BuildOptions} */
const heavy = {
  ...common,
  format: 'esm',
  entryPoints: {
    engine: 'src/services/engine.ts',
    git: 'src/services/platform/git/git.ts',
    'file-merge': 'src/services/file-merge.ts',
    dashboard: 'src/dashboard.ts',
    'check-args': 'src/commands/check-args.ts',
    'demo-agent': 'src/demo-agent.ts',
    'talk-acp': 'src/services/agents/host/talk-acp.ts',
    terminal: 'src/services/platform/processes/terminal.ts',
  },
  outExtension: { '.js': '.mjs' },
  splitting: true,
  // Beside the others: what a chunk requires is found from its own place.
  chunkNames: '[name]-[hash]',
  banner: { js: banner },
  external: ['term.js', 'pty.js'],
  plugins: [blessedPlugin, openaiPlugin, sharedValidators],
};

/** Throws when what every command loads holds a library that few commands need: a start would pay for it. */
function requireLight({ outputs }) {
  const heavyLibrary = /node_modules\/(ajv|blessed|execa|openai|simple-git)\//;
  for (const [file, { inputs }] of Object.entries(outputs)) {
    const found = Object.entries(inputs).find(
      ([path, { bytesInOutput }]) => bytesInOutput > 0 && heavyLibrary.test(path),
    );
    if (found) throw new Error(`${file} holds ${found[0]}: load it by import(), in a piece of its own.`);
  }
}

rmSync(dist, { recursive: true, force: true });
packGrammars(join(dist, 'grammars'));
writeFileSync(join(dist, 'package.json'), '{"type":"commonjs"}\n');
if (process.argv.includes('--watch')) {
  for (const options of [light, heavy]) {
    const building = await context({ ...options, logLevel: 'info' });
    await building.rebuild();
    await building.watch();
  }
} else {
  const results = await Promise.all([light, heavy].map((options) => build(options)));
  requireLight(results[0].metafile);
  const inputs = results.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  writeFileSync(join(dist, 'THIRD-PARTY.txt'), notices(root, inputs));
  trimMaps(dist);
}
chmodSync(join(dist, 'main.js'), 0o755);
