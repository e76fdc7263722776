/** How the gate tells wrong answers to conflicts from right ones that are phrased differently. */
import { describe, expect, it } from '@jest/globals';
import { certify } from '../../../../src/domain/landing/gate/certificate.js';
import { parseConflicts } from '../../../../src/domain/landing/hunks.js';
import { type Conflicted, codeConflicts } from '../../../support/merge-answers.js';
import { dataConflicts } from '../../../support/merge-answers-data.js';
import { conflictsOfFormats } from '../../../support/merge-answers-formats.js';
import { conflictsOfLanguages } from '../../../support/merge-answers-languages.js';
import { conflictsOfSettings } from '../../../support/merge-answers-settings.js';
import { conflictsOfSigns } from '../../../support/merge-answers-signs.js';
import { conflictsOfWraps } from '../../../support/merge-answers-wraps.js';

const conflicts = [...codeConflicts, ...dataConflicts];

/** What the gate has against an answer; empty: it may go on to the checks. */
function against({ path, top, bottom, base, ours, theirs }: Conflicted, answer: string): string[] {
  const whole = (middle: string) => top + middle + bottom;
  const marked = `<<<<<<< a\n${ours}||||||| b\n${base}=======\n${theirs}>>>>>>> c\n`;
  return certify({
    path,
    parts: parseConflicts(whole(marked))!,
    base: whole(base),
    ours: whole(ours),
    theirs: whole(theirs),
    result: whole(answer),
  }).problems;
}

describe('the gate', () => {
  const wrong = conflicts.flatMap((one) =>
    Object.entries(one.wrong).map(([kind, answer]) => ({
      kind,
      path: one.path,
      problems: against(one, answer),
    })),
  );
  const right = conflicts.flatMap((one) =>
    one.right.map((answer, at) => ({ at, path: one.path, problems: against(one, answer) })),
  );

  it('has enough to judge', () => {
    expect(conflicts).toHaveLength(10);
    expect(wrong.length).toBeGreaterThanOrEqual(60);
    expect(new Set(wrong.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(15);
    expect(right.length).toBeGreaterThanOrEqual(60);
  });

  it('refuses at least 95 of a hundred wrong answers', () => {
    const passed = wrong.filter(({ problems }) => problems.length === 0);
    expect(passed.map(({ kind, path }) => `${path}: ${kind}`).slice(Math.floor(wrong.length * 0.05))).toEqual(
      [],
    );
  });

  it('refuses at most 3 of a hundred right answers', () => {
    const refused = right.filter(({ problems }) => problems.length > 0);
    expect(refused.slice(Math.floor(right.length * 0.03))).toEqual([]);
  });

  it('names what it refuses', () => {
    for (const { problems } of wrong)
      expect(problems.join('').length === 0 || /\w{3}/.test(problems.join())).toBe(true);
    const of = (path: string, kind: string) =>
      wrong.find((one) => one.path === path && one.kind === kind)!.problems.join('; ');
    expect(of('src/settings.ts', 'values are exchanged')).toContain("cache: read('CACHE_URL')");
    expect(of('.github/workflows/ci.yml', 'a step is invented')).toContain('publish');
    expect(of('api/order.proto', 'a number stands for two names')).toContain('3');
  });
});

describe('the gate, in further languages and formats', () => {
  const further = [
    ...conflictsOfLanguages,
    ...conflictsOfWraps,
    ...conflictsOfSigns,
    ...conflictsOfFormats,
    ...conflictsOfSettings,
  ];
  const wrong = further.flatMap((one) =>
    Object.entries(one.wrong).map(([kind, answer]) => [one.path, kind, against(one, answer)] as const),
  );
  const right = further.flatMap((one) =>
    one.right.map((answer) => [one.path, answer, against(one, answer)] as const),
  );

  it.each(wrong)('refuses in %s: %s', (_path, _kind, problems) => {
    expect(problems).not.toEqual([]);
  });

  it.each(right)('lets pass in %s: %j', (_path, _answer, problems) => {
    expect(problems).toEqual([]);
  });
});

describe('strings', () => {
  const one: Conflicted = {
    path: 'src/menu.js',
    top: 'export const menu = [\n',
    bottom: '];\n',
    base: '',
    ours: "  entry('open', 'Opens a file'),\n",
    theirs: "  entry('save', 'Saves it'),\n",
    wrong: {},
    right: [],
  };

  it('stay with the line that has them', () => {
    expect(against(one, "  entry('open', 'Opens a file'),\n  entry('save', 'Saves it'),\n")).toEqual([]);
    expect(against(one, "  entry('open', 'Saves it'),\n  entry('save', 'Opens a file'),\n")).not.toEqual([]);
  });

  it('may be put together of what both sides changed in one', () => {
    const text = {
      ...one,
      base: "  say('a big cat'),\n",
      ours: "  say('a small cat'),\n",
      theirs: "  say('a big dog'),\n",
    };
    expect(against(text, "  say('a small dog'),\n")).toEqual([]);
  });
});

describe('keys of one section', () => {
  const one: Conflicted = {
    path: 'settings.ini',
    top: '[server]\nport = 8080\n',
    bottom: '\n[log]\nlevel = info\n',
    base: '',
    ours: 'host = local\n',
    theirs: 'retries = 3\nbacklog = 64\n',
    wrong: {},
    right: [],
  };

  it('have no order, but a section', () => {
    expect(against(one, 'backlog = 64\nhost = local\nretries = 3\n')).toEqual([]);
    expect(against(one, 'host = local\n\n[queue]\nretries = 3\nbacklog = 64\n')).not.toEqual([]);
  });
});
