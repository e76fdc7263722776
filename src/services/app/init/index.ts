/** Sets a repository up: `.codex-agent/` with configuration and prompts, and a place in the registry. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Emit } from '../../../domain/app/events.js';
import type { Proposals } from '../../../domain/app/proposals/propose.js';
import { appError } from '../../../domain/platform/errors.js';
import { shellWord } from '../../../domain/platform/shell.js';
import type { CheckConfig } from '../../../domain/store/config.js';
import type { Repo } from '../../../domain/store/task.js';
import { tryChecks } from '../../landing/index.js';
import type { FoundRepository, Git, Paths } from '../../platform/index.js';
import {
  assetPath,
  folderInside,
  insideOnly,
  lazyGit,
  readText,
  writeFileDurably,
  writeTo,
} from '../../platform/index.js';
import {
  adoptRepository,
  isUsable,
  loadConfig,
  locateRepository,
  moveTrust,
  noteStubs,
  openRegistry,
  readTrust,
  registerRepo,
  requireConfigHere,
  trustWritten,
} from '../../store/index.js';
import { type MergeDriverReport, setMergeDriver } from './merge-driver.js';
import { notesOn, shareCommand } from './notes.js';
import { proposalsFor } from './project.js';
import { checkTables, judged, type ProposedCheck, starterConfig } from './starter.js';
import { type ChosenTarget, chooseTarget } from './target.js';

export interface InitReport {
  repo: Repo;
  /** Files written, relative to the repository; what existed is left as it is. */
  created: string[];
  kept: string[];
  /** The branch that work lands on, and why it is that one. */
  target: { branch: string; why: string };
  /** Checks that were proposed, and those that could not be because they write. */
  checks: ProposedCheck[];
  left: Proposals['left'];
  /** What became of the checks where a configuration without any was there: the file has them now, or the lines that add them. */
  checksIn?: 'the file' | string[];
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
  /** Copies the prompts into the repository as well. */
  prompts?: boolean;
  /** Whether these checks are run once on the base, to see whether they work; absent: they are not. */
  trial?(checks: readonly CheckConfig[]): Promise<boolean>;
  /** Whether these checks are added to a configuration that is there and has none; absent: they are only told. */
  add?(checks: readonly ProposedCheck[]): Promise<boolean>;
  emit?: Emit;
  signal?: AbortSignal;
}

const configFile = '.codex-agent/config.toml';

/**
 * Sets up the repository around `cwd`. It writes only files that do not exist, never through a link that leads out
 * of the repository, and trusts what it wrote itself. A `.codex-agent/` that came with the repository stays
 * untrusted until `trust`.
 * Throws `not-a-repository`, `no-worktree`, `outside-repository`, `config-left-out`, `no-branch` for an unknown target, and what
 * `adoptRepository` throws.
 */
export async function initialise(options: InitOptions): Promise<InitReport> {
  const { cwd, paths, env, movedFrom } = options;
  const registry = openRegistry(paths);
  const found = await locateRepository(cwd, registry.read);
  if (!found) {
    throw appError('not-a-repository', `There is no git repository at ${cwd} or above it.`, {
      hint: env.GIT_DIR
        ? `GIT_DIR is set, and not followed. Go to the folder of the repository's files, or name it with -C <dir>.`
        : 'Run `git init` first, or go to a repository.',
    });
  }
  const git = lazyGit(found, env);
  for (const folder of ['agents', 'prompts', 'tasks']) await insideOnly(found.root, `.codex-agent/${folder}`);
  // Another one in its place would change what the team has, and its checks would not count.
  await requireConfigHere({ git, root: found.root });
  const target = await targetOf(git, found, options.target);
  const lacksChecks = await isWithoutChecks(join(found.root, configFile));
  // Before anything is written: an interrupt leaves the repository as it was.
  const { checks, proposals } = lacksChecks
    ? await proposed(options, git, target.branch)
    : { checks: [], proposals: {} };
  if (movedFrom !== undefined) {
    const former = resolve(cwd, movedFrom);
    await adoptRepository(registry, found, git, former);
    await moveTrust(paths, former, found.root);
  }
  const before = await readTrust(paths, found.root);
  const added = await addChecks(options, found.root, checks, proposals);
  const files: Record<string, string> = {
    [configFile]: starterConfig(target.branch, checks, proposals),
    ...(options.prompts ? await promptFiles() : {}),
  };
  const { created, kept } = await writeMissing(found.root, files);
  const written = Object.fromEntries(created.map((name) => [name, files[name]!]));
  if (added?.text !== undefined) written[configFile] = added.text;
  if (isUsable(before.state)) await trustWritten(paths, found.root, before.state, written);
  const repo = await registerRepo(registry, found, { seen: await git.commitOf('HEAD') });
  const stubs = await noteStubs({ repo, root: found.root, paths });
  const inForce = (await loadConfig({ paths, env, root: found.root })).config.target || target.branch;
  const chosen = inForce === target.branch ? target : { branch: inForce, why: 'as configured' };
  const ground = { cwd, paths, env, found, git, registry, target: chosen, stubs };
  const notes = await notesOn(ground);
  const share = created.length > 0 ? await shareCommand(ground) : undefined;
  const about = {
    target: { branch: chosen.branch, why: chosen.why },
    checks,
    ...(added ? { checksIn: added.checksIn } : {}),
    left: proposals.left ?? [],
    notes,
    ...(share ? { share } : {}),
  };
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
    await writeTo(join(folder, basename(name)), text, { flag: 'wx' });
    created.push(name);
  }
  return { created, kept };
}

/** Whether checks may be proposed: there is no configuration, or one that names none. */
async function isWithoutChecks(file: string): Promise<boolean> {
  const text = (await readText(file)) ?? '';
  return !/^\s*(?:\[\[\s*validator\s*\.\s*checks\s*\]\]|(?:validator\.)?checks\s*=)/m.test(text);
}

/** Adds checks to a configuration that is there, at its end, where the person wants them there. */
async function addChecks(
  { add }: InitOptions,
  root: string,
  checks: readonly ProposedCheck[],
  { left }: Partial<Proposals>,
): Promise<{ checksIn: InitReport['checksIn']; text?: string } | undefined> {
  const file = join(root, configFile);
  if (!existsSync(file) || !checks.some(({ used }) => used)) return undefined;
  const lines = checkTables(checks, left);
  const before = (await readText(file)) ?? '';
  if (!(await add?.(checks))) return { checksIn: lines };
  const text = `${before.replace(/\n*$/, '\n\n')}${lines.join('\n')}`;
  if (((await readText(file)) ?? '') !== before) {
    throw appError('changed-meanwhile', `${file} was changed while you were asked; nothing was written.`, {
      hint: 'Look at it, then run `codex-agent init` again.',
    });
  }
  await writeFileDurably(file, text);
  return { checksIn: 'the file', text };
}

/** Prompts to override, for who asked: a copy does not follow what later versions say. */
async function promptFiles(): Promise<Record<string, string>> {
  const prompts = assetPath('prompts');
  const names = (await readdir(prompts)).filter((name) => name.endsWith('.md'));
  const texts = await Promise.all(names.map((name) => readFile(join(prompts, name), 'utf8')));
  return Object.fromEntries(names.map((name, at) => [`.codex-agent/prompts/${name}`, texts[at]!]));
}

/** The checks that are proposed for a repository without configuration, each tried where that is wanted. */
async function proposed(
  options: InitOptions,
  git: Git,
  target: string,
): Promise<{ checks: ProposedCheck[]; proposals: Partial<Proposals> }> {
  const { cwd, paths, env } = options;
  const commit = (await git.commitOf(`refs/heads/${target}`)) ?? (await git.commitOf('HEAD'));
  if (!commit) return { checks: [], proposals: {} };
  const proposals = await proposalsFor(git, commit);
  const checks = proposals.checks
    .filter(({ isMain }) => isMain)
    .map(({ name, kind, run }) => ({ name, kind, run, timeout: '', when: [] }));
  const isWanted = checks.length > 0 && (await options.trial?.(checks));
  if (!isWanted) return { checks: judged(proposals, undefined, target), proposals };
  const { emit = () => {}, signal = new AbortController().signal } = options;
  const limits = { eachMs: 120_000, totalMs: 300_000 };
  const tried = await tryChecks({ cwd, paths, env, emit, signal, commit, ...limits }, checks);
  return { checks: judged(proposals, tried, target), proposals };
}
