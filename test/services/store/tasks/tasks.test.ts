import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { TaskDraft } from '../../../../src/domain/store/draft.js';
import { moveTask } from '../../../../src/domain/store/task.js';
import { allRepos, findRepo, registerRepo } from '../../../../src/services/store/repositories/index.js';
import { formatStub, readStubs } from '../../../../src/services/store/stubs/index.js';
import {
  addTasks,
  editTask,
  previewTasks,
  proposeDependencies,
  removeTask,
  requireTask,
  tasksOf,
  updateTask,
} from '../../../../src/services/store/tasks/index.js';
import { makeSandbox, type Sandbox, type SandboxSession } from '../../../support/sandbox.js';
import { makeTask } from '../../../support/task.js';

let sandbox: Sandbox;
let session: SandboxSession;
beforeEach(async () => {
  sandbox = makeSandbox();
  session = await sandbox.session(sandbox.repo({ 'README.md': 'x\n' }));
});
afterEach(() => sandbox.cleanup());

const add = (...drafts: TaskDraft[]) => addTasks(session, drafts, { writeStubs: true });
const all = async () => tasksOf(await session.registry.read(), session.repo.id);
const foundAt = (root: string) => ({ root, commonDir: join(root, '.git') });
const stubOf = (slug: string) => join(session.root, '.codex-agent', 'tasks', `${slug}.md`);

test('a repository is registered once', async () => {
  const again = await registerRepo(session.registry, foundAt(session.root));
  expect(again).toEqual(session.repo);
  expect(findRepo(await session.registry.read(), foundAt(session.root))).toEqual(session.repo);
});

test('a task added from a title has all that the registry needs, and a stub', async () => {
  const [task] = await add({ title: '  Fix the lexer ', goal: 'It drops tabs.', acceptance: ['tabs stay'] });
  expect(task).toMatchObject({
    slug: 'fix-the-lexer',
    title: 'Fix the lexer',
    status: 'ready',
    priority: 'normal',
    branch: 'codex-agent/fix-the-lexer',
    stub: '.codex-agent/tasks/fix-the-lexer.md',
    attempts: 0,
  });
  expect(await all()).toEqual([task]);
  expect(readFileSync(stubOf('fix-the-lexer'), 'utf8')).toBe(formatStub(task!));
  expect(session.events.at(-1)).toMatchObject({
    type: 'registry.loaded',
    tasks: [{ slug: 'fix-the-lexer' }],
  });
});

test('a goal keeps its lines and their indentation, in the registry and through its stub', async () => {
  const goal = '    if a:\n\tb()\n\n- [ ] first\n    - [ ] second';
  const [task] = await add({ title: 'Port', goal: `\n \n${goal}\n\n` });
  expect(task?.goal).toBe(goal);
  const [again] = await readStubs(stubOf('port'), Readable.from([]));
  expect(again?.goal).toBe(goal);
});

test('a batch may depend on itself in any order, and is all or nothing', async () => {
  await add({ title: 'b', slug: 'b', dependsOn: ['a'] }, { title: 'a', slug: 'a' }, { title: 'A' });
  expect((await all()).map((task) => [task.slug, task.dependsOn])).toEqual([
    ['b', ['a']],
    ['a', []],
    ['a-2', []],
  ]);
  await expect(add({ title: 'c' }, { title: 'd', dependsOn: ['nobody'] })).rejects.toMatchObject({
    code: 'unknown-dependency',
    message: 'd depends on "nobody", which does not exist.',
  });
  expect(await all()).toHaveLength(3);
  expect(existsSync(stubOf('c'))).toBe(false);
});

test.each<[string, TaskDraft[], string]>([
  [
    'a circle',
    [
      { title: 'x', dependsOn: ['y'] },
      { title: 'y', dependsOn: ['x'] },
    ],
    'dependency-cycle',
  ],
  ['a task that waits for itself', [{ title: 'x', dependsOn: ['x'] }], 'dependency-cycle'],
  [
    'a slug that is taken',
    [
      { title: 'x', slug: 'x' },
      { title: 'y', slug: 'x' },
    ],
    'slug-taken',
  ],
  ['a slug that is a path', [{ title: 'x', slug: '../x' }], 'bad-slug'],
  ['an empty title', [{ title: '  ' }], 'bad-title'],
  ['a title of two lines', [{ title: 'a\nb' }], 'bad-title'],
  ['an endless title', [{ title: 'a'.repeat(201) }], 'bad-title'],
  ['an endless goal', [{ title: 'a', goal: 'a'.repeat(100_001) }], 'goal-too-long'],
  ['a branch that does not exist', [{ title: 'a', branch: 'nowhere' }], 'branch-not-found'],
  ['the target as a branch', [{ title: 'a', branch: 'main' }], 'branch-is-target'],
])('%s is refused', async (_, drafts, code) => {
  await expect(add(...drafts)).rejects.toMatchObject({ code, kind: 'usage' });
  await expect(previewTasks(session, drafts)).rejects.toMatchObject({ code });
  expect(await all()).toEqual([]);
});

test('a circle is named', async () => {
  await add({ title: 'a' }, { title: 'b', dependsOn: ['a'] });
  await expect(editTask(session, 'a', { dependsOn: ['b'] })).rejects.toMatchObject({
    code: 'dependency-cycle',
    message: expect.stringMatching(/a → b → a|b → a → b/),
  });
});

test('an existing branch is adopted, by one task only', async () => {
  sandbox.git(session.root, 'branch', 'feature/x');
  expect((await add({ title: 'x', branch: 'feature/x' }))[0]!.branch).toBe('feature/x');
  await expect(add({ title: 'y', branch: 'feature/x' })).rejects.toMatchObject({ code: 'branch-taken' });
});

test('a name whose branch another task works on gets a branch of its own', async () => {
  await add({ title: 'Late' });
  await updateTask(session, 'late', (task) => ({ ...task, branch: 'codex-agent/late-2' }));
  expect(await add({ title: 'Late' })).toMatchObject([{ slug: 'late-2', branch: 'codex-agent/late-2-2' }]);
});

test('a preview shows the tasks and writes nothing', async () => {
  expect(await previewTasks(session, [{ title: 'a' }])).toMatchObject([{ slug: 'a', status: 'ready' }]);
  expect(await all()).toEqual([]);
  expect(existsSync(join(session.root, '.codex-agent'))).toBe(false);
});

test('a stub that somebody wrote is never overwritten', async () => {
  mkdirSync(join(session.root, '.codex-agent', 'tasks'), { recursive: true });
  writeFileSync(stubOf('a'), 'mine');
  await add({ title: 'a' });
  expect(readFileSync(stubOf('a'), 'utf8')).toBe('mine');
  await editTask(session, 'a', { goal: 'new' });
  expect(readFileSync(stubOf('a'), 'utf8')).toBe('mine');
  await removeTask(session, 'a');
  expect(
    readFileSync(
      join(session.paths.stateDir, 'removed', readdirSync(join(session.paths.stateDir, 'removed'))[0]!),
      'utf8',
    ),
  ).toBe('mine');
});

test('stubs are not written through a link that leads out of the repository', async () => {
  const outside = join(sandbox.root, 'outside');
  mkdirSync(join(outside, 'tasks'), { recursive: true });
  symlinkSync(outside, join(session.root, '.codex-agent'));
  await expect(add({ title: 'a' })).rejects.toMatchObject({ code: 'outside-repository' });
  expect(readdirSync(join(outside, 'tasks'))).toEqual([]);
});

test('a task that does not exist is an error that names the nearest', async () => {
  await add({ title: 'lexer' }, { title: 'parser' });
  await expect(requireTask(session, 'lexxer')).rejects.toMatchObject({
    code: 'task-not-found',
    kind: 'usage',
    hint: 'Did you mean lexer?',
  });
});

test('an edit changes what it names, and the stub with it', async () => {
  const [before] = await add({ title: 'a', labels: ['x'], runner: 'demo' });
  const after = await editTask(session, 'a', {
    title: 'A!',
    labels: ['y', 'y'],
    priority: 'urgent',
    runner: '',
  });
  expect(after).toMatchObject({ slug: 'a', title: 'A!', labels: ['y'], priority: 'urgent', id: before!.id });
  expect(after).not.toHaveProperty('runner');
  expect(await requireTask(session, 'a')).toEqual(after);
  expect(readFileSync(stubOf('a'), 'utf8')).toBe(formatStub(after));
});

test('a task moves as the state machine allows, and that is told', async () => {
  await add({ title: 'a' });
  session.events.length = 0;
  await updateTask(session, 'a', (task) => moveTask(task, 'running', { attempts: 1, runIds: ['a-1'] }));
  expect(session.events).toMatchObject([
    { type: 'registry.loaded' },
    { type: 'task.moved', task: 'a', from: 'ready', to: 'running' },
  ]);
  await expect(updateTask(session, 'a', (task) => ({ ...task, status: 'draft' }))).rejects.toMatchObject({
    code: 'bad-transition',
  });
  await expect(editTask(session, 'a', { status: 'cancelled' })).rejects.toMatchObject({
    code: 'task-running',
  });
  expect((await requireTask(session, 'a')).status).toBe('running');
});

test('what identifies a task cannot be changed, and undefined fields are gone', async () => {
  const [before] = await add({ title: 'a' });
  await updateTask(session, 'a', (task) => ({ ...task, id: 'x', slug: 'y', repo: 'z', stub: undefined }));
  const after = await requireTask(session, 'a');
  expect(after).toMatchObject({ id: before!.id, slug: 'a', repo: before!.repo });
  expect(after).not.toHaveProperty('stub');
});

test('a change that keeps the task writes nothing and tells nothing', async () => {
  await add({ title: 'a' });
  const { rev } = await session.registry.read();
  session.events.length = 0;
  await updateTask(session, 'a', (task) => task);
  expect((await session.registry.read()).rev).toBe(rev);
  expect(session.events).toEqual([]);
});

test('removing keeps the stub aside', async () => {
  const [task] = await add({ title: 'a' });
  const text = readFileSync(stubOf('a'), 'utf8');
  await removeTask(session, 'a');
  expect(await all()).toEqual([]);
  expect(existsSync(stubOf('a'))).toBe(false);
  expect(readFileSync(join(session.paths.stateDir, 'removed', `a-${task!.id}.md`), 'utf8')).toBe(text);
});

test('a task with an agent at work is never removed', async () => {
  await add({ title: 'a' });
  await updateTask(session, 'a', (task) => moveTask(task, 'running'));
  await expect(removeTask(session, 'a', { force: true })).rejects.toMatchObject({ code: 'task-running' });
});

test('a task with work or with others waiting for it is removed only by force', async () => {
  await add({ title: 'a' }, { title: 'b', dependsOn: ['a'] }, { title: 'c' });
  await updateTask(session, 'c', (task) => ({ ...task, base: 'abc', worktree: '/w' }));
  await expect(removeTask(session, 'a')).rejects.toMatchObject({ code: 'task-needed' });
  await expect(removeTask(session, 'c')).rejects.toMatchObject({ code: 'task-has-work' });
  expect(await all()).toHaveLength(3);
  await removeTask(session, 'a', { force: true });
  expect((await requireTask(session, 'b')).dependsOn).toEqual(['a']);
});

test('a landed task can be removed, and nobody waits for it any more', async () => {
  await add({ title: 'a' }, { title: 'b', dependsOn: ['a'] });
  for (const status of ['running', 'done', 'landed'] as const) {
    await updateTask(session, 'a', (task) => moveTask(task, status, { base: 'abc' }));
  }
  await removeTask(session, 'a');
  expect((await requireTask(session, 'b')).dependsOn).toEqual([]);
});

test('tasks are counted over all repositories', async () => {
  const root = sandbox.repo({ a: 'x' }, 'other');
  const other = { ...session, root, repo: await registerRepo(session.registry, foundAt(root)) };
  await add({ title: 'a' }, { title: 'b', status: 'draft' });
  await addTasks(other, [{ title: 'a' }], { writeStubs: false });
  expect(await allRepos(session.paths)).toMatchObject([
    { repo: session.root, tasks: { ready: 1, draft: 1 } },
    { repo: other.root, tasks: { ready: 1 } },
  ]);
});

test('dependencies are proposed from words and paths of open tasks', () => {
  const open = [
    makeTask('date-parser', { title: 'Parse dates' }),
    makeTask('io', { title: 'Input and output', touches: ['src/io/**'] }),
    makeTask('old-parser', { status: 'landed', title: 'Old parser' }),
    makeTask('cli', { title: 'Command line' }),
  ];
  const draft = {
    title: 'Print what date-parser gives',
    goal: 'Unlike the old parser, the cli shows it; see input and output.',
    touches: ['src/io/print.ts'],
  };
  expect(proposeDependencies(draft, open).map(({ slug }) => slug)).toEqual(['date-parser', 'io']);
  expect(proposeDependencies({ title: 'x', touches: ['src/io/print.ts'] }, open)).toEqual([
    { slug: 'io', reason: expect.stringContaining('src/io') },
  ]);
  expect(proposeDependencies({ ...draft, dependsOn: ['io', 'date-parser'] }, open)).toEqual([]);
});

test('a thousand stubs are imported in one change', async () => {
  const folder = join(sandbox.root, 'stubs');
  mkdirSync(folder);
  for (let n = 0; n < 1000; n++) {
    const depends = n % 10 === 0 ? '' : `depends_on = ["t-${n - 1}"]\n`;
    writeFileSync(join(folder, `t-${n}.md`), `+++\ntitle = "Task ${n}"\n${depends}+++\n\nGoal ${n}.\n`);
  }
  const { rev } = await session.registry.read();
  const tasks = await addTasks(session, await readStubs(folder, Readable.from([])), { writeStubs: true });
  expect(tasks).toHaveLength(1000);
  expect((await session.registry.read()).rev).toBe(rev + 1);
  expect(readdirSync(join(session.root, '.codex-agent', 'tasks'))).toHaveLength(1000);
});

test.each([
  ['first line\nsecond line', /several/, /--goal/],
  ['x'.repeat(201), /201 characters/, /--goal/],
  ['   ', /empty/, /--title/],
  ['- [ ] ', /empty/, /--title/],
])('the title %j is refused with what to write', async (title, message, hint) => {
  await expect(add({ title })).rejects.toMatchObject({
    code: 'bad-title',
    message: expect.stringMatching(message),
    hint: expect.stringMatching(hint),
  });
});

test.each([' ', '\u200b', '\u202e\u2060', '- [ ] '])(
  'a title that shows nothing is refused: %j',
  async (title) => {
    await expect(add({ title })).rejects.toMatchObject({ code: 'bad-title' });
    expect(await all()).toEqual([]);
  },
);

test('a title from a Markdown list loses its marks', async () => {
  expect((await add({ title: '- [ ] do the\tthing' }))[0]).toMatchObject({
    title: 'do the thing',
    slug: 'do-the-thing',
  });
});
