/** Reads many blobs with two processes of git for hundreds of them. */
import { randomUUID } from 'node:crypto';
import { type Git, objectIdIn } from '../../platform/index.js';

export interface Blob {
  /** Absent where it is too large to be read. */
  text?: string;
  /** How many bytes it has: a text that is no UTF-8 does not have as many. */
  bytes: number;
}

/** So many names, and so many bytes, are asked of one process. */
const maxNames = 400;
const maxBytes = 32 * 1024 * 1024;
const maxBlob = 64 * 1024 * 1024;

/** Blobs in the order asked, each by an id or "commit:path"; undefined for what is not there. */
export async function readBlobs(run: Git['run'], names: readonly string[]): Promise<(Blob | undefined)[]> {
  const ids = new Map<string, string>();
  for (const name of names) ids.set(name, name.includes('\n') ? await idOf(run, name) : name);
  const sizes = [...(await sizesOf(run, [...new Set(ids.values())]))];
  const found = new Map<string, Blob>(sizes.map(([name, bytes]) => [name, { bytes }]));
  for (const part of partsOf(sizes.filter(([, bytes]) => bytes <= maxBlob))) {
    // An answer is told from what a blob says by a word that no blob can know.
    const mark = randomUUID();
    const { stdout } = await run(['cat-file', `--batch=${mark}`], linesOf(part.map(([name]) => name)));
    const texts = stdout.split(`${mark}\n`).slice(1);
    for (const [at, [name, bytes]] of part.entries()) {
      if (texts[at] !== undefined) found.set(name, { text: texts[at].replace(/\n$/, ''), bytes });
    }
  }
  return names.map((name) => found.get(ids.get(name)!));
}

/** Names are asked by lines, so one that holds a line break is asked by its id. */
async function idOf(run: Git['run'], name: string): Promise<string> {
  const { code, stdout } = await run(['rev-parse', '--verify', '--quiet', name], { ok: [0, 1] });
  return code === 0 ? objectIdIn(stdout, 'rev-parse') : 'none';
}

const linesOf = (names: readonly string[]) => ({ input: names.map((name) => `${name}\n`).join('') });

async function sizesOf(run: Git['run'], names: readonly string[]): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for (let at = 0; at < names.length; at += maxNames) {
    const some = names.slice(at, at + maxNames);
    const { stdout } = await run(['cat-file', '--batch-check=%(objecttype) %(objectsize)'], linesOf(some));
    for (const [index, line] of stdout.split('\n').entries()) {
      const size = /^blob (\d+)$/.exec(line)?.[1];
      if (size) sizes.set(some[index]!, Number(size));
    }
  }
  return sizes;
}

/** Parts that one process can answer; a blob larger than that is a part of its own. */
function partsOf(sizes: readonly [string, number][]): [string, number][][] {
  const parts: [string, number][][] = [];
  let left = { names: 0, bytes: 0 };
  for (const one of sizes) {
    if (left.names < 1 || left.bytes < one[1]) {
      parts.push([]);
      left = { names: maxNames, bytes: maxBytes };
    }
    parts.at(-1)!.push(one);
    left = { names: left.names - 1, bytes: left.bytes - one[1] };
  }
  return parts;
}

/** Its text; undefined when it is none, or was not read. */
export function textOfBlob({ text, bytes }: Blob): string | undefined {
  if (text === undefined || text.slice(0, 8000).includes('\0')) return undefined;
  return !text.includes('\ufffd') || Buffer.byteLength(text) === bytes ? text : undefined;
}
