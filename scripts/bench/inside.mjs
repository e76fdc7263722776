/** Loads services into a benchmark's own process, so that the start of Node and of the program is not measured. */
import { mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The named exports of these source files, e.g. `{ git: 'services/platform/git/git' }` → `{ git: { openGit, … } }`. */
export async function loadInside(modules) {
  // Beside the packages it needs, which are not bundled.
  const folder = mkdtempSync(join(root, 'node_modules', '.bench-'));
  try {
    const lines = Object.entries(modules).map(
      ([name, file]) => `export * as ${name} from './src/${file}.ts';`,
    );
    const outfile = join(folder, 'inside.mjs');
    await build({
      stdin: { contents: lines.join('\n'), resolveDir: root },
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      outfile,
      logLevel: 'error',
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
