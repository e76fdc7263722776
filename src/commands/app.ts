/** Commands about the program and the repository as a whole. */

import type { RunView } from '../domain/agents/run.js';
import type { SpendReport } from '../domain/agents/spend.js';
import type { WorktreeView } from '../domain/app/events.js';
import { unfinishedRuns } from '../domain/app/next.js';
import type { MergeResult } from '../domain/landing/merge.js';
import { appError, ExitCode } from '../domain/platform/errors.js';
import type { Task } from '../domain/store/task.js';
import type { DemoReport, InitReport } from '../services/app/index.js';
import { completionScript, type Shell, shells } from './completion.js';
import { args, at, command, flag, oneOf, text, whole } from './define.js';
import { printers } from './printers.js';
import type { AnyCommand } from './types.js';

const init = command<{ target?: string; mergeDriver?: boolean; noMergeDriver?: boolean }, InitReport>({
  id: 'init',
  title: 'Set up this repository',
  summary: 'Write .codex-agent/ with configuration and prompts, and register the repository.',
  args: args({
    target: text('branch that work lands on; default: the one checked out', 'branch'),
    mergeDriver: flag('let `git merge` use `merge file` in this clone, for the kinds of file it knows'),
    noMergeDriver: flag('take that away again'),
  }),
  surfaces: ['cli'],
  print: printers.init,
  async run({ target, mergeDriver, noMergeDriver }, context) {
    const { initialise } = await context.services.app();
    return initialise({
      cwd: context.flags.cwd,
      paths: context.paths,
      env: context.env,
      ...(target ? { target } : {}),
      ...(mergeDriver || noMergeDriver ? { mergeDriver: !noMergeDriver } : {}),
    });
  },
});

/** `data.repos` of `status --all-repos`. */
export interface RepoCount {
  repo: string;
  tasks: Record<string, number>;
}

/** `data` of `status`. */
export interface RepoStatus {
  repo: string;
  target: string;
  tasks: Record<string, number>;
  runs: RunView[];
  worktrees: WorktreeView[];
  spent: SpendReport;
  merge: (Pick<MergeResult, 'task' | 'status' | 'conflicts' | 'reason'> & { bailOut?: string })[];
}

const status = command<
  { allRepos?: boolean; tui?: boolean },
  RepoStatus | { repos: RepoCount[] } | undefined
>({
  id: 'status',
  title: 'Status',
  summary: 'Show tasks, worktrees, runs and merge state.',
  args: args({
    tui: flag('open the dashboard'),
    allRepos: flag('count the tasks of every repository'),
  }),
  surfaces: ['cli', 'screen'],
  print: printers.status,
  dryRun: 'reads',
  async run({ allRepos, tui }, context) {
    if (tui) {
      if (!context.openScreen) {
        throw appError('no-terminal', 'The dashboard needs a terminal.', { kind: 'usage' });
      }
      await context.openScreen(context.flags.cwd);
      return undefined;
    }
    if (allRepos) {
      const { allRepos: count } = await context.services.store();
      return { repos: await count(context.paths) };
    }
    const session = await context.session();
    const { tasksOf } = await context.services.store();
    const tasks = tasksOf(await session.registry.read(), session.repo.id);
    const { listRuns } = await context.services.agents();
    const { inspectWorktrees } = await context.services.worktrees();
    const { checkMerges } = await context.services.landing();
    const live = tasks.filter((task) => task.base && task.status !== 'landed' && task.status !== 'cancelled');
    const [runs, worktrees, { results }] = await Promise.all([
      listRuns(context.paths, { repo: session.repo.id }),
      inspectWorktrees(
        session,
        tasks.filter((task) => task.worktree),
      ),
      checkMerges(session, live, {}),
    ]);
    const { reportSpend } = await context.services.agents();
    const spent = await reportSpend(session, runs);
    session.emit({ type: 'worktrees.inspected', worktrees });
    session.emit({ type: 'merge.checked', results });
    return {
      repo: session.root,
      target: session.target,
      tasks: countBy(tasks),
      runs: unfinishedRuns(runs, tasks),
      worktrees,
      spent,
      merge: results.map(({ task: slug, status, conflicts, reason }) => {
        const bailOut = tasks.find((task) => task.slug === slug)?.merge?.bailOut;
        return {
          task: slug,
          status,
          conflicts,
          ...(reason ? { reason } : {}),
          ...(bailOut ? { bailOut } : {}),
        };
      }),
    };
  },
});

function countBy(tasks: readonly Task[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const task of tasks) counts[task.status] = (counts[task.status] ?? 0) + 1;
  return counts;
}

interface TrustArgs {
  show?: boolean;
  revoke?: boolean;
  hash?: string;
}

const trust = command<TrustArgs, unknown>({
  id: 'trust',
  title: 'Trust this repository',
  summary: "Review and trust the exact bytes of the repository's configuration.",
  args: args({
    show: flag('show what would be trusted, change nothing'),
    revoke: flag('trust it no longer'),
    hash: text('trust exactly this content, without asking', 'sha256'),
  }),
  surfaces: ['cli'],
  async run({ show, revoke, hash }, context) {
    const session = await context.session();
    const service = await context.services.store();
    if (revoke) return service.revokeTrust(context.paths, session.root);
    const state = await service.trustState(context.paths, session.root);
    if (show || state.status === 'trusted' || state.status === 'nothing-to-trust') return state;
    if (!hash) {
      if (!context.ask) {
        throw appError('input-needed', 'Trusting needs an answer or the hash of what you read.', {
          kind: 'input',
          hint: `\`codex-agent trust --show\` prints the files; then \`--hash ${state.hash}\`.`,
        });
      }
      const names = state.files.map((file) => file.path).join(', ');
      const yes = await context.ask.confirm(
        `These files can run programs: ${names}. Have you read them, and trust them?`,
      );
      if (!yes) throw appError('not-trusted', 'Not trusted.', { kind: 'trust' });
    }
    await service.trustRepository(context.paths, session.root, hash ?? state.hash);
    return service.trustState(context.paths, session.root);
  },
});

const doctor = command<{ fix?: boolean }, { items: { name: string; status: string; detail: string }[] }>({
  id: 'doctor',
  title: 'Doctor',
  summary: 'Look for what is missing, stale or wrong: programs, file system, locks, state.',
  args: args({ fix: flag('mend what is safe to mend') }),
  surfaces: ['cli', 'screen'],
  print: printers.doctor,
  dryRun: 'reads',
  async run({ fix }, context) {
    const { diagnose } = await context.services.app();
    return diagnose({ paths: context.paths, env: context.env, cwd: context.flags.cwd, fix: fix === true });
  },
  exit: (data) => (data.items.some((item) => item.status === 'fail') ? ExitCode.failure : ExitCode.ok),
});

const demo = command<{ folder?: string; speed?: number }, DemoReport | undefined>({
  id: 'demo',
  title: 'Demo',
  summary: 'Make a sample repository and play six tasks on it with scripted agents: no key, no network.',
  args: args({
    folder: text('where to make it, or go on with one made before; default: a new temporary folder', 'path'),
    speed: whole('percent of human pace; 0 is as fast as possible', 0),
  }),
  surfaces: ['cli'],
  print: printers.demo,
  streams: true,
  async run({ folder, speed }, context) {
    const { prepareDemo, playDemo } = await context.services.app();
    const pace = speed ?? (context.openScreen ? 100 : 0);
    const root = await prepareDemo({
      paths: context.paths,
      env: context.env,
      speed: pace,
      ...(folder ? { folder } : {}),
    });
    if (context.openScreen) {
      await context.openScreen(root);
      return undefined;
    }
    return playDemo({
      root,
      paths: context.paths,
      env: context.env,
      emit: context.emit,
      signal: context.signal,
    });
  },
  exit: (data) => (!data || data.ok ? ExitCode.ok : ExitCode.failure),
});

const schema = command<{ name: string }, unknown>({
  id: 'schema',
  title: 'Print a schema',
  summary: 'Print the JSON Schema of a file: config, agent, stub or registry.',
  args: args({ 'name!': at(0, oneOf(['config', 'agent', 'stub', 'registry'], 'which file')) }),
  surfaces: ['cli'],
  print: printers.schema,
  dryRun: 'reads',
  async run({ name }) {
    const { schemas } = await import('../domain/store/schemas.js');
    const named = {
      config: schemas.config,
      agent: schemas.agentFile,
      stub: schemas.stub,
      registry: schemas.registry,
    };
    return named[name as keyof typeof named];
  },
});

const completion = command<{ shell: Shell }, { script: string }>({
  id: 'completion',
  title: 'Shell completion',
  summary: 'Print a completion script to source in your shell.',
  args: args({ 'shell!': at(0, oneOf(shells, 'which shell')) }),
  surfaces: ['cli'],
  print: printers.completion,
  dryRun: 'reads',
  async run({ shell }) {
    // The registry lists this very row, so it is asked for when it is needed.
    const { commands } = await import('./registry.js');
    return { script: completionScript(shell, commands) };
  },
});

const version = command<object, { version: string; node: string; platform: string }>({
  id: 'version',
  title: 'Version',
  summary: 'Print the version.',
  args: args({}),
  surfaces: ['cli', 'screen'],
  print: printers.version,
  dryRun: 'reads',
  async run(_, context) {
    return { version: context.version, node: process.version, platform: process.platform };
  },
});

export const appCommands: readonly AnyCommand[] = [
  init,
  status,
  demo,
  doctor,
  trust,
  schema,
  completion,
  version,
];
