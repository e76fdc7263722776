/** A session on a sandbox's repository, with tasks on branches of their own: the ground for agents that think. */

import type { AppEvent } from '../../src/domain/app/events.js';
import { type Config, defaultConfig } from '../../src/domain/store/config.js';
import type { TaskDraft } from '../../src/domain/store/draft.js';
import type { Task } from '../../src/domain/store/task.js';
import { pathsFrom } from '../../src/services/platform/files/paths.js';
import { findRepository, openGit } from '../../src/services/platform/git/git.js';
import { openRegistry } from '../../src/services/store/registry/index.js';
import { registerRepo } from '../../src/services/store/repositories/index.js';
import { addTasks, updateTask } from '../../src/services/store/tasks/index.js';
import { trustRepository, trustState } from '../../src/services/store/trust/index.js';
import type { RepoSession } from '../../src/services/store/types.js';
import type { Sandbox } from './sandbox.js';

type Sections = {
  [Name in keyof Config]?: Config[Name] extends object ? Partial<Config[Name]> : Config[Name];
};

export interface TestSession extends RepoSession {
  events: AppEvent[];
}

/** Opens the repository as a trusted one, with these settings over the defaults. */
export async function openTestSession(
  sandbox: Sandbox,
  root: string,
  settings: Sections = {},
  env: NodeJS.ProcessEnv = {},
): Promise<TestSession> {
  const paths = pathsFrom(sandbox.env);
  const registry = openRegistry(paths);
  const events: AppEvent[] = [];
  const config = { ...defaultConfig };
  for (const [name, section] of Object.entries(settings)) {
    const before = (config as Record<string, unknown>)[name];
    const merged = typeof section === 'object' ? { ...(before as object), ...section } : section;
    Object.assign(config, { [name]: merged });
  }
  const all = { ...sandbox.env, ...env };
  await trustRepository(paths, root, (await trustState(paths, root)).hash);
  const found = await findRepository(root);
  return {
    repo: await registerRepo(registry, found!),
    root,
    target: 'main',
    config,
    loaded: { config, origins: {}, trusted: true },
    paths,
    registry,
    git: await openGit({ ...found!, env: all }),
    env: all,
    emit: (event) => void events.push(event),
    signal: new AbortController().signal,
    events,
  };
}

/** Adds a task whose branch starts at `from` and holds one commit with these files (null deletes). */
export async function addWork(
  sandbox: Sandbox,
  session: RepoSession,
  draft: TaskDraft & { slug: string },
  files: Record<string, string | null>,
  from = 'main',
): Promise<Task> {
  const [added] = await addTasks(session, [draft], { writeStubs: false });
  const branch = added!.branch;
  commitOn(sandbox, session.root, branch, files, from);
  const base = sandbox.git(session.root, 'rev-parse', from);
  return updateTask(session, draft.slug, (task) => ({ ...task, status: 'done', base }));
}

/** Commits on a branch without any worktree, making it at `from` when it does not exist. Returns the commit. */
export function commitOn(
  sandbox: Sandbox,
  root: string,
  branch: string,
  files: Record<string, string | null>,
  from = 'main',
): string {
  const folder = `${sandbox.root}/scratch-${branch.replaceAll('/', '-')}`;
  const exists = sandbox.git(root, 'branch', '--list', branch) !== '';
  if (exists) sandbox.git(root, 'worktree', 'add', '-q', '--detach', folder, branch);
  else sandbox.git(root, 'worktree', 'add', '-q', '--detach', folder, from);
  for (const [path, text] of Object.entries(files)) {
    if (text === null) sandbox.git(folder, 'rm', '-q', path);
    else sandbox.write(folder, { [path]: text });
  }
  const commit = sandbox.commit(folder, {}, `Work on ${branch}`);
  sandbox.git(root, 'worktree', 'remove', '--force', folder);
  sandbox.git(root, 'update-ref', `refs/heads/${branch}`, commit);
  return commit;
}
