import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { RegistryFile } from '../../../../src/domain/store/task.js';
import { add, edit, folder, fresh, path, registry, slugs } from '../../../support/registry-file.js';
import { makeTask } from '../../../support/task.js';

test('without a file the registry is empty, and reading makes none', async () => {
  expect(await registry.read()).toEqual({ schemaVersion: 1, rev: 0, repos: [], tasks: [] });
  expect(existsSync(dirname(path))).toBe(false);
});

test('a change is there for every other process once it is acknowledged', async () => {
  expect(await add(makeTask('a'))).toBe('a');
  await add(makeTask('b'), fresh());
  expect(await registry.read()).toMatchObject({ rev: 2, tasks: [{ slug: 'a' }, { slug: 'b' }] });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(dirname(path)).sort()).toEqual([
    'events.jsonl',
    'tasks.json',
    'tasks.json.1',
    'tasks.lock.d',
  ]);
  expect(JSON.parse(readFileSync(`${path}.1`, 'utf8')).rev).toBe(1);
});

test('a folder in place of the journal is named', async () => {
  await add(makeTask('a'));
  const journal = join(dirname(path), 'events.jsonl');
  rmSync(journal);
  mkdirSync(journal);
  await expect(add(makeTask('b'))).rejects.toMatchObject({ path: journal });
});

test('a change that changes nothing writes nothing', async () => {
  await add(makeTask('a'));
  const before = statSync(path).ino;
  expect(await registry.update('look', (file) => ({ file, result: file.tasks.length }))).toBe(1);
  expect(statSync(path).ino).toBe(before);
});

test('an error in a change leaves everything as it was and lets the next one in', async () => {
  await add(makeTask('a'));
  const before = readFileSync(path);
  await expect(
    registry.update('fail', () => {
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  expect(readFileSync(path)).toEqual(before);
  await add(makeTask('b'));
  expect(await slugs()).toEqual(['a', 'b']);
});

test('a task changed in place is written and journalled like any other change', async () => {
  await add(makeTask('a'));
  await add(makeTask('b'));
  await registry.update('in place', (file) => {
    file.tasks[0]!.title = 'New';
    return { file, result: undefined };
  });
  writeFileSync(path, '{');
  expect((await fresh().read()).tasks.map((task) => task.title)).toEqual(['New', 'Do b']);
});

test('what a reader does to what it read is never written', async () => {
  await add(makeTask('a'));
  const seen = await registry.read();
  seen.tasks[0]!.title = 'Mine';
  seen.tasks.pop();
  await add(makeTask('b'));
  expect((await fresh().read()).tasks.map((task) => task.title)).toEqual(['Do a', 'Do b']);
});

test('a change that would spoil the registry is refused', async () => {
  await add(makeTask('a'));
  const before = readFileSync(path);
  await expect(add(makeTask('../b'))).rejects.toMatchObject({ code: 'registry-refused' });
  await expect(add(makeTask('a'))).rejects.toMatchObject({ code: 'registry-refused' });
  expect(readFileSync(path)).toEqual(before);
});

test('fields of a newer minor version survive', async () => {
  await add(makeTask('a'));
  edit((file) => ({ ...file, future: { x: 1 }, tasks: [{ ...file.tasks[0], later: [1, 2] }] }));
  await add(makeTask('b'));
  const raw = JSON.parse(readFileSync(path, 'utf8'));
  expect(raw).toMatchObject({ rev: 2, future: { x: 1 }, tasks: [{ later: [1, 2] }, { slug: 'b' }] });
});

test('a file of a newer schema is refused and not touched', async () => {
  await add(makeTask('a'));
  edit((file) => ({ ...file, schemaVersion: 2, tasks: 'another form' }));
  const before = readFileSync(path);
  await expect(registry.read()).rejects.toMatchObject({ code: 'registry-newer' });
  await expect(add(makeTask('b'))).rejects.toMatchObject({ code: 'registry-newer' });
  expect(readFileSync(path)).toEqual(before);
});

test('a hand edit is taken over', async () => {
  await add(makeTask('a'));
  edit((file) => ({ ...file, tasks: [{ ...file.tasks[0], title: 'By hand' }] }));
  expect((await registry.read()).tasks[0]!.title).toBe('By hand');
  await add(makeTask('b'));
  expect((await fresh().read()).tasks.map((task) => task.title)).toEqual(['By hand', 'Do b']);
});

test('the byte order mark of an editor is read over, and the file with it stays as the version before', async () => {
  await add(makeTask('a'));
  const edited = `\ufeff${readFileSync(path, 'utf8').replace('Do a', 'By hand')}`;
  writeFileSync(path, edited);
  expect((await fresh().read()).tasks.map((task) => task.title)).toEqual(['By hand']);
  await add(makeTask('b'), fresh());
  expect(await slugs()).toEqual(['a', 'b']);
  expect(readFileSync(`${path}.1`, 'utf8')).toBe(edited);
  writeFileSync(path, '{');
  expect(await slugs()).toEqual(['a', 'b']);
});

test('a hand edit saved during our change is not overwritten', async () => {
  await add(makeTask('a'));
  let saved = false;
  await registry.update('slow', (file) => {
    if (!saved) edit((now) => ({ ...now, tasks: [{ ...now.tasks[0], title: 'By hand' }] }));
    saved = true;
    return { file: { ...file, tasks: [...file.tasks, makeTask('b')] }, result: undefined };
  });
  expect((await fresh().read()).tasks.map((task) => task.title)).toEqual(['By hand', 'Do b']);
});

test.each([
  [
    'a comma too many',
    (text: string) => text.replace('"goal":"",', '"goal":"",,'),
    /:3:\d+: this is not JSON/,
  ],
  [
    'an unknown status',
    (text: string) => text.replace('"ready"', '"redy"'),
    /:3:\d+: \/tasks\/1\/status must be/,
  ],
  [
    'a slug that is a path',
    (text: string) => text.replace('"slug":"b"', '"slug":"../b"'),
    /\/tasks\/1\/slug/,
  ],
  [
    'a slug that is there twice',
    (text: string) => text.replace('"slug":"b"', '"slug":"a"'),
    /"a" is there twice/,
  ],
])('a hand edit with %s is refused with its line and kept', async (_, spoil, message) => {
  await add(makeTask('a'));
  await add(makeTask('b'));
  const lines = readFileSync(path, 'utf8').split('\n');
  const text = [...lines.slice(0, 2), spoil(lines[2]!), ...lines.slice(3)].join('\n');
  writeFileSync(path, text);
  await expect(registry.read()).rejects.toMatchObject({
    code: 'registry-invalid',
    message: expect.stringMatching(message),
  });
  await expect(add(makeTask('c'))).rejects.toMatchObject({ code: 'registry-invalid' });
  expect(readFileSync(path, 'utf8')).toBe(text);
});

test('temporary files of dead writers are swept by the next writer', async () => {
  await add(makeTask('a'));
  writeFileSync(`${path}.tmp.4194305.0123abcd`, 'half');
  await add(makeTask('b'));
  expect(readdirSync(dirname(path)).filter((name) => name.includes('.tmp.'))).toEqual([]);
});

test('a watcher hears of changes by others, once for a burst', async () => {
  await add(makeTask('a'));
  let calls = 0;
  let heard: () => void = () => {};
  const stop = registry.watch(() => {
    calls += 1;
    heard();
  });
  const first = new Promise<void>((resolve) => {
    heard = resolve;
  });
  await add(makeTask('b'), fresh());
  await first;
  expect(calls).toBe(1);
  const second = new Promise<void>((resolve) => {
    heard = resolve;
  });
  await add(makeTask('c'), fresh());
  await second;
  stop();
  expect(await slugs(registry)).toEqual(['a', 'b', 'c']);
});

test('ten thousand tasks are read and changed quickly', async () => {
  const tasks = Array.from({ length: 10_000 }, (_, n) => makeTask(`task-${n}`, { goal: 'x'.repeat(200) }));
  await registry.update('many', (file) => ({ file: { ...file, tasks }, result: undefined }));
  const cold = fresh();
  // Time of this process alone: what else the machine does is not counted.
  const started = process.cpuUsage();
  expect((await cold.read()).tasks).toHaveLength(10_000);
  const read = process.cpuUsage(started);
  await add(makeTask('one-more'), cold);
  const both = process.cpuUsage(started);
  const ms = ({ user, system }: NodeJS.CpuUsage) => (user + system) / 1000;
  // Generous: this guards against a quadratic step, the benchmark measures.
  expect({ read: ms(read) < 3_000, changed: ms(both) - ms(read) < 3_000 }).toEqual({
    read: true,
    changed: true,
  });
});

test('a linked tasks.json is followed and stays a link; one that leads nowhere is said', async () => {
  const { paths } = folder;
  const name = (text: string) => (file: RegistryFile) => ({
    file: { ...file, repos: [{ id: 'r', path: '/r', name: text, createdAt: '' }] },
    result: undefined,
  });
  await registry.update('one', name('one'));
  const dotfiles = join(paths.dataDir, '..', 'dotfiles');
  mkdirSync(dotfiles);
  renameSync(paths.registryFile, join(dotfiles, 'tasks.json'));
  symlinkSync(join(dotfiles, 'tasks.json'), paths.registryFile);
  await registry.update('two', name('two'));
  expect(lstatSync(paths.registryFile).isSymbolicLink()).toBe(true);
  expect(JSON.parse(readFileSync(join(dotfiles, 'tasks.json'), 'utf8')).repos[0].name).toBe('two');
  expect(JSON.parse(readFileSync(`${paths.registryFile}.1`, 'utf8')).repos[0].name).toBe('one');
  expect(readdirSync(dotfiles)).toEqual(['tasks.json']);
  rmSync(join(dotfiles, 'tasks.json'));
  await expect(registry.update('three', name('three'))).rejects.toMatchObject({ code: 'registry-link' });
});

test('a value that is nested too deep is told in words, and the file stays as it is', async () => {
  await add(makeTask('a'));
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
  writeFileSync(path, readFileSync(path, 'utf8').replace('"slug"', `"future":${deep},"slug"`));
  const before = readFileSync(path, 'utf8');
  expect(await slugs()).toEqual(['a']);
  await expect(add(makeTask('b'), fresh())).rejects.toMatchObject({ code: 'registry-too-deep' });
  expect(readFileSync(path, 'utf8')).toBe(before);
});

test('what is no file is said, and a pipe is not waited for', async () => {
  await add(makeTask('a'));
  rmSync(path);
  for (const make of [() => mkdirSync(path), () => execFileSync('mkfifo', [path])]) {
    make();
    await expect(fresh().read()).rejects.toMatchObject({ code: 'registry-no-file' });
    await expect(add(makeTask('b'), fresh())).rejects.toMatchObject({ code: 'registry-no-file' });
    rmSync(path, { recursive: true });
  }
  expect(await slugs()).toEqual(['a']);
});
