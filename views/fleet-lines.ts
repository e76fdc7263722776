/** The last lines of the runs whose tiles are on the screen; none are read while the fleet is not looked at. */
import { plainLines } from '../src/domain/agents/transcript/plain.js';
import { sanitizeLine } from '../src/domain/platform/sanitize.js';
import type { TranscriptSource } from './transcripts.js';

/** Lines of each run, newest last, made safe. */
export type FleetLines = ReadonlyMap<string, readonly string[]>;

/** No tile is higher. */
const mostLines = 60;

interface FleetOptions {
  open(runId: string, onChange: () => void): TranscriptSource;
  onChange(): void;
}

/** `sync` opens the transcripts of these runs and closes all others; `lines` is what the tiles show. */
export function createFleetLines({ open, onChange }: FleetOptions) {
  const sources = new Map<string, TranscriptSource>();
  return {
    sync(runIds: readonly string[]) {
      for (const [runId, source] of sources) {
        if (runIds.includes(runId)) continue;
        source.close();
        sources.delete(runId);
      }
      for (const runId of runIds) if (!sources.has(runId)) sources.set(runId, open(runId, onChange));
    },
    lines: (): FleetLines =>
      new Map(
        [...sources].map(([runId, source]) => [
          runId,
          plainLines(source.lines().slice(-mostLines)).map(sanitizeLine),
        ]),
      ),
    close() {
      for (const source of sources.values()) source.close();
      sources.clear();
    },
  };
}
