/** Answers of a person that hold for all commands that begin alike. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Approval } from '../../../../src/domain/agents/approval.js';
import { createApprovals } from '../../../../src/services/agents/host/approvals.js';
import { makeFolder } from '../../../support/folder.js';

let folder: ReturnType<typeof makeFolder>;
beforeEach(() => {
  folder = makeFolder();
});
afterEach(() => folder.cleanup());

const asks = (id: string, detail: string): Approval => ({
  ...({ id, kind: 'command', detail } as const),
  options: [
    { id: 'session', kind: 'allow-always', label: 'Always' },
    { id: 'once', kind: 'allow', label: 'Allow' },
    { id: 'no', kind: 'deny', label: 'Deny' },
  ],
});

function open(mayRun: string[] = []) {
  const notes: string[] = [];
  const rules = { protocol: 'acp', sandbox: 'workspace-write', approvals: 'ask' } as const;
  const approvals = createApprovals(folder.path, { ...rules, approvalTimeoutMs: 600_000, mayRun }, (text) =>
    notes.push(text),
  );
  return { approvals, notes };
}

test('one answer is given to all that begins so, to what waits and to what comes; the rest is asked', async () => {
  const { approvals, notes } = open();
  const first = approvals.ask(asks('1', 'npm install a'));
  const waits = approvals.ask(asks('2', 'npm install b'));
  const other = approvals.ask(asks('3', 'npm install c; rm -rf /'));
  expect(approvals.answer('1', 'allow', true)).toMatchObject({
    prefix: 'npm install',
    option: { id: 'once' },
  });
  expect(await first).toMatchObject({ id: 'once' });
  expect(await waits).toMatchObject({ id: 'once' });
  expect(await approvals.ask(asks('4', "bash -lc 'npm install d'"))).toMatchObject({ id: 'once' });
  expect(notes).toEqual([
    'Allowed, as all that begins with "npm install": npm install b',
    'Allowed, as all that begins with "npm install": bash -lc \'npm install d\'',
  ]);
  approvals.answer('3', 'deny');
  expect(await other).toMatchObject({ id: 'no' });
});

test('what the person changes of that meanwhile counts for what waits and for what comes', async () => {
  const { approvals } = open(['npm install']);
  const waits = approvals.ask(asks('1', 'npm test'));
  approvals.allowOnly(['npm test']);
  expect(await waits).toMatchObject({ id: 'once' });
  const asked = approvals.ask(asks('2', 'npm install a'));
  approvals.answer(undefined, 'deny');
  expect(await asked).toMatchObject({ id: 'no' });
  approvals.allowOnly([]);
  const last = approvals.ask(asks('3', 'npm test'));
  approvals.answer(undefined, 'deny');
  expect(await last).toMatchObject({ id: 'no' });
});

test('where an agent offers to allow it for good only, a person is asked', async () => {
  const { approvals } = open(['npm install']);
  const always = asks('1', 'npm install a');
  const asked = approvals.ask({ ...always, options: always.options.filter(({ id }) => id !== 'once') });
  approvals.answer(undefined, 'deny');
  expect(await asked).toMatchObject({ id: 'no' });
});

test('what a person allowed for the task in an earlier run is not asked again', async () => {
  const { approvals } = open(['npm install']);
  expect(await approvals.ask(asks('1', 'npm install a'))).toMatchObject({ id: 'once' });
  const asked = approvals.ask(asks('2', 'npm run a'));
  approvals.answer(undefined, 'deny');
  expect(await asked).toMatchObject({ id: 'no' });
});

test.each([
  ['npm install a', 'deny'],
  ['npm install a', 'session'],
  ['npm install a; b', 'allow'],
])('what begins as %j cannot be answered with %s for all', (detail, choice) => {
  const { approvals } = open();
  void approvals.ask(asks('1', detail));
  expect(() => approvals.answer('1', choice, true)).toThrow(/cannot be allowed/);
  approvals.answer('1', 'deny');
});
