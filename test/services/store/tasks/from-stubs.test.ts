import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { appError } from '../../../../src/domain/platform/errors.js';
import {
  addTasks,
  editTask,
  keepTasks,
  noteStubs,
  removeTask,
  requireTask,
  takeStubs,
  tasksOf,
} from '../../../../src/services/store/tasks/index.js';
import { mountSmall } from '../../../support/loop-disk.js';
import { makeSandbox, type Sandbox, type SandboxSession } from '../../../support/sandbox.js';

let sandbox: Sandbox;
let session: SandboxSession;
beforeEach(async () => {
  sandbox = makeSandbox();
  session = await sandbox.session(sandbox.repo());
  await noteStubs(session);
  await addTasks(session, [{ title: 'One', goal: 'old goal', labels: ['a'] }], { writeStubs: true });
});
afterEach(() => sandbox.cleanup());

const stub = (name: string) => join(session.root, '.codex-agent/tasks', name);
const edit = (from: string, to: string) =>
  writeFileSync(stub('one.md'), readFileSync(stub('one.md'), 'utf8').replace(from, to));
const one = () => requireTask(session, 'one');
const slugs = async () => tasksOf(await session.registry.read(), 'r1').map(({ slug }) => slug);

test('an edit by hand counts, and is told once', async () => {
  edit('old goal', 'NEW GOAL\n\nwith more');
  edit('labels = ["a"]', 'labels = ["a"]\npriority = "high"');
  expect(await takeStubs(session)).toEqual({ changed: ['one'], added: [], problems: [] });
  expect(await one()).toMatchObject({ goal: 'NEW GOAL\n\nwith more', priority: 'high', labels: ['a'] });
  expect(await takeStubs(session)).toEqual({ changed: [], added: [], problems: [] });
});

test('a key that is taken out is back to its default', async () => {
  edit('labels = ["a"]\n', '');
  await takeStubs(session);
  expect((await one()).labels).toEqual([]);
});

test('a task that was changed meanwhile keeps its field; both sides are shown, others are taken', async () => {
  edit('old goal', 'from the file');
  edit('labels = ["a"]', 'labels = ["b"]');
  await editTask(session, 'one', { goal: 'from the command' });
  const { problems } = await takeStubs(session);
  expect(problems).toEqual([
    expect.stringMatching(/goal: the file says "from the file", the task "from the command"/),
  ]);
  expect(await one()).toMatchObject({ goal: 'from the command', labels: ['b'] });
  expect((await takeStubs(session)).problems).toHaveLength(1);
  await editTask(session, 'one', { goal: 'from the file' });
  expect((await takeStubs(session)).problems).toEqual([]);
});

test('an edit that is not valid leaves the task as it is, says where, and is taken once it is mended', async () => {
  edit('labels = ["a"]', 'lables = ["b"]');
  edit('old goal', 'new goal');
  expect((await takeStubs(session)).problems).toEqual([expect.stringContaining('did you mean labels')]);
  expect((await one()).goal).toBe('old goal');
  edit('lables', 'labels');
  expect((await takeStubs(session)).changed).toEqual(['one']);
  expect(await one()).toMatchObject({ goal: 'new goal', labels: ['b'] });
});

test('files that came later become tasks; a README and a link out of the repository do not', async () => {
  writeFileSync(stub('two.md'), '# Second\n\nDo it.\n');
  writeFileSync(stub('README.md'), '# Tasks\n');
  writeFileSync(join(sandbox.root, 'secret.md'), '# Secret\n');
  symlinkSync(join(sandbox.root, 'secret.md'), stub('three.md'));
  expect((await takeStubs(session)).added).toEqual(['two']);
  expect(await slugs()).toEqual(['one', 'two']);
  expect(await requireTask(session, 'two')).toMatchObject({
    title: 'Second',
    stub: '.codex-agent/tasks/two.md',
  });
});

test('a thousand new files are one change of the registry', async () => {
  for (let n = 0; n < 1000; n++) writeFileSync(stub(`s${n}.md`), `+++\ntitle = "S ${n}"\n+++\n`);
  const { rev } = await session.registry.read();
  expect((await takeStubs(session)).added).toHaveLength(1000);
  expect((await session.registry.read()).rev).toBe(rev + 1);
});

test('a wrong file among new ones holds no other, not even one that depends on a later one', async () => {
  const write = (name: string, more: string) =>
    writeFileSync(stub(name), `+++\ntitle = "${name}"\n${more}\n+++\n`);
  write('a.md', 'slug = "a"\ndepends_on = ["z"]');
  write('b.md', 'slug = "b"\ndepends_on = ["no-such-task"]');
  write('c.md', 'slug = "one"');
  write('z.md', 'slug = "z"');
  const { added, problems } = await takeStubs(session);
  expect(added.sort()).toEqual(['a', 'z']);
  expect(problems).toEqual([
    expect.stringContaining('b.md did not become a task: b depends on "no-such-task"'),
    expect.stringContaining('c.md did not become a task: There is a task one already.'),
  ]);
});

test('thousands of wrong files, in circles and long chains, are judged in one look', async () => {
  const write = (name: string, needs: string) =>
    writeFileSync(
      stub(`${name}.md`),
      `+++\ntitle = "${name}"\nslug = "${name}"\ndepends_on = ["${needs}"]\n+++\n`,
    );
  for (let n = 0; n < 700; n++) {
    write(`chain-${n}`, n < 699 ? `chain-${n + 1}` : 'one');
    write(`lost-${n}`, n < 699 ? `lost-${n + 1}` : 'no-such-task');
    write(`round-${n}`, `round-${n % 2 ? n - 1 : n + 1}`);
  }
  const { rev } = await session.registry.read();
  const before = performance.now();
  const { added, problems } = await takeStubs(session);
  expect(performance.now() - before).toBeLessThan(60_000);
  expect(added).toHaveLength(700);
  expect(added.every((slug) => slug.startsWith('chain-'))).toBe(true);
  expect(problems).toHaveLength(1400);
  expect(problems).toEqual(
    expect.arrayContaining([
      expect.stringContaining('lost-699.md did not become a task: lost-699 depends on "no-such-task"'),
      expect.stringContaining(
        'lost-3.md did not become a task: lost-3 depends on lost-4, which is no task either.',
      ),
      expect.stringMatching(/round-0\.md did not become a task: .* circle: round-0 → round-1 → round-0/),
    ]),
  );
  expect((await session.registry.read()).rev).toBe(rev + 1);
});

test('where the registry takes nothing, new files are one problem, and are looked at again', async () => {
  for (let n = 0; n < 20; n++) writeFileSync(stub(`s${n}.md`), `+++\ntitle = "S ${n}"\n+++\n`);
  const held = appError('lock-held', 'The registry is held.');
  const update = jest.fn(async () => Promise.reject(held)) as never;
  const { problems } = await takeStubs({ ...session, registry: { ...session.registry, update } });
  expect(problems).toEqual([
    expect.stringMatching(/20 new files did not become tasks: The registry is held/),
  ]);
  expect(update).toHaveBeenCalledTimes(1);
  expect((await takeStubs(session)).added).toHaveLength(20);
});

test('a cancelled look takes nothing more', async () => {
  edit('old goal', 'NEW GOAL');
  await expect(takeStubs({ ...session, signal: AbortSignal.abort() })).rejects.toThrow();
  expect((await one()).goal).toBe('old goal');
});

test('files that were there when the repository was set up are no tasks by themselves', async () => {
  const other = await sandbox.session(sandbox.repo({ '.codex-agent/tasks/old.md': '# Old\n' }, 'other'));
  other.repo = { ...other.repo, id: 'r2' };
  expect(await noteStubs(other)).toBe(1);
  expect(await takeStubs(other)).toEqual({ changed: [], added: [], problems: [] });
});

test('a deleted stub is asked about until the task is kept or removed; the task stays', async () => {
  rmSync(stub('one.md'));
  for (let looks = 0; looks < 2; looks++) {
    const { problems } = await takeStubs(session);
    expect(problems).toEqual([expect.stringMatching(/task remove one\..*task keep one\./)]);
  }
  expect(await slugs()).toEqual(['one']);
  expect(existsSync(stub('one.md'))).toBe(false);
  expect(await keepTasks(session, [])).toEqual(['one']);
  expect(existsSync(stub('one.md'))).toBe(true);
  expect((await takeStubs(session)).problems).toEqual([]);
  expect(await keepTasks(session, ['one'])).toEqual([]);

  rmSync(stub('one.md'));
  await removeTask(session, 'one', { force: false });
  expect(await takeStubs(session)).toEqual({ changed: [], added: [], problems: [] });
});

test('a task that came from a file of another name is kept with a stub of its own', async () => {
  writeFileSync(stub('2026 plan.md'), '# Plan the year\n');
  expect((await takeStubs(session)).added).toEqual(['plan-the-year']);
  rmSync(stub('2026 plan.md'));
  rmSync(stub('one.md'));
  expect((await takeStubs(session)).problems).toEqual([expect.stringContaining('stubs of')]);
  expect((await keepTasks(session, ['plan-the-year'])).sort()).toEqual(['plan-the-year']);
  expect(existsSync(stub('plan-the-year.md'))).toBe(true);
  expect((await takeStubs(session)).problems).toEqual([expect.stringContaining('task keep one')]);
  expect(await slugs()).toEqual(['one', 'plan-the-year']);
});

test('a disk that takes no notes hides no task, and the stubs are looked at again', async () => {
  const disk = mountSmall(join(session.paths.stateDir, 'repositories'), 65_536);
  if (!disk) return;
  try {
    disk.fill();
    edit('old goal', 'new goal');
    const { changed, problems } = await takeStubs(session);
    expect(changed).toEqual(['one']);
    expect(problems).toEqual([expect.stringMatching(/could not be noted: The disk is full: .*stubs/)]);
    disk.free();
    expect(await takeStubs(session)).toEqual({ changed: [], added: [], problems: [] });
    expect(await one()).toMatchObject({ goal: 'new goal' });
  } finally {
    disk.unmount();
  }
});

test.each([
  ['a link that leads out', () => symlinkSync(join(session.root, '..', 'outside.md'), stub('one.md'))],
  ['a pipe', () => execFileSync('mkfifo', [stub('one.md')])],
  ['a folder', () => mkdirSync(stub('one.md'))],
  ['a huge file', () => writeFileSync(stub('one.md'), 'x'.repeat(1_000_001))],
])('%s in the place of a stub is told as that; once it is away, the stub comes back', async (_, put) => {
  rmSync(stub('one.md'));
  put();
  const said = '.codex-agent/tasks/one.md is no regular file of at most 1 MB';
  expect((await takeStubs(session)).problems).toEqual([expect.stringContaining(said)]);
  await expect(keepTasks(session, ['one'])).rejects.toMatchObject({ message: expect.stringContaining(said) });
  rmSync(stub('one.md'), { recursive: true });
  expect(await keepTasks(session, ['one'])).toEqual(['one']);
  expect((await takeStubs(session)).problems).toEqual([]);
  expect(existsSync(join(session.root, '..', 'outside.md'))).toBe(false);
});
