/** Bundles parts of the screen, for benchmarks that paint in their own process. */
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { oneScreenFile } from '../../blessed-plugin.mjs';

export const root = fileURLToPath(new URL('../../..', import.meta.url));

/** What these files export, e.g. `{ './views/frame.ts': ['paintFrame'] }`; paths relative to the package. */
export async function loadViews(names) {
  const outfile = join(tmpdir(), `codex-agents-bench-${process.pid}.mjs`);
  const lines = Object.entries(names).map(([file, list]) => `export { ${list.join(', ')} } from '${file}';`);
  await build({
    stdin: { contents: lines.join('\n'), resolveDir: root, loader: 'ts' },
    outfile,
    ...oneScreenFile,
    logLevel: 'error',
  });
  try {
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(outfile);
  }
}

/** The value that this share of the sorted numbers is below. */
export function quantile(numbers, share) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
