import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { FileReport } from '../../../../src/domain/landing/merge.js';
import { mergeFile } from '../../../../src/services/landing/structural/index.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
let folder: string;
beforeEach(() => {
  sandbox = makeSandbox();
  folder = sandbox.root;
});
afterEach(() => sandbox.cleanup());

type Content = string | Buffer;

/** Merges three texts; says what it reported and what stands in the file. */
async function merge(
  [base, ours, theirs]: [Content, Content, Content],
  path = 'a.js',
  more: { markerSize?: number; out?: string; accept?: 'proven' | 'checked' } = {},
): Promise<FileReport & { text: string }> {
  for (const [name, content] of Object.entries({ base, ours, theirs }))
    writeFileSync(join(folder, name), content);
  const signal = new AbortController().signal;
  const files = { base: 'base', ours: 'ours', theirs: 'theirs', out: 'out', ...more };
  const report = await mergeFile({ ...files, path, cwd: folder, env: sandbox.env, signal });
  return { ...report, text: readFileSync(join(folder, files.out), 'utf8') };
}

const call = (args: string) => `start();\nf(${args});\nend();\n`;
const left = [
  'start();',
  '<<<<<<< ours',
  'f(2);',
  '||||||| base',
  'f(1);',
  '=======',
  'f(3);',
  '>>>>>>> theirs',
  'end();',
  '',
].join('\n');

describe('merge file', () => {
  it('is silent where git needs no help', async () => {
    const merged = await merge(['a\nb\nc\nd\n', 'A\nb\nc\nd\n', 'a\nb\nc\nD\n']);
    expect(merged).toMatchObject({ status: 'clean', hunks: [], text: 'A\nb\nc\nD\n' });
  });

  it('in front of checks also takes what is not proven, and says of each hunk which rules answered it', async () => {
    const sides: [string, string, string] = [
      call('one, two, three, four, five, six'),
      call('ONE, two, three, four, five, six'),
      call('one, two, three, four, five, SIX'),
    ];
    expect(await merge(sides)).toMatchObject({
      status: 'not-resolved',
      certificate: { status: 'refused', reason: expect.stringContaining('change the same line') },
    });
    const merged = await merge(sides, 'a.js', { accept: 'checked' });
    expect(merged).toMatchObject({
      status: 'resolved',
      certificate: { status: 'checked', reason: expect.stringContaining('not proven') },
      text: call('ONE, two, three, four, five, SIX'),
      hunks: [{ index: 1, strategy: 'structural', reason: expect.stringContaining('both sides') }],
    });
    expect(merged.hunks[0]!.rules).toContain('tokens-far');
  });

  it('is resolved, unseen, where every line is changed by one side only', async () => {
    const file = (one: string, two: string) => `start();\nfirst(${one});\nsecond(${two});\nend();\n`;
    expect(await merge([file('1', '2'), file('one', '2'), file('1', 'two')])).toMatchObject({
      status: 'resolved',
      certificate: { status: 'proven' },
      text: file('one', 'two'),
    });
  });

  it('leaves what it cannot tell in markers, with the base, and says why', async () => {
    const merged = await merge([call('1'), call('2'), call('3')]);
    expect(merged).toMatchObject({ status: 'not-resolved', text: left });
    expect(merged.hunks).toEqual([{ index: 1, strategy: 'none', reason: expect.any(String) }]);
    expect(merged.reason).not.toBe('');
  });

  it('writes the hunks it solved into a file it could not solve whole', async () => {
    const file = (one: string, two: string) => `${call(one)}\n\n\nmiddle();\n\n\n${call(two)}`;
    const merged = await merge([file(' 1', '1'), file('2', '2'), file('  2', '3')]);
    expect(merged.hunks.map(({ strategy }) => strategy)).toEqual(['whitespace', 'none']);
    expect(merged.text).toBe(`${call('2')}\n\n\nmiddle();\n\n\n${left}`);
  });

  it('uses markers of the size asked for', async () => {
    const { text } = await merge([call('1'), call('2'), call('3')], 'a.js', { markerSize: 9 });
    expect(text).toContain('<<<<<<<<< ours\n');
    expect(text).toContain('\n=========\n');
  });

  it('can write over one of its inputs, keeps its mode, and leaves nothing beside', async () => {
    const { text } = await merge([call('1'), call('2'), call('3')], 'a.js', { out: 'ours' });
    expect(text).toBe(left);
    expect(statSync(join(folder, 'ours')).mode & 0o777).toBe(0o644);
    expect(readdirSync(folder).sort()).toEqual(['base', 'home', 'ours', 'theirs']);
  });
});

describe('hostile input', () => {
  it.each<[string, [Content, Content, Content]]>([
    ['binary', ['a\n', 'b\n', Buffer.from([1, 0, 2])]],
    ['binary throughout', [Buffer.alloc(9), Buffer.alloc(8), Buffer.alloc(7)]],
  ])('that is %s is an error, and nothing is written', async (_, content) => {
    await expect(merge(content)).rejects.toMatchObject({ code: 'not-text', kind: 'usage' });
    expect(existsSync(join(folder, 'out'))).toBe(false);
  });

  it('that is missing is an error', async () => {
    const signal = new AbortController().signal;
    const files = { base: 'none', ours: 'none', theirs: 'none', out: 'out', path: 'a.js' };
    await expect(mergeFile({ ...files, cwd: folder, env: sandbox.env, signal })).rejects.toMatchObject({
      code: 'file-not-found',
      kind: 'usage',
    });
  });

  it('of another encoding goes through byte by byte', async () => {
    const latin = (text: string) => Buffer.from(text, 'latin1');
    const line = (one: string, six: string) => latin(`f\xfcr(${one}, zwei, drei, vier, f\xfcnf, ${six})\n`);
    const merged = await merge([line('a', 'b'), line('\xe4', 'b'), line('a', '\xf6')], 'a.js', {
      accept: 'checked',
    });
    expect(merged.status).toBe('resolved');
    expect(readFileSync(join(folder, 'out'))).toEqual(line('\xe4', '\xf6'));
  });

  it.each([
    ['Windows line ends', '\r\n', '\r\n'],
    ['no newline at the end', '\n', ''],
  ])('with %s keeps them', async (_, end, last) => {
    const file = (one: string, six: string) => `x${end}f(${one}, two, three, four, five, ${six})${last}`;
    const merged = await merge([file('1', '6'), file('one', '6'), file('1', 'six')], 'a.js', {
      accept: 'checked',
    });
    expect(merged).toMatchObject({ status: 'resolved', text: file('one', 'six') });
    const open = await merge([file('1', '6'), file('2', '6'), file('3', '6')]);
    expect(open.text.includes('\r')).toBe(end === '\r\n');
    expect(/(?<!\r)\n/.test(open.text)).toBe(end === '\n');
  });

  it('with markers of its own is left alone, headings underlined by equals signs are not', async () => {
    const marked = (text: string) => `<<<<<<< x\n${call(text)}`;
    const merged = await merge([marked(' 1'), marked('2'), marked('  2')]);
    expect(merged).toMatchObject({ status: 'not-resolved', reason: expect.stringContaining('markers') });
    const headed = (text: string) => `Heading\n=======\n${call(text)}`;
    expect(await merge([headed('1'), headed('2'), headed(' 2')])).toMatchObject({ status: 'resolved' });
  });

  it('with an empty base, two new files of one name, is never put one below the other', async () => {
    const merged = await merge(['', 'function a() {\n  one();\n}\n', 'function b() {\n  two();\n}\n']);
    expect(merged).toMatchObject({
      status: 'not-resolved',
      reason: expect.stringContaining('both sides added'),
    });
    for (const word of ['one', 'two', '|||||||']) expect(merged.text).toContain(word);
    const copies = await merge(['', 'same();\n', 'same();\n']);
    expect(copies).toMatchObject({ status: 'clean', text: 'same();\n' });
  });

  it('that a tool writes is never merged as text', async () => {
    const merged = await merge(['{"v": 1}\n', '{"v": 2 }\n', '{"v":  2}\n'], 'package-lock.json');
    expect(merged).toMatchObject({ status: 'not-resolved', reason: expect.stringContaining('tool') });
    expect(merged.text).toContain('=======');
  });

  it.each(['constructor', '__proto__', 'hasOwnProperty'])(
    'full of the word %s is text like any other',
    async (word) => {
      const file = (one: string, six: string) => call(`${one}, ${word}, ${word}, three, four, ${six}`);
      const merged = await merge([file('a', 'b'), file('x', 'b'), file('a', 'y')], 'a.js', {
        accept: 'checked',
      });
      expect(merged).toMatchObject({ status: 'resolved', text: file('x', 'y') });
    },
  );

  it('that is huge ends soon, with every side in the markers', async () => {
    const huge = (seed: number) =>
      Array.from({ length: 60_000 }, (_, at) => `word${(at * seed) % 59_999} = ${at};\n`).join('');
    const began = performance.now();
    const merged = await merge([huge(7), huge(11), huge(13)]);
    expect(merged.status).toBe('not-resolved');
    expect(merged.text.match(/^<{7} /gm)).not.toBeNull();
    expect(performance.now() - began).toBeLessThan(60_000);
  }, 120_000);
});
