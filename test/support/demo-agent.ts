/** The demo's agent program, bundled from source. */
import { join } from 'node:path';
import { build } from 'esbuild';

/** Bundles it into a folder; returns the path of the program. */
export async function buildDemoAgent(folder: string): Promise<string> {
  const outfile = join(folder, 'demo-agent.mjs');
  await build({
    entryPoints: [join(process.cwd(), 'src/demo-agent.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
  });
  return outfile;
}
