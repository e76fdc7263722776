/**
 * blessed finds its widgets by a computed require, which no bundler can follow: this plugin replaces that one file by
 * the two that the screen uses. Of what blessed-contrib's widgets draw with, it takes the functions that they call:
 * whole, lodash and gl-matrix would weigh eight times as much as the widgets.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const found = createRequire(import.meta.url);
const matrix = (/** @type {string} */ name) =>
  JSON.stringify(join(dirname(found.resolve('gl-matrix/package.json')), `src/gl-matrix/${name}.js`));
/** @type {Record<string, string>} */
const few = {
  lodash: 'export const max = (values) => Math.max(...values);',
  'gl-matrix': [
    `import { create } from ${matrix('mat2d')};`,
    `import { create as vector, fromValues, transformMat2d } from ${matrix('vec2')};`,
    'export const mat2d = { create };',
    'export const vec2 = { create: vector, fromValues, transformMat2d };',
  ].join('\n'),
  // Colours are named here, never given as red, green and blue.
  x256: 'export default 0;',
};

export const blessedPlugin = {
  name: 'blessed-screen',
  setup(builder) {
    builder.onLoad({ filter: /blessed[\\/]lib[\\/]widget\.js$/ }, () => ({
      loader: 'js',
      contents: [
        "exports.Screen = exports.screen = require('./widgets/screen');",
        "exports.Box = exports.box = require('./widgets/box');",
        "exports.Node = exports.node = require('./widgets/node');",
        "exports.classes = ['Screen']; exports.aliases = {};",
      ].join('\n'),
    }));
    builder.onResolve({ filter: /^(lodash|gl-matrix|x256)$/ }, ({ path, importer }) =>
      /(blessed-contrib|ansi-term)[\\/]/.test(importer) ? { path, namespace: 'few' } : undefined,
    );
    builder.onLoad({ filter: /./, namespace: 'few' }, ({ path }) => ({
      loader: 'js',
      contents: few[path],
      resolveDir: import.meta.dirname,
    }));
    // The old way to make a buffer prints a warning outside of node_modules.
    builder.onLoad({ filter: /drawille-blessed-contrib[\\/]index\.js$/ }, ({ path }) => ({
      loader: 'js',
      contents: readFileSync(path, 'utf8').replaceAll('new Buffer(', 'Buffer.alloc('),
    }));
  },
};

/**
 * How esbuild makes one file of code that paints with blessed, for a test or a benchmark.
 * @satisfies {import('esbuild').BuildOptions}
 */
export const oneScreenFile = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  external: ['term.js', 'pty.js'],
  plugins: [blessedPlugin],
  banner: {
    js: "import{createRequire as __c}from'node:module';const require=__c(import.meta.url),__dirname='',__filename='';",
  },
};
