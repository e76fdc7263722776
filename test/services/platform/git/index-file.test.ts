import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { copyIndex } from '../../../../src/services/platform/index.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

test('a copied index still shows an edit of the same size, made in the second in which the index was written', () => {
  const repo = sandbox.repo({ 'a.txt': 'one\n' });
  const file = join(repo, 'a.txt');
  const index = join(repo, '.git/index');
  const second = 1_700_000_000;
  utimesSync(file, second, second);
  sandbox.git(repo, 'update-index', '--refresh');
  utimesSync(index, second, second);
  writeFileSync(file, 'two\n');
  utimesSync(file, second, second);
  const copy = join(sandbox.root, 'copy');
  return copyIndex(index, copy).then(() => {
    // The time of change cannot be set back by a test, so git is told not to go by it.
    const seen = sandbox.git(repo, '-c', 'core.trustctime=false', 'status', '--porcelain');
    expect(seen).toBe(' M a.txt');
    sandbox.env.GIT_INDEX_FILE = copy;
    expect(sandbox.git(repo, '-c', 'core.trustctime=false', 'status', '--porcelain')).toBe(' M a.txt');
  });
});
