/** Sets a repository up: `.codex-agent/` with configuration and prompts, and a place in the registry. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { appError } from '../../../domain/platform/errors.js';
import type { Repo } from '../../../domain/store/task.js';
import type { Paths } from '../../platform/index.js';
import { assetPath, findRepository } from '../../platform/index.js';
import { openRegistry, registerRepo, trustRepository, trustState } from '../../store/index.js';
import { type MergeDriverReport, setMergeDriver } from './merge-driver.js';

export interface InitReport {
  repo: Repo;
  /** Files written, relative to the repository; what existed is left as it is. */
  created: string[];
  kept: string[];
  mergeDriver?: MergeDriverReport;
}

/**
 * Bootstraps the repository around `cwd`. Writes only files that do not exist, trusts what it wrote
 * itself; a `.codex-agent/` that came with the repository stays untrusted until `trust`.
 */
export async function initialise(options: {
  cwd: string;
  paths: Paths;
  env: NodeJS.ProcessEnv;
  target?: string;
  /** Sets `merge file` up as git's merge driver here, or takes it away; undefined: leaves that as it is. */
  mergeDriver?: boolean;
}): Promise<InitReport> {
  const found = await findRepository(options.cwd);
  if (!found) {
    throw appError('not-a-repository', `There is no git repository at ${options.cwd} or above it.`, {
      hint: 'Run `git init` first, or go to a repository.',
    });
  }
  const before = await trustState(options.paths, found.root);
  const files = await starterFiles(found, options.target);
  const created: string[] = [];
  const kept: string[] = [];
  for (const [name, text] of Object.entries(files)) {
    const path = join(found.root, name);
    if (existsSync(path)) {
      kept.push(name);
      continue;
    }
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text, { flag: 'wx' });
    created.push(name);
  }
  if (before.status === 'nothing-to-trust' || before.status === 'trusted') {
    const { hash } = await trustState(options.paths, found.root);
    await trustRepository(options.paths, found.root, hash);
  }
  const repo = await registerRepo(openRegistry(options.paths), found.root);
  const report = { repo, created, kept };
  if (options.mergeDriver === undefined) return report;
  const program = [process.execPath, assetPath('dist/main.js')];
  const { cwd, env, mergeDriver: on } = options;
  return { ...report, mergeDriver: await setMergeDriver({ cwd, env, on, program }) };
}

/** Configuration with checks guessed from what the repository builds with, and the prompts to override. */
async function starterFiles(
  found: { root: string; commonDir: string },
  target?: string,
): Promise<Record<string, string>> {
  const branch = target ?? (await checkedOutBranch(found.commonDir));
  const files: Record<string, string> = {
    '.codex-agent/config.toml': starterConfig(branch, await guessChecks(found.root)),
  };
  const prompts = assetPath('prompts');
  for (const name of await readdir(prompts)) {
    if (name.endsWith('.md')) {
      files[`.codex-agent/prompts/${name}`] = await readFile(join(prompts, name), 'utf8');
    }
  }
  return files;
}

async function checkedOutBranch(commonDir: string): Promise<string> {
  const head = await readFile(join(commonDir, 'HEAD'), 'utf8');
  return /^ref: refs\/heads\/(.+)$/m.exec(head)?.[1]?.trim() ?? 'main';
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
