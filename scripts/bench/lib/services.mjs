/** Bundles TypeScript modules with the services they use, for benchmarks that drive them without the program. */
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** Imports what `contents` exports, paths relative to the package; the bundle is written into `folder`. */
export async function loadServices(contents, folder) {
  const outfile = join(folder, 'bundle.mjs');
  await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL('../../..', import.meta.url)), loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
    logLevel: 'error',
  });
  return import(pathToFileURL(outfile).href);
}
