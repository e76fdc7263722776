import { describe, expect, it } from '@jest/globals';
import { resolveTask } from '../../../../src/services/landing/resolution/index.js';
import {
  eachInItsOwnSandbox,
  expectUntouched,
  given,
  sandbox,
  server,
  show,
} from '../../../support/conflicted.js';

eachInItsOwnSandbox();

const call = (args: string) => `start();\nf(${args});\nend();\n`;
const base = { 'a.js': call('one, two, three, four, five, six') };
const ours = { 'a.js': call('ONE, two, three, four, five, six') };
const theirs = { 'a.js': call('one, two, three, four, five, SIX') };
const both = call('ONE, two, three, four, five, SIX').trimEnd();
const strategies = ['rerere', 'whitespace', 'structural', 'ai'];

describe('the structural strategy', () => {
  it('resolves without a model, and says by which rules', async () => {
    const { session, task } = await given({ base, ours, theirs, strategies });
    const report = await resolveTask(session, task);
    expect(report).toMatchObject({
      status: 'resolved',
      files: [{ path: 'a.js', strategy: 'structural', hunks: [{ index: 1, strategy: 'structural' }] }],
    });
    expect(report.files[0]!.hunks[0]!.rules).toContain('tokens-far');
    expect(show(session, `${task.branch}:a.js`)).toBe(both);
  });

  it('leaves to the model what it cannot tell, and only that', async () => {
    const file = (one: string, two: string) => `${call(one)}\n\n\nmiddle();\n\n\n${call(two)}`;
    const [six, rest] = ['six', 'two, three, four, five'];
    const { session, task } = await given({
      base: { 'a.js': file(`one, ${rest}, ${six}`, '1') },
      ours: { 'a.js': file(`ONE, ${rest}, ${six}`, '2') },
      theirs: { 'a.js': file(`one, ${rest}, SIX`, '3') },
      strategies,
      model: () => ({ answer: { hunks: [{ index: 2, content: 'f(2, 3);\n', reason: 'both' }] } }),
    });
    const report = await resolveTask(session, task);
    expect(report.files[0]!.hunks.map(({ strategy }) => strategy)).toEqual(['structural', 'ai']);
    expect(server!.calls[0]!.user).not.toContain('Hunk 1');
    expect(show(session, `${task.branch}:a.js`)).toBe(file(`ONE, ${rest}, SIX`, '2, 3').trimEnd());
  });

  it('says for every hunk why it is left when nobody can answer', async () => {
    const conflict = {
      base: { 'a.js': call('1') },
      ours: { 'a.js': call('2') },
      theirs: { 'a.js': call('3') },
    };
    const ground = await given({ ...conflict, strategies: ['structural'] });
    const report = await resolveTask(ground.session, ground.task);
    expect(report).toMatchObject({ status: 'bailed-out', files: [{ hunks: [{ strategy: 'none' }] }] });
    expect(report.files[0]!.hunks[0]!.reason).not.toBe('');
    expectUntouched(ground);
  });

  it('gives way to the model when the checks fail with its answer', async () => {
    const { session, task } = await given({
      ...{ base, ours, theirs, strategies },
      checks: ['grep', '-q', 'SEVEN', 'a.js'],
      model: () => ({
        answer: {
          hunks: [{ index: 1, content: 'f(ONE, two, three, four, five, SIX, SEVEN);\n', reason: 'both' }],
        },
      }),
    });
    const report = await resolveTask(session, task);
    expect(report).toMatchObject({ status: 'resolved', files: [{ strategy: 'ai' }] });
  });
});

describe('a lock file', () => {
  const manifest = (names: string[]) =>
    `${JSON.stringify({ name: 'shop', version: '1.0.0', dependencies: Object.fromEntries(names.map((name) => [name, `file:./${name}`])) }, null, 2)}\n`;
  const lock = (names: string[]) =>
    `${JSON.stringify(
      {
        name: 'shop',
        version: '1.0.0',
        lockfileVersion: 3,
        requires: true,
        packages: {
          '': { name: 'shop', version: '1.0.0', dependencies: JSON.parse(manifest(names)).dependencies },
          ...Object.fromEntries(
            names.flatMap((name) => [
              [name, { version: '1.0.0' }],
              [`node_modules/${name}`, { resolved: name, link: true }],
            ]),
          ),
        },
      },
      null,
      2,
    )}\n`;
  const shop = (names: string[]) => ({ 'package.json': manifest(names), 'package-lock.json': lock(names) });
  const packages = Object.fromEntries(
    ['a', 'm', 'z'].map((name) => [`${name}/package.json`, `{"name":"${name}","version":"1.0.0"}\n`]),
  );

  it('is made anew by its tool from the merged manifest, never merged as text', async () => {
    const { session, task } = await given({
      base: { ...packages, ...shop(['m']) },
      ours: shop(['a', 'm']),
      theirs: shop(['m', 'z']),
      strategies,
    });
    const report = await resolveTask(session, task);
    expect(report).toMatchObject({ status: 'resolved' });
    expect(report.files).toContainEqual(
      expect.objectContaining({ path: 'package-lock.json', reason: expect.stringContaining('npm install') }),
    );
    const merged = JSON.parse(show(session, `${task.branch}:package-lock.json`));
    expect(Object.keys(merged.packages).sort()).toEqual(
      ['', 'a', 'm', 'node_modules/a', 'node_modules/m', 'node_modules/z', 'z'].sort(),
    );
    expect(sandbox.git(session.root, 'diff', '--name-only', 'main', task.branch)).toBe(
      'package-lock.json\npackage.json',
    );
  }, 120_000);

  it('that cannot be made anew hands everything back, with the reason', async () => {
    const broken = (text: string) => ({ 'package.json': '{', 'package-lock.json': text });
    const ground = await given({
      base: broken('{"a": 1}\n'),
      ours: broken('{"a": 2}\n'),
      theirs: broken('{"a": 3}\n'),
      strategies,
    });
    const report = await resolveTask(ground.session, ground.task);
    expect(report).toMatchObject({
      status: 'bailed-out',
      files: [{ path: 'package-lock.json', strategy: 'none', reason: expect.stringContaining('npm') }],
    });
    expectUntouched(ground);
  }, 120_000);
});
