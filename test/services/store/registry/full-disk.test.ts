import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { openRegistry } from '../../../../src/services/store/registry/index.js';
import { type Folder, makeFolder } from '../../../support/folder.js';
import { makeTask } from '../../../support/task.js';

let folder: Folder;
beforeEach(() => {
  folder = makeFolder();
});
afterEach(() => folder.cleanup());

test('when no more can be written, what was acknowledged is there and nothing half-written stays', async () => {
  const { dataDir, registryFile } = folder.paths;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const first = { schemaVersion: 1, rev: 0, repos: [], tasks: [makeTask('shared')] };
  writeFileSync(registryFile, JSON.stringify(first), { mode: 0o600 });
  const program = join(folder.path, 'writer.mjs');
  await build({
    entryPoints: ['test/support/registry-writer.ts'],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  // A limit on the size of files fails writes in the middle, as a full disk does, and needs no privileges.
  const script = `ulimit -f 40; exec "$0" "$1" w 1000`;
  const { stdout, stderr, status } = spawnSync('sh', ['-c', script, process.execPath, program], {
    env: folder.env,
    encoding: 'utf8',
  });
  expect(status).not.toBe(0);
  expect(stderr).toContain('EFBIG');
  const acknowledged = stdout.trim().split('\n');
  expect(acknowledged.length).toBeGreaterThan(5);
  const { tasks } = JSON.parse(readFileSync(registryFile, 'utf8'));
  expect(tasks.map((task: { id: string }) => task.id)).toEqual(['id-shared', ...acknowledged]);
  expect(readdirSync(dataDir).filter((name) => name.includes('.tmp.'))).toEqual([]);

  const registry = openRegistry(folder.paths);
  await registry.update('room again', (file) => ({
    file: { ...file, tasks: file.tasks.slice(0, 2) },
    result: 0,
  }));
  writeFileSync(registryFile, '{');
  expect((await openRegistry(folder.paths).read()).tasks.map((task) => task.id)).toEqual([
    'id-shared',
    acknowledged[0],
  ]);
});
