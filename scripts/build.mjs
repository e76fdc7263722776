/**
 * Bundles the program into dist/: one small entry, the rest in chunks that load when they are used.
 * Data files (keymaps, prompts, terminfo, the demo sample) stay where they are: assets.ts finds them.
 */
import { chmodSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { blessedPlugin } from './blessed-plugin.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');

// Bundled CommonJS needs these three, and every chunk is a module of its own.
const banner = [
  "import{createRequire as __cr}from'node:module';",
  "import{fileURLToPath as __fu}from'node:url';",
  "import{dirname as __dn}from'node:path';",
  'const require=__cr(import.meta.url),__filename=__fu(import.meta.url),__dirname=__dn(__filename);',
].join('');

rmSync(dist, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: { main: 'src/main.ts', 'demo-agent': 'src/demo-agent.ts' },
  outdir: dist,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  splitting: true,
  minify: true,
  keepNames: false,
  legalComments: 'none',
  chunkNames: 'chunks/[name]-[hash]',
  banner: { js: banner },
  external: ['term.js', 'pty.js'],
  plugins: [blessedPlugin],
  logLevel: 'warning',
});
chmodSync(join(dist, 'main.js'), 0o755);
