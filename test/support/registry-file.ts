import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach } from '@jest/globals';
import type { RegistryFile, Task } from '../../src/domain/store/task.js';
import { openRegistry } from '../../src/services/store/registry/index.js';
import type { Registry } from '../../src/services/store/types.js';
import { type Folder, makeFolder } from './folder.js';

export let folder: Folder;
export let registry: Registry;
export let path: string;
beforeEach(() => {
  folder = makeFolder();
  registry = openRegistry(folder.paths);
  path = folder.paths.registryFile;
});
afterEach(() => folder.cleanup());

/** A second process: nothing remembered. */
export const fresh = (note?: (message: string) => void) => openRegistry(folder.paths, note);
export const add = (task: Task, into = registry) =>
  into.update(`add ${task.slug}`, (file) => ({
    file: { ...file, tasks: [...file.tasks, task] },
    result: task.slug,
  }));
export const slugs = async (of = fresh()) => (await of.read()).tasks.map((task) => task.slug);
export const edit = (change: (file: RegistryFile) => unknown) =>
  writeFileSync(path, JSON.stringify(change(JSON.parse(readFileSync(path, 'utf8')))));
