/** Code that is kept from one start to the next: taken whole, from this user alone, or not at all. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { codeFolder, keepCode, keepCodeNow, readCode, removeStale } from '../src/compiled.js';
import { pathsFrom } from '../src/services/platform/index.js';

let folder: string;
const code = Buffer.from(Array.from({ length: 5_000 }, (_, at) => at % 251));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'codex-agents-code-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('kept code', () => {
  it('is what was kept, in a file and a folder of this user alone', async () => {
    const deep = join(folder, 'a', 'b');
    await keepCode(deep, 'one', code);
    expect(readCode(deep, 'one')?.equals(code)).toBe(true);
    expect(statSync(join(deep, 'one')).mode & 0o777).toBe(0o600);
    expect(statSync(deep).mode & 0o777).toBe(0o700);
    expect(readCode(deep, 'two')).toBeUndefined();
  });

  it('is not taken cut off, empty, or with a sector or a single bit of it changed', async () => {
    await keepCode(folder, 'one', code);
    const whole = readFileSync(join(folder, 'one'));
    const torn = Buffer.from(whole);
    torn.fill(7, 1024, 1536);
    const flipped = [8, 1_001, whole.length - 1].map((at) => {
      const one = Buffer.from(whole);
      one[at]! ^= 1;
      return one;
    });
    for (const bytes of [whole.subarray(0, -1), whole.subarray(0, 4), Buffer.alloc(0), torn, ...flipped]) {
      writeFileSync(join(folder, 'one'), bytes);
      expect(readCode(folder, 'one')).toBeUndefined();
    }
  });

  it('is not taken where others can write it, nor through a link', async () => {
    await keepCode(folder, 'one', code);
    symlinkSync(join(folder, 'one'), join(folder, 'link'));
    expect(readCode(folder, 'link')).toBeUndefined();
    chmodSync(join(folder, 'one'), 0o666);
    expect(readCode(folder, 'one')).toBeUndefined();
  });

  it('is not kept in a folder that others can write', async () => {
    chmodSync(folder, 0o777);
    await keepCode(folder, 'one', code);
    expect(readCode(folder, 'one')).toBeUndefined();
  });

  it('leaves no half of itself behind when it cannot be written', async () => {
    mkdirSync(join(folder, 'one', 'in the way'), { recursive: true });
    await keepCode(folder, 'one', code);
    expect(readdirSync(folder)).toEqual(['one']);
  });

  it('goes when another build wrote it long ago', async () => {
    for (const name of ['old-1', 'old-2', 'now-1']) await keepCode(folder, name, code);
    const long = Date.now() / 1000 - 40 * 86_400;
    for (const name of ['old-1', 'now-1']) utimesSync(join(folder, name), long, long);
    removeStale(folder, 'now');
    expect(['old-1', 'old-2', 'now-1'].map((name) => readCode(folder, name) !== undefined)).toEqual([
      ...[false, true, true],
    ]);
  });

  it('lies in the cache folder of the program, or nowhere when node is asked to keep none', () => {
    const homes: NodeJS.ProcessEnv[] = [
      { HOME: folder },
      { HOME: folder, XDG_CACHE_HOME: join(folder, 'x') },
      { HOME: folder, XDG_CACHE_HOME: 'relative' },
    ];
    for (const env of homes) expect(codeFolder(env)).toBe(join(pathsFrom(env).cacheDir, 'code'));
    expect(codeFolder({ HOME: folder, NODE_DISABLE_COMPILE_CACHE: '1' })).toBeUndefined();
  });
});

describe('code kept at the end of a command', () => {
  it('is what was kept, of this user alone', () => {
    const below = join(folder, 'code');
    keepCodeNow(below, 'one', code);
    expect(readCode(below, 'one')?.equals(code)).toBe(true);
    expect(statSync(join(below, 'one')).mode & 0o777).toBe(0o600);
    expect(statSync(below).mode & 0o777).toBe(0o700);
  });

  it('makes no cache folder where the program keeps none, and none in that of another user', () => {
    keepCodeNow(join(folder, 'cache', 'code'), 'one', code);
    expect(existsSync(join(folder, 'cache'))).toBe(false);
    chmodSync(folder, 0o777);
    keepCodeNow(join(folder, 'code'), 'one', code);
    expect(existsSync(join(folder, 'code'))).toBe(false);
  });
});
