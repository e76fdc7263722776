/** Writes down what is to be run, durably, before anything is started. */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Agent } from '../../../domain/agents/agent.js';
import type { Budget, Usage } from '../../../domain/agents/cost.js';
import { type RunIntent, type RunLimits, runIdOf } from '../../../domain/agents/run.js';
import { heldBack } from '../../../domain/platform/environment.js';
import { appError } from '../../../domain/platform/errors.js';
import { parseDuration, parseSize } from '../../../domain/platform/units.js';
import type { Task } from '../../../domain/store/task.js';
import { taskVariables } from '../../../domain/worktrees/variables.js';
import { bootId, ensurePrivateFolder, pidNamespace, writeFileDurably } from '../../platform/index.js';
import { isWatched, type RepoSession } from '../../store/index.js';
import { findIntent, isClaimed, markFile, markPath, runFolder } from '../../worktrees/index.js';
import { confinementOf, openBox } from '../box/index.js';
import { allowedFor, everyAgent } from '../environment/allowed.js';
import type { AskedEnvironment } from '../environment/wish.js';
import { accountOf } from '../runners/account.js';
import { runnerFor } from '../runners/index.js';
import type { Runner } from '../types.js';

export interface PrepareOptions {
  task: Task;
  agent: Agent;
  /** The whole prompt; given to the agent on standard input. */
  prompt: string;
  attempt: number;
  /** Default: the agent's. */
  runnerName?: string;
  /** The runner's own session to continue. */
  resume?: string;
  /** What that session had used so far. */
  usedBefore?: Usage;
  /** What the run may use. */
  budget?: Budget;
  /** The environment of the terminal that asked for it; default: this process's. */
  asked?: AskedEnvironment;
}

type PrepareSession = Pick<RepoSession, 'paths' | 'config' | 'env' | 'git' | 'repo' | 'root' | 'attended'>;

/**
 * The intent of this attempt; the one on disk when there is one, so that a second call changes nothing.
 * Throws `no-worktree`, `unknown-runner`, `runner-not-found`, `bad-session`, `full-access`, `no-sandbox`.
 */
export async function prepareRun(session: PrepareSession, options: PrepareOptions): Promise<RunIntent> {
  const { task, agent, attempt } = options;
  const { variables: env, others } = options.asked ?? { variables: session.env, others: [] };
  const runId = runIdOf(task.slug, task.id, agent.name, attempt);
  ensurePrivateFolder(session.paths.runsDir);
  const folder = runFolder(session.paths, runId);
  const existing = findIntent(folder);
  if (existing) return existing;
  if (!task.worktree) {
    throw appError('no-worktree', `Task ${task.slug} has no worktree to work in.`, {
      hint: `Make one with \`codex-agent task worktree add ${task.slug}\`.`,
    });
  }
  if (options.resume !== undefined) requireSessionId(options.resume);
  requireAllowed(session, agent);
  const runner = runnerFor(options.runnerName ?? agent.runner);
  const settings = session.config.runner[runner.name];
  ensurePrivateFolder(folder);
  const { configDir, dataDir, stateDir } = session.paths;
  const confinement = await confinementOf(session.config, runner, agent, env, {
    cwd: task.worktree,
    kept: [session.root, session.git.commonDir, dirname(task.worktree), configDir, dataDir, stateDir],
  });
  const box = confinement.by === 'box' ? await boxFor(session, options, folder, runner, env) : undefined;
  const writableRoots = await rootsToCommit(session, agent, task.worktree);
  const attended = await isWatched(session);
  const { approvals, approval_timeout } = session.config.run;
  const mayAsk = approvals === 'always' || (approvals === 'ask' && attended);
  const limits = limitsOf(session, agent);
  const launch = await runner.prepare(
    {
      agent,
      prompt: options.prompt,
      cwd: task.worktree,
      slug: task.slug,
      runDir: folder,
      settings,
      ...(writableRoots.length > 0 ? { writableRoots } : {}),
      ...(box ? { box } : {}),
      attended,
      approvals: mayAsk ? 'ask' : 'never',
      approvalTimeoutMs: parseDuration(approval_timeout),
      ...(task.mayRun ? { mayRun: task.mayRun } : {}),
      limits,
      ...(options.resume ? { resume: options.resume } : {}),
    },
    env,
  );
  const mark = markPath(await session.git.gitDir(task.worktree));
  await writeFileDurably(mark, markFile(runId, { inBox: box !== undefined }));
  const envAllow = allowedFor(runner, session.config, agent, env);
  const base = (await session.git.commitOf(`refs/heads/${task.branch}`)) ?? task.base ?? '';
  const intent: RunIntent = {
    runId,
    task: task.slug,
    taskId: task.id,
    repo: session.repo.id,
    agent: agent.name,
    attempt,
    runner: runner.name,
    stream: launch.stream,
    argv: launch.argv,
    cwd: task.worktree,
    base,
    env: {
      ...taskVariables({ slug: task.slug, path: task.worktree, ...(task.port ? { port: task.port } : {}) }),
      ...launch.env,
    },
    envAllow,
    account: accountOf(runner.name, env),
    heldBack: [...heldBack(env, [...everyAgent, ...envAllow]), ...others].sort(),
    ...(options.resume ? { resumes: options.resume } : {}),
    ...(options.usedBefore ? { usedBefore: options.usedBefore } : {}),
    model: agent.model || settings.model,
    commonDir: session.git.commonDir,
    mark,
    // What a person allows is done outside of the sandbox.
    confined:
      confinement.by === 'runner'
        ? writableRoots.length === 0 && !mayAsk && !confinement.open
        : confinement.by === 'box' && agent.sandbox === 'read-only',
    confinement,
    limits: {
      ...limits,
      ...budgetOf(session, options.budget),
      ...(launch.deaf ? { killGraceMs: Math.min(limits.killGraceMs, deafGraceMs) } : {}),
    },
    boot: bootId(),
    pidNamespace: pidNamespace(),
    at: new Date().toISOString(),
  };
  // Another process has started it meanwhile: its record stands.
  const theirs = isClaimed(folder) ? findIntent(folder) : undefined;
  if (theirs) return theirs;
  // The intent goes last: where there is one, everything it needs is there.
  await writeFileDurably(join(folder, 'stdin'), launch.stdin);
  await writeFileDurably(join(folder, 'intent.json'), `${JSON.stringify(intent, undefined, 2)}\n`);
  return intent;
}

/** What a transcript calls a session becomes an argument of the agent: it must not become a flag. */
export function requireSessionId(id: string): void {
  if (/^\w[\w.:-]{0,199}$/.test(id)) return;
  throw appError('bad-session', `${JSON.stringify(id.slice(0, 200))} cannot be the id of a session.`);
}

/** No sandbox at all is never come by in passing: besides the agent's own file, the person's configuration says so. */
function requireAllowed({ config }: PrepareSession, agent: Agent): void {
  if (agent.sandbox !== 'full' || config.run.full_access) return;
  throw appError('full-access', `The ${agent.name} asks for full access: no sandbox would hold it.`, {
    hint: 'Take `sandbox = "full"` out of its agent file, or allow it: codex-agent config set run.full_access true',
  });
}

/**
 * The least by which an agent in a sandbox can commit in its linked worktree: the worktree's record, objects, refs and
 * reflogs; not configuration and hooks. It can then move every ref, which is why it has to be asked for.
 */
async function rootsToCommit(
  { config, git }: PrepareSession,
  agent: Agent,
  worktree: string,
): Promise<string[]> {
  if (!config.run.agent_commits || agent.sandbox !== 'workspace-write') return [];
  const record = await git.gitDir(worktree);
  const shared = ['objects', 'refs', 'logs'].map((name) => join(git.commonDir, name));
  for (const folder of shared) await mkdir(folder, { recursive: true });
  return [record, ...shared];
}

/** A box for this attempt: its worktree to write, as far as its agent may write at all. */
async function boxFor(
  { paths, config, git, root }: PrepareSession,
  { task, agent }: PrepareOptions,
  folder: string,
  runner: Runner,
  env: NodeJS.ProcessEnv,
) {
  const cwd = task.worktree!;
  return openBox({
    folder,
    cwd,
    root,
    git: { commonDir: git.commonDir, record: await git.gitDir(cwd), branch: task.branch },
    env,
    paths,
    settings: config.sandbox,
    mayWrite: agent.sandbox !== 'read-only',
    own: runner.places?.(config.runner[runner.name], env) ?? { write: [], read: [], apart: [], copy: [] },
  });
}

function budgetOf({ config }: PrepareSession, budget: Budget = {}): Pick<RunLimits, 'budget' | 'prices'> {
  if (budget.tokens === undefined && budget.cost === undefined) return {};
  return { budget, ...(budget.cost === undefined ? {} : { prices: config.prices }) };
}

/** For the tools of an agent that hears no signal: they may. */
const deafGraceMs = 100;

function limitsOf({ config }: PrepareSession, { timeouts }: Agent): RunLimits {
  return {
    totalMs: parseDuration(timeouts.total ?? config.run.total_timeout),
    idleMs: parseDuration(timeouts.idle ?? config.run.idle_timeout),
    connectMs: parseDuration(timeouts.connect ?? config.run.connect_timeout),
    killGraceMs: parseDuration(config.run.kill_grace),
    maxOutputBytes: parseSize(config.run.max_output),
  };
}
