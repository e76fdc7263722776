import { expect, test } from '@jest/globals';
import {
  createLineSplitter,
  droppedLine,
  parseLines,
} from '../../../../src/domain/agents/transcript/lines.js';

const bytes = (text: string) => new TextEncoder().encode(text);

test('lines come out the same in any chunking', () => {
  const text = bytes('größe\r\n\nzwei ♪\nlast');
  const split = (size: number) => {
    const splitter = createLineSplitter();
    const lines = [];
    for (let at = 0; at < text.length; at += size) lines.push(...splitter.push(text.subarray(at, at + size)));
    return [...lines, ...splitter.end()].map((line) => line.text);
  };
  for (const size of [1, 2, 3, 100]) expect(split(size)).toEqual(['größe', '', 'zwei ♪', 'last']);
});

test('a buffer used again does not change what is held', () => {
  const splitter = createLineSplitter();
  const buffer = bytes('first');
  splitter.push(buffer);
  buffer.fill(120);
  expect(splitter.push(bytes('\n'))).toEqual([{ text: 'first', cut: false }]);
});

test('a long line is cut and says so; the next one is whole', () => {
  const splitter = createLineSplitter(4);
  expect(splitter.push(bytes('abcdefgh\nok\n'))).toEqual([
    { text: 'abcd', cut: true },
    { text: 'ok', cut: false },
  ]);
});

test('a program without a protocol is shown line by line, dropped output included', () => {
  const parser = parseLines();
  const events = [...parser.push(bytes(`hello\n${droppedLine(2_000_000, 's-1')}\nbye`)), ...parser.end()];
  expect(events).toEqual([
    { type: 'line', text: 'hello' },
    { type: 'session', sessionId: 's-1' },
    { type: 'warning', message: '2000000 bytes of output were dropped: over run.max_output' },
    { type: 'line', text: 'bye' },
  ]);
});
