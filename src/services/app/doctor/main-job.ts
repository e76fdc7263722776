/** Whether the main job can be done here: an agent starts from a commit, in a trusted repository, and its work lands. */
import { shellWord } from '../../../domain/platform/shell.js';
import { loadAgent, probeRunners } from '../../agents/index.js';
import { lazyGit } from '../../platform/index.js';
import {
  findRepo,
  formerPlaces,
  loadConfig,
  locateRepository,
  openRegistry,
  targetGone,
  upstreamNote,
} from '../../store/index.js';
import type { DoctorItem, DoctorOptions } from './types.js';

/** In the order in which they are to be mended. Outside of a repository there is nothing to say. */
export async function checkMainJob(options: DoctorOptions): Promise<DoctorItem[]> {
  const { paths, env, cwd } = options;
  const registry = openRegistry(paths);
  const found = cwd && (await locateRepository(cwd, registry.read));
  if (!found) return [];
  const git = lazyGit(found, env);
  const file = await registry.read();
  const fail = (name: string, detail: string, hint: string): DoctorItem => ({
    name,
    status: 'fail',
    detail,
    hint,
  });
  const warn = (name: string, detail: string, hint?: string): DoctorItem => ({
    name,
    status: 'warn',
    detail,
    ...(hint ? { hint } : {}),
  });
  const items: DoctorItem[] = [];
  if (!findRepo(file, found)) {
    const [former] = await formerPlaces(file, git);
    const hint = former
      ? `It was at ${former.path} before: codex-agent init --moved-from ${shellWord(former.path)}`
      : 'codex-agent init';
    return [warn('set up', `${found.root} is not set up yet`, hint)];
  }
  const loaded = await loadConfig({ paths, env, root: found.root });
  const { config } = loaded;
  if (!loaded.trusted) {
    const hint = 'codex-agent trust --show, then codex-agent trust';
    items.push(
      fail('trust', 'the configuration of this repository is not trusted, so nothing is started', hint),
    );
  }
  const head = await git.commitOf('HEAD');
  const branch = (await git.run(['symbolic-ref', '-q', '--short', 'HEAD'], { ok: [0, 1] })).stdout.trim();
  const target = config.target || branch || 'main';
  if (!head && (branch === target || branch === '')) {
    const hint = `git -C ${shellWord(found.root)} commit --allow-empty -m 'First commit'`;
    items.push(fail('target', `there is no commit on ${target} yet, and agents start from one`, hint));
  } else if (!(await git.commitOf(`refs/heads/${target}`))) {
    const { reason, hint } = await targetGone({ git, target, loaded });
    items.push(fail('target', reason, hint));
  } else {
    const behind = await upstreamNote({ git, target });
    items.push(behind ? warn('target', behind) : { name: 'target', status: 'ok', detail: target });
  }
  const developer = await loadAgent({ config, loaded, root: found.root, paths }, 'developer');
  const only = { cacheDir: paths.cacheDir, only: [developer.runner] };
  const [probe] = await probeRunners(config, env, only);
  // A program named by a path may lie in the worktrees.
  const inWorktree = developer.runner === 'command' && config.runner.command.args[0]?.includes('/');
  if (probe && probe.path === undefined && !inWorktree) {
    const hint = `Install it, set runner.${probe.name}.path, or choose another: codex-agent config set --user runner.default <name>`;
    items.push(fail('developer', `no agent can be started: ${probe.problem}`, hint));
  }
  return items;
}
