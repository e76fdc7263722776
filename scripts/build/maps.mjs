/** Source maps that say the file and line of our own code, and weigh a tenth of what esbuild writes. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode, encode } from '@jridgewell/sourcemap-codec';

/**
 * Leaves in each map below a folder one mark a line of ours. Columns, names and what comes from packages go.
 * @param {string} folder
 */
export function trimMaps(folder) {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.map')) continue;
    const file = join(folder, name);
    writeFileSync(file, JSON.stringify(trimmed(JSON.parse(readFileSync(file, 'utf8')))));
  }
}

/** @param {{ sources: string[], mappings: string }} map */
function trimmed({ sources, mappings }) {
  const ours = sources.filter((source) => !source.includes('node_modules/'));
  const place = sources.map((source) => ours.indexOf(source));
  const lines = decode(mappings).map((segments) => {
    /** @type {import('@jridgewell/sourcemap-codec').SourceMapSegment[]} */
    const kept = [];
    for (const [column, source = -1, line = 0] of segments) {
      const now = place[source] ?? -1;
      const last = kept.at(-1);
      if ((last?.[1] ?? -1) === now && (now < 0 || last?.[2] === line)) continue;
      kept.push(now < 0 ? [column] : [column, now, line, 0]);
    }
    return kept;
  });
  return { version: 3, sources: ours, names: [], mappings: encode(lines) };
}
