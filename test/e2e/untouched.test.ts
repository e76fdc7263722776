/**
 * Every command there is, called in every way its arguments allow one at a time, by the built program, in a
 * repository whose main worktree is in use: nothing there may change, but for a fast-forward and our own folder.
 * The calls are made from the registry: a new command is covered by being there.
 */
import { cpSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { commands } from '../../src/commands/registry.js';
import type { AnyCommand, ArgSchema } from '../../src/commands/types.js';
import { parseCall } from '../../src/domain/platform/call.js';
import { logFiles } from '../../src/services/platform/files/call-log.js';
import { endDrivers } from '../support/drivers.js';
import { differences, fastForwarded, snapshot } from '../support/main-worktree.js';
import { type Program, programIn } from '../support/program.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';

/** These may land, and so may fast-forward the target. */
const lands = new Set([
  ...['merge.land', 'task.complete', 'task.run', 'task.retry'],
  ...['manager.launch', 'manager.monitor'],
]);
/** These write files below .codex-agent/, or git's configuration, when they are told to. */
const writes: Record<string, RegExp> = {
  init: /^\.codex-agent(\/|$)|^\.$|^\.git\/(config|info(\/attributes)?)$|^status$/,
  'task.add': /^\.codex-agent\/tasks(\/|$)|^status$/,
  'task.edit': /^\.codex-agent\/tasks(\/|$)|^status$/,
  'task.remove': /^\.codex-agent\/tasks(\/|$)|^status$/,
  'task.worktree.adopt': /^\.codex-agent\/tasks(\/|$)|^status$/,
  // It is told to move refs, whoever moved them; files it leaves alone.
  'task.restore': /^(\.git\/(logs\/)?refs\/.+|\.git\/logs\/HEAD|refs|status)$/,
  'config.set': /^\.codex-agent(\/config\.toml)?$|^status$/,
  'config.edit': /^\.codex-agent(\/config\.toml)?$|^status$/,
  'agents.edit': /^\.codex-agent\/(agents|prompts)(\/|$)|^\.codex-agent$|^status$/,
};
/** What a call made from the registry cannot know. */
const more: Record<string, string[][]> = {
  'config.get': [['target']],
  'config.set': [
    ['ui.mouse', 'false'],
    ['ui.mouse', 'false', '--repo'],
    ['ui.mouse', 'false', '--user'],
  ],
  'merge.land': [[], ['good', 'clash'], ['inway'], ['bad']],
  'merge.check': [
    ['--all', '--pairs', '--queue'],
    ['--branch', 'aside', '--into', 'main'],
  ],
  'merge.take': [['clash', 'a.txt', '1', 'theirs']],
  'merge.edit': [['clash', 'a.txt', '1', '--text', 'mine']],
  'merge.ask': [['clash', 'a.txt', '1', '--word', 'keep both']],
  'merge.resolve': [['clash', '--strategy', 'whitespace'], ['inway']],
  'manager.launch': [['--wait', '--land']],
  'task.run': [['fresh', '--wait', '--land']],
  'task.complete': [['inway'], ['bad']],
  'task.validate': [['bad']],
  'task.add': [['--from', '$ROOT/stub.md'], ['An adopted branch', '--branch', 'aside'], ['Another one']],
  'task.worktree.adopt': [['$ROOT/beside']],
  'task.restore': [['good', 'aside']],
};

let sandbox: Sandbox;
let repo: string;
let program: Program;
let saved: string;
/** Nothing has been written since all was made as it was. */
let restored = false;

/** One value that fits the argument; `$ROOT` stands for the sandbox. */
function valueFor(name: string, { type, enum: choices, value = '' }: ArgSchema): string {
  if (choices) return choices[0]!;
  if (type === 'integer') return '1';
  if (/^(file|path)$/.test(value)) return `$ROOT/${name}`;
  return /\|/.test(value) && !value.startsWith('run|') ? value.split('|')[0]! : `some-${name}`;
}

/**
 * Calls with only what is required, for two tasks where one is meant; with each flag; and one with everything that
 * takes a value.
 */
function callsOf(row: AnyCommand): string[][] {
  const all = Object.entries(row.args.properties);
  const isTask = ([, { value, position }]: [string, ArgSchema]) =>
    position === 0 && /^(task|run\|task.*)$/.test(value ?? '');
  const spelled = ([name, schema]: [string, ArgSchema]): string[] => {
    const value = isTask([name, schema]) ? 'good' : valueFor(name, schema);
    if (schema.position !== undefined) return [value];
    const long = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    return schema.type === 'boolean' ? [long] : [long, value];
  };
  const required = all.filter(([name]) => row.args.required.includes(name));
  const options = all.filter(([name]) => !row.args.required.includes(name));
  const needed = required.filter((one) => !isTask(one)).flatMap(spelled);
  const starts = required.some(isTask) ? ['good', 'clash'].map((task) => [task, ...needed]) : [needed];
  // What only reads says the same in other words with its flags.
  const flags = row.dryRun === 'reads' ? [] : options.filter(([, { type }]) => type === 'boolean');
  const valued = options.filter(([, { type }]) => type !== 'boolean');
  // Where a conflict makes a difference, for both.
  const telling = row.id.startsWith('merge.') || lands.has(row.id) ? starts : starts.slice(0, 1);
  return [
    ...starts,
    ...flags.flatMap((one) => telling.map((start) => [...start, ...spelled(one)])),
    ...(valued.length > 0 ? [[...starts[0]!, ...valued.flatMap(spelled)]] : []),
    ...(more[row.id] ?? []),
  ];
}

const agent = `case "$0" in
  good) echo good > good.txt;;
  clash) sed -i 's/^line 5$/of the task/' a.txt;;
  inway) echo task >> edited.txt;;
  bad) echo bad > bad.txt;;
  *) echo "$0" > "$0.txt";;
esac`;

beforeAll(async () => {
  sandbox = makeSandbox();
  const lines = `${Array.from({ length: 12 }, (_, at) => `line ${at}`).join('\n')}\n`;
  repo = sandbox.repo({
    'a.txt': lines,
    'edited.txt': lines,
    'deep/er/b.txt': lines,
    '.gitignore': '*.log\n',
  });
  program = programIn(sandbox, repo, { EDITOR: 'true', VISUAL: 'true', SHELL: '/bin/true' });
  symlinkSync('a.txt', join(repo, 'link'));
  sandbox.write(repo, { 'run.sh': '#!/bin/sh\n' });
  await program.run('init');
  sandbox.git(repo, 'add', '-A');
  sandbox.git(repo, 'update-index', '--chmod=+x', 'run.sh');
  sandbox.git(repo, 'commit', '-qm', 'Set up');
  const config = join(sandbox.env.XDG_CONFIG_HOME!, 'codex-agents');
  sandbox.write(config, {
    'config.toml': `[runner]\ndefault = "command"\n[runner.command]\nargs = ${JSON.stringify(['sh', '-c', agent, '{slug}'])}\n[resolver]\nstrategies = ["rerere", "whitespace", "structural"]\n[[validator.checks]]\nname = "test"\nkind = "test"\nrun = ["sh", "-c", "test ! -e bad.txt"]\n`,
  });
  const tasks = ['good', 'clash', 'inway', 'bad', 'fresh'];
  for (const slug of tasks) await program.run('task', 'add', `Do ${slug}`, '--slug', slug);
  sandbox.git(repo, 'add', '-A');
  sandbox.git(repo, 'commit', '-qm', 'Tasks');
  for (const slug of tasks.slice(0, -1)) await program.run('task', 'run', slug, '--wait');
  sandbox.git(repo, 'branch', 'aside');
  sandbox.git(repo, 'worktree', 'add', '-q', '-b', 'besides', join(sandbox.root, 'beside'));
  sandbox.commit(repo, { 'a.txt': lines.replace('line 5', 'of the target') });
  // A person in the middle of something: staged, edited, stashed, untracked and ignored files.
  sandbox.write(repo, { 'deep/er/b.txt': 'stashed\n' });
  sandbox.git(repo, 'stash', '-q');
  sandbox.write(repo, { 'staged.txt': 'staged\n' });
  sandbox.git(repo, 'add', 'staged.txt');
  sandbox.write(repo, {
    'edited.txt': `${lines}mine\n`,
    'untracked.txt': 'mine\n',
    'build/x.log': 'ignored\n',
  });
  for (const name of ['base', 'ours', 'theirs']) sandbox.write(sandbox.root, { [name]: lines });
  writeFileSync(join(sandbox.root, 'stub.md'), '+++\ntitle = "From a stub"\n+++\n\nText.\n');
  saved = `${sandbox.root}.saved`;
  cpSync(sandbox.root, saved, copying);
}, 60_000);
afterAll(async () => {
  await endDrivers(repo);
  rmSync(saved, { recursive: true, force: true });
  sandbox.cleanup();
});

const copying = { recursive: true, preserveTimestamps: true, verbatimSymlinks: true };

/** All as it was, under the same paths, with an index that knows these very files. */
function restore(): void {
  // What a stopped command leaves to end by itself may still write for a moment.
  rmSync(sandbox.root, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  cpSync(saved, sandbox.root, copying);
  sandbox.git(repo, 'status');
}

/** What git was asked for by the calls since all was made as it was, by the program's own log. */
function gitCalls(): string[] {
  const stateDir = join(sandbox.env.XDG_STATE_HOME!, 'codex-agents');
  const lines = logFiles({ stateDir }).flatMap((file) => readFileSync(file, 'utf8').split('\n'));
  return lines.flatMap((line) => parseCall(line)?.what ?? []).filter((what) => what.startsWith('git '));
}
const takesAway =
  /^git (-c \S+ )*(reset\b.* --hard|checkout\b.* (-f|--force)\b|clean|stash|push|branch\b.* -D|worktree (remove|prune))\b/;

const headless = commands.filter(({ surfaces }) => surfaces.includes('cli'));

test.each(headless.map((row) => [row.id, row] as const))(
  '%s leaves the main worktree alone',
  async (id, row) => {
    let understood = false;
    for (const call of callsOf(row)) {
      await endDrivers(repo);
      if (row.dryRun !== 'reads' || !restored) restore();
      restored = row.dryRun === 'reads';
      const from = sandbox.git(repo, 'rev-parse', 'HEAD');
      const before = snapshot(sandbox, repo);
      const argv = [...id.split('.'), ...call.map((word) => word.replace('$ROOT', sandbox.root))];
      const started = program.start(...argv, '--json', '--yes', '--no-input');
      started.write('');
      // What follows for ever has shown by then what it does.
      const timer = setTimeout(() => started.kill('SIGTERM'), 5_000);
      const ended = await started.done;
      clearTimeout(timer);
      understood ||= ended.code !== 2 || !/"code":"(usage|bad-arguments)"/.test(ended.stdout);
      const forward = lands.has(id) ? fastForwarded(sandbox, repo, from) : undefined;
      const changed = differences(before, snapshot(sandbox, repo)).filter(
        (name) => !forward?.(name) && !writes[id]?.test(name),
      );
      expect([argv.join(' '), changed]).toEqual([argv.join(' '), []]);
      expect([argv.join(' '), gitCalls().filter((one) => takesAway.test(one))]).toEqual([argv.join(' '), []]);
      expect(readFileSync(join(repo, 'edited.txt'), 'utf8')).toMatch(/mine\n$/);
    }
    // A command whose arguments nobody could make up has to say here how it is called.
    expect([id, understood]).toEqual([id, true]);
  },
  120_000,
);
