/** Makes the demo's repository: the sample project, set up for scripted agents, with its tasks as stubs. */
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, realpath, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { appError } from '../../../domain/platform/errors.js';
import { assetPath, runProcess, temporaryFolder, writeTo } from '../../platform/index.js';
import { demoTasks } from './tasks.js';

export interface Demo {
  /** Real path of the repository. */
  root: string;
  /** Folder of stubs, in the repository. */
  tasks: string;
}

export interface DemoOptions {
  /** Where to make it; one made there before is found again. Default: a new temporary folder. */
  folder?: string;
  env: NodeJS.ProcessEnv;
  /** Percent of the pauses a person would see: 100 is human pace, 0 none. */
  speed: number;
}

/**
 * A repository with one commit on main and a clean status. Nothing is registered or trusted: that is the
 * caller's. Throws `demo-folder-taken` when the folder holds something else.
 */
export async function createDemo({ folder, env, speed }: DemoOptions): Promise<Demo> {
  const parent = folder ? resolve(folder) : await mkdtemp(join(temporaryFolder(env), 'codex-agents-demo-'));
  await mkdir(parent, { recursive: true });
  // The repository lies one deeper, so that its worktrees have a place beside it.
  const root = join(await realpath(parent), 'tourbook');
  if (!existsSync(root)) await makeRepository(root, speed, env);
  const tasks = join(root, '.codex-agent', 'tasks');
  if (existsSync(join(root, '.git')) && existsSync(join(tasks, 'fair-split.md'))) return { root, tasks };
  throw appError('demo-folder-taken', `${root} exists and is not the demo.`, {
    hint: 'Give another --folder, or none for a new temporary one.',
  });
}

/** Made under another name and then renamed: where there is a repository, it is whole. */
async function makeRepository(root: string, speed: number, env: NodeJS.ProcessEnv): Promise<void> {
  const making = await mkdtemp(`${root}.making-`);
  try {
    await cp(assetPath('demo/sample'), making, { recursive: true });
    for (const [path, text] of Object.entries({ ...settings(speed), ...demoTasks() })) {
      const file = join(making, '.codex-agent', path);
      await mkdir(dirname(file), { recursive: true });
      await writeTo(file, text);
    }
    await commitAll(making, env);
    await chmod(making, 0o755);
    await rename(making, root);
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    throw error;
  }
}

function settings(speed: number): Record<string, string> {
  return {
    'config.toml': `# The demo: scripted agents, no model, no network.
schema = 1
target = "main"

[runner]
default = "demo"

[runner.demo]
args = ["--speed", "${speed}"]

# The story shows an agent at work on a conflict that rules could answer in part.
[resolver]
strategies = ["rerere", "whitespace", "ai"]

[[validator.checks]]
name = "test"
kind = "test"
run = ["node", "--test"]
timeout = "60s"
`,
    'agents/conflict-resolver.toml': '# Its answers stand in the demo\'s story too.\nrunner = "demo"\n',
  };
}

/** An identity of the repository's own, since the person may have none; hooks and templates of theirs stay out. */
async function commitAll(root: string, env: NodeJS.ProcessEnv): Promise<void> {
  const steps = [
    ['init', '-q', '-b', 'main', '--template='],
    ['config', 'user.name', 'codex-agents demo'],
    ['config', 'user.email', 'demo@codex-agents.invalid'],
    ['config', 'commit.gpgSign', 'false'],
    ['add', '-A', '--force', '.'],
    ['-c', 'core.hooksPath=/dev/null', 'commit', '-q', '-m', 'Start tourbook, the purse of a band on tour'],
  ];
  for (const args of steps) {
    const { code, stderr } = await runProcess(['git', ...args], {
      cwd: root,
      env: Object.fromEntries(
        ['PATH', 'HOME', 'XDG_CONFIG_HOME', 'GIT_CONFIG_GLOBAL', 'GIT_CONFIG_NOSYSTEM'].flatMap((name) =>
          env[name] === undefined ? [] : [[name, env[name]]],
        ),
      ),
      timeoutMs: 30_000,
    });
    if (code !== 0) throw appError('git-failed', `git ${args[0]} failed in the demo: ${stderr.trim()}`);
  }
}
