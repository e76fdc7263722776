/** What a person should know about a repository that was just set up. */
import { realpath } from 'node:fs/promises';
import { sep } from 'node:path';
import { shellWord } from '../../../domain/platform/shell.js';
import type { FoundRepository, Git, Paths } from '../../platform/index.js';
import { skippedFilters, trustFilterCommand, withFilters } from '../../platform/index.js';
import { formerPlaces, loadConfig, type Registry, trustState } from '../../store/index.js';
import { commitHooks, outsidePatterns, skippedHooksText } from '../../worktrees/index.js';
import type { ChosenTarget } from './target.js';

interface Ground {
  env: NodeJS.ProcessEnv;
  cwd: string;
  paths: Paths;
  found: FoundRepository;
  git: Git;
  registry: Registry;
  target: ChosenTarget;
  /** How many stubs came with the repository. */
  stubs: number;
}

/** A sentence for each thing that would surprise later; most repositories have none. */
export async function notesOn(ground: Ground): Promise<string[]> {
  const notes = await Promise.all([
    elsewhere(ground),
    noCommit(ground),
    missingTarget(ground),
    ignored(ground),
    outsideCone(ground),
    whatIsTrusted(ground),
    stubsThere(ground),
    moved(ground),
  ]);
  return [...notes.flatMap((note) => note ?? []), ...(await leftOut(ground))];
}

/** Filters and hooks, named with the command that has them run: without it, files that need a filter are held. */
async function leftOut({ git, found, env, paths }: Ground): Promise<string[]> {
  const { config } = await loadConfig({ paths, env, root: found.root });
  const trusted = withFilters(env, config.git.filters);
  const skipped = await skippedFilters({ git, root: found.root, env: trusted });
  const hooks = skippedHooksText({ config }, await commitHooks(git, found.root));
  const notes = skipped.map(
    (filter) =>
      `The filter "${filter.name}" stands in the repository's own configuration, so it is left out: files that need it are not committed. To have it run: ${trustFilterCommand(filter)}`,
  );
  return hooks ? [...notes, `${hooks.charAt(0).toUpperCase()}${hooks.slice(1)}.`] : notes;
}

/** Commits what was written, from where the person is; undefined where a note says that git would not keep it. */
export async function shareCommand(ground: Ground): Promise<string | undefined> {
  if ((await ignored(ground)) || (await outsideCone(ground))) return undefined;
  const { cwd, found } = ground;
  const git = (await realpath(cwd)) === found.root ? 'git' : `git -C ${shellWord(found.root)}`;
  return `${git} add .codex-agent && ${git} commit -m 'Set up codex-agents'`;
}

async function elsewhere({ cwd, found }: Ground): Promise<string | undefined> {
  const here = await realpath(cwd);
  if (here === found.root || here.startsWith(found.root + sep)) return undefined;
  const what = found.gitDir ? 'the worktree that stands for the bare repository' : 'the main worktree';
  return `This folder is not in ${what}: .codex-agent/ is in ${found.root}, and counts for all worktrees.`;
}

async function noCommit({ git, target }: Ground): Promise<string | undefined> {
  if (await git.commitOf('HEAD')) return undefined;
  return `There is no commit yet, and agents start from one: git add . && git commit -m 'First commit' (on ${target.branch}).`;
}

async function missingTarget({ git, target }: Ground): Promise<string | undefined> {
  const { branch, missing } = target;
  if (missing === undefined || !(await git.commitOf('HEAD'))) return undefined;
  const from = missing || 'HEAD';
  return `There is no branch ${branch} here: agents start from what is checked out, and nothing can land until it exists (git branch ${shellWord(branch)} ${from}).`;
}

/** A file that is tracked counts although a pattern names it. */
async function ignored({ git, found }: Ground): Promise<string | undefined> {
  const path = '.codex-agent/config.toml';
  const { code, stdout } = await git.run(['check-ignore', '-v', '--', path], {
    cwd: found.root,
    ok: [0, 1, 128],
  });
  if (code !== 0) return undefined;
  const [rule = ''] = stdout.split('\t');
  return `.codex-agent/ is ignored by ${rule}: it works here, but is not shared with the team. To share it: git add -f .codex-agent`;
}

/** The file is there now, but git takes it away at the next switch, stash or reset once it is committed. */
async function outsideCone({ git, found }: Ground): Promise<string | undefined> {
  const outside = await outsidePatterns(git, found.root, ['.codex-agent/config.toml']);
  if (outside.length === 0) return undefined;
  return `.codex-agent/ is outside of the sparse checkout, so git would take it away once it is committed. To keep it: git -C ${shellWord(found.root)} sparse-checkout add .codex-agent`;
}

async function whatIsTrusted({ paths, found }: Ground): Promise<string | undefined> {
  const { status, files } = await trustState(paths, found.root);
  if (status === 'nothing-to-trust') return undefined;
  if (status === 'trusted') {
    const others = files.map(({ path }) => path).filter((path) => !path.startsWith('.codex-agent/'));
    if (others.length === 0) return undefined;
    const names = others.slice(0, 5).join(', ') + (others.length > 5 ? ` and ${others.length - 5} more` : '');
    return `Trusted as it is now, since it instructs or configures agents: ${names}. If you do not know it, read it; codex-agent trust --revoke takes this back.`;
  }
  return 'The configuration came with the repository and is not trusted yet: codex-agent trust --show, then codex-agent trust.';
}

async function stubsThere({ stubs }: Ground): Promise<string | undefined> {
  if (stubs === 0) return undefined;
  return `${stubs} stub${stubs === 1 ? '' : 's'} came with the repository and ${stubs === 1 ? 'is' : 'are'} no task here. To add: codex-agent task add --from .codex-agent/tasks`;
}

async function moved({ registry, git }: Ground): Promise<string | undefined> {
  const [former] = (await formerPlaces(await registry.read(), git)).filter(({ tasks }) => tasks > 0);
  if (!former) return undefined;
  const tasks = `${former.tasks} task${former.tasks === 1 ? '' : 's'}`;
  return `This repository was at ${former.path} before: ${tasks} of it ${former.tasks === 1 ? 'is' : 'are'} kept. To take them over: codex-agent init --moved-from ${shellWord(former.path)}`;
}
