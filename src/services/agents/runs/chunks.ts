/** Reads files and transcripts in pieces, so that a gigabyte needs no more memory than one piece. */
import { hasCode } from '../../../domain/platform/errors.js';
import { openRegular } from '../../platform/index.js';
import type { Executor } from '../types.js';

const chunkBytes = 256 * 1024;

/** The bytes of a file, piece by piece, each good until the next one; none when there is no such file. */
export async function* chunksOf(path: string): AsyncGenerator<Uint8Array> {
  const file = await openRegular(path).catch((error) => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (!file) return;
  try {
    const buffer = new Uint8Array(chunkBytes);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, chunkBytes, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** What a run has written to its transcript so far, piece by piece. Throws `run-not-found`. */
export async function* transcriptOf(executor: Executor, runId: string): AsyncGenerator<Uint8Array> {
  for (let offset = 0; ; ) {
    const { bytes } = await executor.read(runId, 'transcript', offset, chunkBytes);
    if (bytes.length === 0) return;
    offset += bytes.length;
    yield bytes;
  }
}
