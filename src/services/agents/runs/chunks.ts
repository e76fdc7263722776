/** Reads a file in pieces; what they yield is only good until the next one. */
import { open } from 'node:fs/promises';
import { hasCode } from '../../../domain/platform/errors.js';

const chunkBytes = 256 * 1024;

/** The bytes of a file, piece by piece; none when there is no such file. */
export async function* chunksOf(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path, 'r').catch((error) => {
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
