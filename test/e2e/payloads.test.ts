import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { commands } from '../../src/commands/registry.js';
import { introducers, payloads } from '../support/payloads.js';
import { entry, type Program, programIn } from '../support/program.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import { startTerm } from '../support/term.js';

let sandbox: Sandbox;
let repo: string;
let program: Program;

/** In arguments there is no NUL. */
const typed = payloads.map((text) => text.replaceAll('\0', ''));

beforeAll(async () => {
  sandbox = makeSandbox();
  repo = sandbox.repo({ 'a.txt': 'a\nb\nc\n' });
  program = programIn(sandbox, repo);
  await program.run('init');
  const said = join(sandbox.root, 'said');
  writeFileSync(said, `${payloads.join('\n')}\n`);
  const names = typed.slice(0, 20).map((text) => text.replaceAll('/', '_'));
  for (const [at, name] of names.entries()) writeFileSync(join(sandbox.root, `name-${at}`), name);
  const agent = [
    `cat '${said}'; cp '${said}' new.txt; cp '${said}' a.txt`,
    `for n in '${sandbox.root}'/name-*; do cp a.txt "$(cat "$n")"; done`,
    `git add -A; git -c user.name=a -c user.email=a@example.com commit -q -F '${said}'; cp '${said}' left.txt`,
  ].join('\n');
  sandbox.write(join(sandbox.env.XDG_CONFIG_HOME!, 'codex-agents'), {
    'config.toml': `[runner]\ndefault = "command"\n[runner.command]\nargs = ${JSON.stringify(['sh', '-c', agent])}\n[[validator.checks]]\nname = "test"\nkind = "test"\nrun = ["sh", "-c", "cat new.txt; false"]\n`,
  });
  const words = ['--goal', typed.join('\n'), '--labels', typed.slice(0, 30).join('').replaceAll(',', '')];
  expect(await program.run('task', 'add', typed.slice(42).join(''), '--slug', 'one', ...words)).toMatchObject(
    { code: 0, stderr: '' },
  );
  sandbox.git(repo, 'add', '-A');
  sandbox.git(repo, 'commit', '-qm', typed.join(' '));
  await program.run('task', 'run', 'one', '--wait');
  sandbox.commit(repo, { 'a.txt': `theirs ${typed.join('\n')}\n` });
  await program.run('task', 'validate', 'one');
  await program.run('merge', 'resolve', 'one');
}, 120_000);
afterAll(() => sandbox.cleanup());

/** Arguments that a row needs, and that it may take: a task, or a text that is a payload itself. */
function callsOf({ id, args }: (typeof commands)[number]): string[][] {
  const needed = Object.entries(args.properties).filter(([name]) => args.required.includes(name));
  const with_ = (text: string) =>
    needed.flatMap(([name, { enum: choices, type, position, value }]) => {
      const given = choices?.[0] ?? (type === 'integer' ? '1' : /task|run/.test(value ?? '') ? 'one' : text);
      return position === undefined ? [`--${name}`, given] : [given];
    });
  const hostile = needed.map(([name, { position }]) => (position === undefined ? [`--${name}`] : []));
  const spoiled = needed.flatMap((_, at) => [...(hostile[at] ?? []), typed.slice(0, 40).join('')]);
  return [with_('one'), ...(spoiled.length > 0 ? [spoiled] : [])].map((rest) => [...id.split('.'), ...rest]);
}

const onCommandLine = commands.filter(({ surfaces }) => surfaces.includes('cli'));

/** Runs the program, and looks for what a terminal would obey in all that it says. */
async function expectClean(...call: string[]): Promise<void> {
  const started = program.start(...call);
  started.write('');
  const timer = setTimeout(() => started.kill('SIGTERM'), 10_000);
  const { stdout, stderr } = await started.done;
  clearTimeout(timer);
  const found = `${stdout}${stderr}`.match(new RegExp(`.{0,20}(${introducers.source}|\u001b).{0,20}`, 'u'));
  expect([call.join(' '), found?.[0]]).toEqual([call.join(' '), undefined]);
}

describe('sixty payloads', () => {
  test('are sixty, and each holds what a terminal would obey', () => {
    expect(payloads.length).toBeGreaterThanOrEqual(60);
    for (const text of payloads)
      expect([text, introducers.test(text) || text.includes('\u001b')]).toEqual([text, true]);
  });

  test('reach no terminal through any command', async () => {
    for (const row of onCommandLine.filter(({ dryRun }) => dryRun === 'reads'))
      for (const call of callsOf(row)) await expectClean(...call, '--no-input', '--verbose');
  }, 300_000);

  test('reach no terminal through any page of the screen', async () => {
    const env = { ...sandbox.env, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' } as Record<string, string>;
    const term = startTerm(process.execPath, [entry], { columns: 120, rows: 40, env, cwd: repo });
    const settled = async () => {
      let before = '';
      await term.until(() => {
        const same = before === term.text();
        before = term.text();
        return same;
      });
    };
    try {
      await term.until('lines');
      // Each pane zoomed, each page of the inspector, the log, help, the palette, a form, a question, the review.
      for (const keys of [
        '1z',
        'z',
        '3z',
        'z',
        '4z',
        'z',
        '5z',
        'z',
        '2',
        ']',
        ']',
        ']',
        ']',
        ']',
        ']',
        'G',
        'g',
        '@',
        '\u001b',
        '?',
        '\u001b',
        ':',
        'w7',
        '\u001b',
        '1',
        'e',
        '\u001b',
        'd',
        '\u001b',
        // The page of a conflict: its hunks, all sides of one, one decided and taken back; then monitor, merge, worktrees.
        'm',
        'v',
        'n',
        'p',
        'B',
        'A',
        's',
        'o',
        'u',
        '\u001b',
        '%',
        '\u001b',
        'M',
        '\u001b',
        'W',
        '\u001b',
        'D',
        '\u001b',
        '!',
        '\u001b',
      ]) {
        for (const key of keys) {
          term.key(key);
          await settled();
        }
      }
      const raw = term.raw();
      // The screen itself writes titles, and asks once for the background.
      const own = raw.replace(/\u001b\]2;[^\u0000-\u001f]*\u0007/g, '').replace('\u001b]11;?\u0007', '');
      expect(own.match(/\u001b[\]PX^_].{0,20}/)?.[0]).toBeUndefined();
      const found = own.replaceAll(BACK, '').match(new RegExp(`.{0,20}${introducers.source}.{0,20}`, 'u'));
      expect(found?.[0]).toBeUndefined();
      expect(own).not.toContain('ZXZpbA');
    } finally {
      term.end();
    }
  }, 120_000);

  // The last one: some of these commands take away what the others look at.
  test('reach no terminal through any command that changes something', async () => {
    const changing = onCommandLine.filter(({ dryRun }) => dryRun !== 'reads');
    expect(changing.length).toBeGreaterThan(20);
    for (const row of changing)
      for (const call of callsOf(row)) await expectClean(...call, '--no-input', '--yes', '--verbose');
  }, 600_000);
});

/** Moves of the cursor that the screen makes by itself. */
const BACK = '\b';
