/**
 * blessed finds its widgets by a computed require, which no bundler can follow.
 * Replace that one file by a list of the widgets the screen uses.
 */
const widgets = [
  'Node',
  'Screen',
  'Element',
  'Box',
  'Text',
  'ScrollableBox',
  'ScrollableText',
  'Input',
  'Textarea',
  'Textbox',
  'Line',
  'Log',
  'List',
  'Button',
  'Form',
];

export const blessedPlugin = {
  name: 'blessed-widgets',
  setup(builder) {
    builder.onLoad({ filter: /blessed[\\/]lib[\\/]widget\.js$/ }, () => ({
      loader: 'js',
      contents: [
        'const widget = exports;',
        ...widgets.map(
          (w) => `widget.${w} = widget.${w.toLowerCase()} = require('./widgets/${w.toLowerCase()}');`,
        ),
        `widget.classes = ${JSON.stringify(widgets)};`,
        'widget.aliases = {};',
      ].join('\n'),
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
