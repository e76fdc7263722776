/** What can be told of git's index without a process. */
import { open } from 'node:fs/promises';

/** Number of entries, from the index's header: "DIRC", version, count (gitformat-index). 0 when there is none. */
export async function indexEntries(path: string): Promise<number> {
  const file = await open(path).catch(() => undefined);
  if (!file) return 0;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(12), 0, 12, 0);
    return bytesRead === 12 && buffer.toString('latin1', 0, 4) === 'DIRC' ? buffer.readUInt32BE(8) : 0;
  } finally {
    await file.close();
  }
}
