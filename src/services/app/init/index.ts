/** Sets a repository up: `.codex-agent/` with configuration and prompts, and a place in the registry. */
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { appError } from '../../../domain/platform/errors.js';
import { shellWord } from '../../../domain/platform/shell.js';
import type { Repo } from '../../../domain/store/task.js';
import type { FoundRepository, Git, Paths } from '../../platform/index.js';
import { assetPath, folderInside, insideOnly, lazyGit } from '../../platform/index.js';
import {
  adoptRepository,
  loadConfig,
  locateRepository,
  moveTrust,
  noteStubs,
  openRegistry,
  registerRepo,
  trustRepository,
  trustState,
} from '../../store/index.js';
import { type MergeDriverReport, setMergeDriver } from './merge-driver.js';
import { notesOn, shareCommand } from './notes.js';
import { type ChosenTarget, chooseTarget } from './target.js';

export interface InitReport {
  repo: Repo;
  /** Files written, relative to the repository; what existed is left as it is. */
  created: string[];
  kept: string[];
  /** The branch that work lands on, and why it is that one. */
  target: { branch: string; why: string };
  /** What the person should know, a sentence each. */
  notes: string[];
  /** Command that commits what was written; absent when nothing was, or git would not keep it. */
  share?: string;
  mergeDriver?: MergeDriverReport;
}

export interface InitOptions {
  cwd: string;
  paths: Paths;
  env: NodeJS.ProcessEnv;
  target?: string;
  /** Path that this repository had before it was moved: its tasks are taken over. */
  movedFrom?: string;
  /** Sets `merge file` up as git's merge driver here, or takes it away; undefined: leaves that as it is. */
  mergeDriver?: boolean;
}

/**
 * Sets up the repository around `cwd`. It writes only files that do not exist, never through a link that leads out
 * of the repository, and trusts what it wrote itself. A `.codex-agent/` that came with the repository stays
 * untrusted until `trust`.
 * Throws `not-a-repository`, `no-worktree`, `outside-repository`, `no-branch` for an unknown target, and what
 * `adoptRepository` throws.
 */
export async function initialise(options: InitOptions): Promise<InitReport> {
  const { cwd, paths, env, movedFrom } = options;
  const registry = openRegistry(paths);
  const found = await locateRepository(cwd, registry.read);
  if (!found) {
    throw appError('not-a-repository', `There is no git repository at ${cwd} or above it.`, {
      hint: 'Run `git init` first, or go to a repository.',
    });
  }
  const git = lazyGit(found, env);
  for (const folder of ['agents', 'prompts', 'tasks']) await insideOnly(found.root, `.codex-agent/${folder}`);
  const target = await targetOf(git, found, options.target);
  if (movedFrom !== undefined) {
    const former = resolve(cwd, movedFrom);
    await adoptRepository(registry, found, git, former);
    await moveTrust(paths, former, found.root);
  }
  const before = await trustState(paths, found.root);
  const { created, kept } = await writeMissing(found.root, await starterFiles(found.root, target.branch));
  if (before.status === 'nothing-to-trust' || before.status === 'trusted') {
    const { hash } = await trustState(paths, found.root);
    await trustRepository(paths, found.root, hash);
  }
  const repo = await registerRepo(registry, found, await git.commitOf('HEAD'));
  const stubs = await noteStubs({ repo, root: found.root, paths });
  const inForce = (await loadConfig({ paths, env, root: found.root })).config.target || target.branch;
  const chosen = inForce === target.branch ? target : { branch: inForce, why: 'as configured' };
  const ground = { cwd, paths, env, found, git, registry, target: chosen, stubs };
  const notes = await notesOn(ground);
  const share = created.length > 0 ? await shareCommand(ground) : undefined;
  const about = { target: { branch: chosen.branch, why: chosen.why }, notes, ...(share ? { share } : {}) };
  const report = { repo, created, kept, ...about };
  if (options.mergeDriver === undefined) return report;
  const program = [process.execPath, assetPath('dist/main.js')];
  return { ...report, mergeDriver: await setMergeDriver({ cwd, env, on: options.mergeDriver, program }) };
}

/** A branch that the person names must be one; the first of a repository without commits is still to come. */
async function targetOf(git: Git, found: FoundRepository, wanted?: string): Promise<ChosenTarget> {
  if (wanted === undefined) return chooseTarget(git, found.gitDir !== undefined);
  const chosen = { branch: wanted, why: 'as you said' };
  if (await git.commitOf(`refs/heads/${wanted}`)) return chosen;
  if (!(await git.commitOf('HEAD'))) return chosen;
  throw appError('no-branch', `There is no branch ${wanted} in ${found.root}.`, {
    kind: 'usage',
    hint: `Make it first (git branch ${shellWord(wanted)} <commit>), or name another with --target.`,
  });
}

async function writeMissing(
  root: string,
  files: Record<string, string>,
): Promise<{ created: string[]; kept: string[] }> {
  const created: string[] = [];
  const kept: string[] = [];
  for (const [name, text] of Object.entries(files)) {
    if (existsSync(join(root, name))) {
      kept.push(name);
      continue;
    }
    const folder = await folderInside(root, dirname(name));
    await writeFile(join(folder, basename(name)), text, { flag: 'wx' });
    created.push(name);
  }
  return { created, kept };
}

/** Configuration with checks guessed from what the repository builds with, and the prompts to override. */
async function starterFiles(root: string, target: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {
    '.codex-agent/config.toml': starterConfig(target, await guessChecks(root)),
  };
  const prompts = assetPath('prompts');
  for (const name of await readdir(prompts)) {
    if (name.endsWith('.md')) {
      files[`.codex-agent/prompts/${name}`] = await readFile(join(prompts, name), 'utf8');
    }
  }
  return files;
}

interface Guess {
  name: string;
  kind: string;
  run: string[];
}

async function guessChecks(root: string): Promise<Guess[]> {
  const has = (name: string) => existsSync(join(root, name));
  if (has('package.json')) {
    const scripts = await packageScripts(join(root, 'package.json'));
    const known: [string, string][] = [
      ['lint', 'lint'],
      ['types', 'types'],
      ['typecheck', 'types'],
      ['test', 'test'],
    ];
    return known
      .filter(([script]) => scripts.has(script))
      .map(([script, kind]) => ({ name: script, kind, run: ['npm', 'run', '--silent', script] }));
  }
  if (has('Cargo.toml')) return [{ name: 'test', kind: 'test', run: ['cargo', 'test', '--quiet'] }];
  if (has('go.mod')) return [{ name: 'test', kind: 'test', run: ['go', 'test', './...'] }];
  if (has('pyproject.toml')) return [{ name: 'test', kind: 'test', run: ['python3', '-m', 'pytest', '-q'] }];
  return [];
}

async function packageScripts(path: string): Promise<Set<string>> {
  try {
    const { scripts } = JSON.parse(await readFile(path, 'utf8')) as { scripts?: Record<string, string> };
    // npm writes this one by itself; it fails on purpose and tests nothing.
    const real = Object.entries(scripts ?? {}).filter(([, line]) => !line.includes('no test specified'));
    return new Set(real.map(([name]) => name));
  } catch {
    return new Set();
  }
}

function starterConfig(target: string, checks: readonly Guess[]): string {
  const lines = [
    '# codex-agents, shared by everyone who works on this repository.',
    '# `codex-agent schema config` prints every key; `codex-agent config show --origin` what is in force.',
    'schema = 1',
    `target = ${JSON.stringify(target)} # the branch that work lands on`,
    '',
    '# What a task must pass before it lands. argv lists, never shell lines.',
  ];
  for (const check of checks) {
    lines.push(
      '[[validator.checks]]',
      `name = ${JSON.stringify(check.name)}`,
      `kind = ${JSON.stringify(check.kind)}`,
      `run = ${JSON.stringify(check.run)}`,
      '',
    );
  }
  if (checks.length === 0) {
    lines.push('# [[validator.checks]]', '# name = "test"', '# run = ["make", "test"]', '');
  }
  return `${lines.join('\n')}`;
}
