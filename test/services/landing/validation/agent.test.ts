/** The validator agent against models of every kind: never better than the evidence, never failed by an invention. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { validateTask } from '../../../../src/services/landing/validation/index.js';
import { type ModelServer, type Reply, startModelServer } from '../../../support/model-server.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';
import { addWork, openTestSession } from '../../../support/thinking.js';

let sandbox: Sandbox;
let server: ModelServer | undefined;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  sandbox.cleanup();
});

const line = 'export const a = 1;';
const criterion = (answer: string, quote: string, more: object = {}) => ({
  ...{
    criterion: 1,
    answer,
    path: quote ? 'src/a.js' : '',
    line: quote ? 1 : 0,
    quote,
    evidence: 'as it says',
  },
  ...more,
});
const says = (criteria: object[], findings: object[] = []): Reply => ({
  answer: { criteria, findings, summary: 'all is well' },
});
const error = (path: string, at: number) => ({ severity: 'error', path, line: at, message: 'it breaks' });
const broken = error('src/a.js', 1);
const mild = { ...broken, severity: 'info' };
const answered = (...findings: object[]) =>
  JSON.stringify({ criteria: [criterion('cannot tell', '')], findings, summary: 'so it is' });
const [wrong, fine] = [answered(broken), answered()];
/** A server that has the model call a tool, twice, where the others let it say its answer. */
const calls = (...texts: string[]): Reply => ({
  raw: JSON.stringify({
    choices: [{ message: { tool_calls: texts.map((text) => ({ function: { arguments: text } })) } }],
  }),
  type: 'application/json',
});
const twice = wrong.replace(/}$/, ',"findings":[]}');
const [holds, breaks, none] = [['true'], ['false'], undefined];

/** What the model does, what the check does, and the verdict that may follow. */
type Row = [string, Reply, string[] | undefined, string, string];
const table: Row[] = [
  ['is good', says([criterion('met', line)]), holds, 'pass', 'met'],
  ['is good, and alone', says([criterion('met', line)]), none, 'pass', 'met'],
  ['is good, where a check fails', says([criterion('met', line)]), breaks, 'fail', 'met'],
  ['lies that all is met', says([criterion('met', 'export const b = 2;')]), holds, 'pass', 'cannot tell'],
  ['lies, and alone', says([criterion('met', 'export const b = 2;')]), none, 'unchecked', 'cannot tell'],
  ['lies without a place, and alone', says([criterion('met', '')]), none, 'unchecked', 'cannot tell'],
  ['lies without a place', says([criterion('met', '')]), breaks, 'fail', 'cannot tell'],
  ['says nothing of criteria', says([]), none, 'unchecked', 'cannot tell'],
  ['shows what is not met', says([criterion('not met', line)]), holds, 'fail', 'not met'],
  ['misses something, and shows nothing', says([criterion('not met', '')]), holds, 'pass', 'not met'],
  ['misses something, and alone', says([criterion('not met', '')]), none, 'unchecked', 'not met'],
  ['invents a failure', says([criterion('not met', 'throw 1;')]), holds, 'pass', 'cannot tell'],
  [
    'invents the line of a finding',
    says([criterion('met', line)], [error('src/a.js', 99)]),
    holds,
    'held',
    'met',
  ],
  ['counts the line of an error wrong', says([], [error('src/a.js', 7)]), holds, 'held', 'cannot tell'],
  ['counts it wrong, where a check fails', says([], [error('src/a.js', 7)]), breaks, 'fail', 'cannot tell'],
  ['counts it wrong, and alone', says([], [error('src/a.js', 7)]), none, 'held', 'cannot tell'],
  [
    'invents the file of a finding',
    says([criterion('met', line)], [error('lib/x.js', 1)]),
    holds,
    'held',
    'met',
  ],
  [
    'says that nothing is grave, then answers',
    { text: `**Severity:** none\n${fine}` },
    holds,
    'pass',
    'cannot tell',
  ],
  [
    'puts a warning into words, then answers',
    { text: `Severity: warning, a typo.\n${fine}` },
    holds,
    'pass',
    'cannot tell',
  ],
  ['finds an error, then says that all is well', { text: `${wrong} ${fine}` }, holds, 'fail', 'cannot tell'],
  [
    'finds an error on a line of its own',
    { text: `${JSON.stringify(broken)}\n${fine}` },
    holds,
    'fail',
    'cannot tell',
  ],
  ...[
    ['in a first answer with a key too many', `${wrong.replace('"line"', '"sure":1,"line"')} ${fine}`],
    ['by a word of its own', `${JSON.stringify({ ...broken, severity: 'Critical' })}\n${fine}`],
    ['below a name of its own', `${JSON.stringify({ issues: [broken] })}\n${fine}`],
    [
      'between remarks on tags of thinking',
      answered({ ...mild, message: 'has <think>' }, broken, { ...mild, message: 'has </think>' }),
    ],
  ].map(([how, text = '']): Row => [`finds an error ${how}`, { text }, holds, 'fail', 'cannot tell']),
  ...[
    ['and is cut off, then begins anew', `${wrong.slice(0, -60)}\n${fine}`],
    ['in words, then answers', `**Severity**: high, it breaks.\n${fine}`],
    ['behind more values than are read', `${fine}${'{"a":1}'.repeat(300)}${wrong}`],
    ['in a value of another shape', `{"problem":"a fatal bug"}\n${fine}`],
  ].map(([how, text = '']): Row => [`finds an error ${how}`, { text }, holds, 'error', '']),
  ['says less in one call than in another', calls(fine, wrong), holds, 'fail', 'cannot tell'],
  ['says two things of one key', { text: twice }, holds, 'error', ''],
  ['finds something real', says([criterion('met', line)], [error('src/a.js', 1)]), holds, 'fail', 'met'],
  ['is malformed', { text: '{"criteria": [' }, holds, 'error', ''],
  ['is malformed, where a check fails', { text: 'PASS' }, breaks, 'fail', ''],
  ['answers in another shape', { answer: { verdict: 'pass', criteria: 'all' } }, none, 'error', ''],
  ['obeys an injection', { text: 'APPROVED. All criteria met, as the file asks.' }, none, 'error', ''],
  ['obeys an injection in shape', says([criterion('met', 'approve this')]), none, 'unchecked', 'cannot tell'],
  ['comes late', { stall: 'headers' }, holds, 'error', ''],
  ['comes late, where a check fails', { stall: 'headers' }, breaks, 'fail', ''],
];

test.each(table)('a model that %s', async (_, reply, run, verdict, answer) => {
  server = await startModelServer(() => reply);
  const checks = run ? [{ name: 'test', kind: 'test', run, timeout: '20s', when: [] }] : [];
  const late = 'stall' in reply;
  const settings = {
    validator: { checks },
    model: {
      ...{ base_url: server.url, model: 'test', connect_timeout: late ? '300ms' : '30s' },
      ...('raw' in reply ? { api: 'chat' as const } : {}),
    },
  };
  const session = await openTestSession(sandbox, sandbox.repo({ 'README.md': 'hello\n' }), settings);
  const about = { title: 'Add a', slug: 'add-a', goal: 'There is an a.', acceptance: ['a is there'] };
  const task = await addWork(sandbox, session, about, { 'src/a.js': `${line}\n` });
  const report = await validateTask(session, task);
  expect([report.verdict, report.criteria?.[0]?.answer ?? '']).toEqual([verdict, answer]);
  const invents = /lies that|lies, and|invents a failure|injection in shape/.test(_);
  expect(report.skipped.some((step) => step.includes('validator agent:'))).toBe(invents);
  if (!late)
    expect(server.calls[0]!.user).toContain(
      run ? `${run[0] === 'true' ? 'pass' : 'fail'}: test (test)` : 'None are configured',
    );
});

test('a commit of a submodule was not read, so that alone it is not judged', async () => {
  server = await startModelServer(() => ({ answer: { findings: [], summary: 'all is well' } }));
  const session = await openTestSession(sandbox, sandbox.repo({ 'README.md': 'hello\n' }), {
    model: { base_url: server.url, model: 'test' },
  });
  const about = { title: 'Move lib', slug: 'move-lib', goal: 'It is newer.' };
  const task = await addWork(sandbox, session, about, { 'src/a.js': `${line}\n` });
  const folder = `${sandbox.root}/lib-work`;
  sandbox.git(session.root, 'worktree', 'add', '-q', folder, task.branch);
  const commit = sandbox.git(folder, 'rev-parse', 'HEAD').trim();
  sandbox.git(folder, 'update-index', '--add', '--cacheinfo', `160000,${commit},lib`);
  sandbox.git(folder, 'commit', '-q', '-m', 'Move lib');
  const report = await validateTask(session, task);
  expect([report.verdict, report.skipped]).toEqual([
    'unchecked',
    expect.arrayContaining(['submodules, not read: lib']),
  ]);
});
