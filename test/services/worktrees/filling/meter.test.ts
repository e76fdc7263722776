/** A person sees how full a worktree is: from what git writes and what is copied, never backwards, never too early. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createMeter } from '../../../../src/services/worktrees/filling/meter.js';
import { addWorktree } from '../../../../src/services/worktrees/index.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

describe('the meter', () => {
  test('counts both halves alike, reads git in any language, and is full only when all is', () => {
    const shown: (number | undefined)[] = [];
    const meter = createMeter({ stage: ({ percent }) => shown.push(percent), hear: () => {} });
    const git = (text: string) => meter.git(Buffer.from(text));
    meter.toCopy(10);
    git('Dateien aktualisieren:  50% (150/300)\r');
    meter.copied(5);
    // More to copy than was known makes the share smaller, and nothing goes backwards.
    meter.toCopy(30);
    git('Updating files: 100% (300/300), done.\n');
    meter.copied(15);
    meter.copied(20);
    meter.allKnown();
    expect(shown).toEqual([0, 25, 50, 56, 75, 99]);
  });

  test('without anything to copy is what git says', () => {
    const shown: (number | undefined)[] = [];
    const meter = createMeter({ stage: ({ percent }) => shown.push(percent), hear: () => {} });
    meter.allKnown();
    meter.git(Buffer.from('nothing to count (a/b)'));
    meter.git(Buffer.from('(1/4)\r(2/4)\r'));
    expect(shown).toEqual([0, 50, 75]);
  });
});

describe('filling', () => {
  let sandbox: Sandbox;
  beforeEach(() => {
    sandbox = makeSandbox();
  });
  afterEach(() => sandbox.cleanup());

  const files = Object.fromEntries(Array.from({ length: 120 }, (_, n) => [`src/${n}.txt`, `${n}\n`]));

  test('is told to a person who looks: beginning, percent, set-up with its output, end', async () => {
    const setup = [['sh', '-c', 'echo unpacking']];
    const session = await sandbox.session(sandbox.repo(files), { worktree: { setup } }, { attended: true });
    const task = await sandbox.task(session, 'one');
    const { summary } = await addWorktree(session, task);
    const told = session.events.filter(({ type }) => type.startsWith('work.'));
    expect(told[0]).toEqual({ type: 'work.began', tasks: ['one'], kind: 'filling' });
    expect(told.at(-1)).toEqual({
      ...{ type: 'work.ended', tasks: ['one'], kind: 'filling' },
      ...{ ok: true, text: summary },
    });
    const percents = told.flatMap((event) =>
      event.type === 'work.went' && event.stage?.kind === 'fill' ? [event.stage.percent!] : [],
    );
    expect(percents).toEqual([...percents].sort((a, b) => a - b));
    expect(percents[0]).toBe(0);
    expect(Math.max(...percents)).toBe(99);
    expect(told).toContainEqual({
      ...{ type: 'work.went', tasks: ['one'] },
      stage: { kind: 'set-up', name: 'sh -c echo unpacking', at: 1, of: 1 },
    });
  });

  test('is not told where nobody looks', async () => {
    const session = await sandbox.session(sandbox.repo(files));
    await addWorktree(session, await sandbox.task(session, 'one'));
    expect(session.events.filter(({ type }) => type.startsWith('work.'))).toEqual([]);
  });
});
