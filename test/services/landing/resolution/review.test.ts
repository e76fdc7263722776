import { expect, it } from '@jest/globals';
import { resolutionLines } from '../../../../src/commands/merge/resolution-print.js';
import { readResolution, resolveTask } from '../../../../src/services/landing/resolution/index.js';
import { eachInItsOwnSandbox, given, good } from '../../../support/conflicted.js';

eachInItsOwnSandbox();

const reviewed = async (what: Parameters<typeof given>[0]) => {
  const { session, task } = await given(what);
  const report = await resolveTask(session, task);
  return { report, resolution: await readResolution(session, task) };
};

it('keeps what both parents did, the result, by whom and why', async () => {
  const { report, resolution } = await reviewed({ model: () => good });
  expect(resolution).toMatchObject({ status: 'resolved', commit: report.commit, target: 'main' });
  const lines = resolutionLines(resolution).map(({ text }) => text);
  expect(lines.slice(2)).toEqual([
    '',
    'list.txt: ai, checked, 1 hunk',
    '    checked: passes the gate; not proven: hunk 1: both sides change prose, and how sentences go together is a guess',
    '  hunk 1: ai: both',
    '    base → ours',
    '    - two',
    '    + two apples',
    '    base → theirs',
    '    - two',
    '    + two pears',
    '    result',
    '      two apples pears',
  ]);
});

it('shows what a bail-out left, and that no answer stands', async () => {
  const { resolution } = await reviewed({ strategies: ['structural'] });
  expect(resolution).toMatchObject({ status: 'bailed-out', files: [{ hunks: [{ strategy: 'none' }] }] });
  expect(resolution.files[0]!.hunks[0]).not.toHaveProperty('result');
  expect(resolution).not.toHaveProperty('commit');
});

it('replaces the last one, and says when there is none', async () => {
  const { session, task } = await given({ strategies: ['structural'] });
  await expect(readResolution(session, task)).rejects.toMatchObject({ code: 'no-resolution' });
  await resolveTask(session, task);
  const first = await readResolution(session, task);
  await resolveTask(session, task, { strategies: ['whitespace'] });
  expect((await readResolution(session, task)).at > first.at).toBe(true);
});

it('shows line ends that differ, and of long unchanged runs only what is next to a change', () => {
  const same = Array.from({ length: 12 }, (_, at) => `line ${at}\n`).join('');
  const hunk = { index: 1, strategy: 'none' as const, reason: 'unsure', base: `${same}end\n` };
  const lines = resolutionLines({
    ...{ task: 'a', status: 'bailed-out', at: '', branch: 'a', target: 'main', ours: 'o', theirs: 't' },
    files: [{ path: 'f', strategy: 'none', hunks: [{ ...hunk, ours: `${same}end\r\n`, theirs: hunk.base }] }],
  }).map(({ text }) => text);
  expect(lines).toEqual(
    expect.arrayContaining([
      '      … 9 unchanged',
      '      line 11',
      '    - end',
      '    + end^M',
      '      unchanged',
    ]),
  );
  expect(lines).not.toContain('      line 5');
});
