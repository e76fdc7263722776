/**
 * blessed finds its widgets by a computed require, which no bundler can follow.
 * This plugin replaces that one file by the one widget that the screen uses.
 */
export const blessedPlugin = {
  name: 'blessed-screen',
  setup(builder) {
    builder.onLoad({ filter: /blessed[\\/]lib[\\/]widget\.js$/ }, () => ({
      loader: 'js',
      contents:
        "exports.Screen = exports.screen = require('./widgets/screen'); exports.classes = ['Screen']; exports.aliases = {};",
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
