import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { findProgram } from '../../../../src/services/platform/processes/process.js';
import { type Copier, copyEntries } from '../../../../src/services/worktrees/filling/copy.js';
import { mountSmall } from '../../../support/loop-disk.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

// rsync is a fallback, and not on every machine.
const copiers: Copier[] = ['gnu', 'node', ...(findProgram('rsync', process.env) ? ['rsync' as const] : [])];

test.each(copiers)(
  'copied by %s onto a disk that is full, nothing counts as left out: it is an error',
  async (copier) => {
    const [from, to] = [join(sandbox.root, 'from'), join(sandbox.root, 'to')];
    sandbox.write(from, { 'large.bin': 'x'.repeat(300_000) });
    const disk = mountSmall(to, 100_000);
    if (!disk) return;
    try {
      const entries = (async function* () {
        yield { path: 'large.bin', folder: false };
      })();
      const options = {
        from,
        to,
        copier,
        workers: 1,
        env: sandbox.env,
        signal: new AbortController().signal,
      };
      await expect(copyEntries(entries, options)).rejects.toMatchObject({ code: 'copy-failed' });
    } finally {
      disk.unmount();
    }
  },
);
