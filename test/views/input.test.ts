/** Bytes of a terminal in, single keys and pastes out. */
import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { createInputFilter } from '../../views/terminal/input-filter.js';

/** Sends chunks and gives what came out, once nothing more can come. */
async function through(...chunks: (string | Buffer)[]) {
  const source = new PassThrough();
  const out: string[] = [];
  const filter = createInputFilter(source, { onPaste: (text) => out.push(`paste:${text}`), escapeMs: 15 });
  filter.on('data', (text: string) => out.push(text));
  filter.attach();
  for (const chunk of chunks) {
    source.write(chunk);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await new Promise((resolve) => setTimeout(resolve, 40));
  filter.detach();
  return out;
}

describe('keys', () => {
  test.each([
    ['letters come one by one', ['abc'], ['a', 'b', 'c']],
    ['an arrow is one key', ['\x1b[A\x1bOB'], ['\x1b[A', '\x1bOB']],
    ['a split arrow is one key', ['\x1b', '[', '1;2', 'A'], ['\x1b[1;2A']],
    ['a lone escape is a key', ['\x1b'], ['\x1b']],
    ['escape and a letter at once is alt', ['\x1bx'], ['\x1bx']],
    ['a sequence that never ends is no key', ['\x1b[1;'], []],
    ['alt with [ is a key', ['\x1b['], ['\x1b[']],
    ['a mouse report passes alone', ['a\x1b[<0;3;4Mb'], ['a', '\x1b[<0;3;4M', 'b']],
    ['characters outside the basic plane stay whole', ['🐢'], ['🐢']],
  ])('%s', async (_, chunks, out) => {
    expect(await through(...chunks)).toEqual(out);
  });

  test('a character split over two reads is whole', async () => {
    const bytes = Buffer.from('é🐢');
    expect(await through(bytes.subarray(0, 1), bytes.subarray(1, 4), bytes.subarray(4))).toEqual(['é', '🐢']);
  });
});

describe('pastes', () => {
  test.each([
    ['are not keys', ['\x1b[200~q\n\x03\x1b[A\x1b[201~x'], ['paste:q\n\x03\x1b[A', 'x']],
    ['may come in pieces, the end marker too', ['\x1b[200~ab', 'cd\x1b[20', '1~', 'x'], ['paste:abcd', 'x']],
    ['may be empty', ['\x1b[200~\x1b[201~'], ['paste:']],
  ])('%s', async (_, chunks, out) => {
    expect(await through(...chunks)).toEqual(out);
  });

  test('of a megabyte are whole', async () => {
    const text = 'line of text\n'.repeat(80_000);
    expect(await through('\x1b[200~', text.slice(0, 500_000), text.slice(500_000), '\x1b[201~')).toEqual([
      `paste:${text}`,
    ]);
  });
});

describe('what the terminal says by itself is swallowed', () => {
  test.each([
    '\x1b[?62;22c',
    '\x1b[>0;10;1c',
    '\x1b[12;40R',
    '\x1b[?2026;2$y',
    '\x1b[?1u',
    '\x1b[I\x1b[O',
    '\x1b]11;rgb:00/00/00\x07',
    '\x1b]11;rgb:00/00/00\x1b\\',
    '\x1bP1+r544e\x1b\\',
    '\x1b_Gi=1;OK\x1b\\',
  ])('%j', async (reply) => {
    expect(await through(`a${reply}b`)).toEqual(['a', 'b']);
    const middle = reply.length >> 1;
    expect(await through(`a${reply.slice(0, middle)}`, `${reply.slice(middle)}b`)).toEqual(['a', 'b']);
  });
});

test('the background that the terminal tells comes whole, however slowly, and never as keys', async () => {
  const source = new PassThrough();
  const out: string[] = [];
  const said = new Promise<string>((resolve) => {
    const filter = createInputFilter(source, { onPaste() {}, onBackground: resolve, escapeMs: 1 });
    filter.on('data', (text: string) => out.push(text));
    filter.attach();
  });
  source.write('a\x1b]11;rgb:ff');
  // Longer than an escape sequence may take.
  await new Promise((resolve) => setTimeout(resolve, 30));
  source.write('ff/ffff/ffff\x1b\\b');
  expect(await said).toBe('rgb:ffff/ffff/ffff');
  expect(out.slice(0, 2)).toEqual(['a', 'b'].slice(0, out.length));
  source.end();
});

describe('newer key encodings become the old bytes', () => {
  test.each([
    ['\x1b[13u', ['\r']],
    ['\x1b[13;2u', ['\n']],
    ['\x1b[27u', ['\x1b']],
    ['\x1b[9u', ['\t']],
    ['\x1b[9;2u', ['\x1b[Z']],
    ['\x1b[127u', ['\x7f']],
    ['\x1b[99;5u', ['\x03']],
    ['\x1b[120;3u', ['\x1bx']],
    ['\x1b[103;2u', ['G']],
    ['\x1b[97;1:3u', []],
    ['\x1b[57441u', []],
    ['\x1b[49;5u', []],
    ['\x1b[27;5;99~', ['\x03']],
    ['\x1b[97:65;2u', ['A']],
  ] as const)('%j', async (bytes, out) => {
    expect(await through(bytes)).toEqual(out);
  });
});
