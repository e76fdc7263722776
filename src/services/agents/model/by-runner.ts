/**
 * Answers questions through a coding CLI, for people who have one and no model. The CLI gets the question in an
 * empty folder, where there is nothing to read or change, and only its last message counts as the answer.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Agent } from '../../../domain/agents/agent.js';
import { isTwoWay, reportStream } from '../../../domain/agents/transcript/streams.js';
import { redactSecrets } from '../../../domain/landing/secrets.js';
import { appError } from '../../../domain/platform/errors.js';
import { parseDuration, parseSize } from '../../../domain/platform/units.js';
import { runProcess, temporaryFolder, withOwnFolder, writeTo } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { allowedFor } from '../environment/allowed.js';
import { runnerFor } from '../runners/index.js';
import { agentEnvironment } from '../runs/environment.js';
import type { Launch, Runner } from '../types.js';
import { answerJudge } from './answer.js';
import { modelError } from './failure.js';
import type { JsonRequest, OnUsage } from './types.js';

type Session = Pick<RepoSession, 'config' | 'env' | 'signal'>;

/**
 * The answer of an agent's runner, checked like a model's; a bad one may be repaired once.
 * Throws `runner-not-found`, `agent-runner-unsupported`, `model-timeout`, `model-failed`, `model-bad-answer`, `interrupted`.
 */
export async function askRunner<T>(
  session: Session,
  agent: Agent,
  request: Omit<JsonRequest<T>, 'system'>,
  onUsage?: OnUsage,
): Promise<T> {
  const judge = await answerJudge<T>({ ...request, system: '' });
  const order = `Answer with one JSON value and nothing else, matching this JSON Schema:\n${JSON.stringify(request.schema)}\nYou need no tools and no files for it.`;
  const question = `${request.user}\n\n${order}`;
  const first = judge(await run(session, agent, question, onUsage));
  if (first.ok) return first.value;
  const again = judge(
    await run(
      session,
      agent,
      `${question}\n\nYour last answer could not be used:\n- ${first.problems.join('\n- ')}`,
      onUsage,
    ),
  );
  if (again.ok) return again.value;
  const why = again.problems.slice(0, 3).join('; ');
  throw modelError('model-bad-answer', `The answer of ${agent.runner} cannot be used: ${why}.`);
}

async function run(session: Session, agent: Agent, prompt: string, onUsage?: OnUsage): Promise<string> {
  return withOwnFolder(temporaryFolder(session.env), 'think', async (root) => {
    const cwd = join(root, 'empty');
    const runDir = join(root, 'run');
    await mkdir(runDir, { mode: 0o700 });
    await makeEmptyRepository(cwd);
    const runner = runnerFor(agent.runner);
    const launch = await prepare(session, { ...agent, sandbox: 'read-only' }, runner, {
      prompt,
      cwd,
      runDir,
    });
    return answerOf(session, agent, { runner, launch, cwd, runDir, ...(onUsage ? { onUsage } : {}) });
  });
}

/** Some of them work in repositories only. */
async function makeEmptyRepository(folder: string): Promise<void> {
  for (const name of ['objects', 'refs']) await mkdir(join(folder, '.git', name), { recursive: true });
  await writeTo(join(folder, '.git', 'HEAD'), 'ref: refs/heads/none\n');
}

async function prepare(
  session: Session,
  agent: Agent,
  runner: Runner,
  { prompt, cwd, runDir }: { prompt: string; cwd: string; runDir: string },
): Promise<Launch> {
  const { run } = session.config;
  const launch = await runner.prepare(
    {
      agent,
      prompt,
      cwd,
      slug: agent.name,
      runDir,
      settings: { ...session.config.runner[runner.name], transport: 'exec' },
      attended: false,
      approvals: 'never',
      approvalTimeoutMs: 0,
      limits: {
        totalMs: totalMs(session, agent),
        idleMs: parseDuration(agent.timeouts.idle ?? run.idle_timeout),
        connectMs: parseDuration(agent.timeouts.connect ?? run.connect_timeout),
        killGraceMs: parseDuration(run.kill_grace),
        maxOutputBytes: parseSize(run.max_output),
      },
    },
    session.env,
  );
  if (!isTwoWay({ runner: runner.name, stream: launch.stream })) return launch;
  throw appError(
    'agent-runner-unsupported',
    `The ${agent.name} cannot get its answers from the runner ${runner.name}.`,
    {
      hint: `Set runner = "model", or another one, for it (${agent.runnerOrigin}).`,
    },
  );
}

const totalMs = ({ config }: Session, agent: Agent) =>
  parseDuration(agent.timeouts.total ?? config.model.total_timeout);

async function answerOf(
  session: Session,
  agent: Agent,
  at: { runner: Runner; launch: Launch; cwd: string; runDir: string; onUsage?: OnUsage },
): Promise<string> {
  const { runner, launch, cwd, runDir } = at;
  const envAllow = allowedFor(runner, session.config, agent, session.env);
  const env = agentEnvironment(
    session.env,
    { runId: `think-${process.pid}`, cwd, env: launch.env, envAllow },
    runDir,
  );
  const stream = launch.stream ?? 'command';
  const result = await runProcess(launch.argv, {
    cwd,
    env,
    input: launch.stdin,
    timeoutMs: totalMs(session, agent),
    signal: session.signal,
    // A record says itself when it is over; plain text does not, and must be read whole.
    mayCut: stream !== 'command',
  });
  if (result.timedOut) {
    throw modelError('model-timeout', `${runner.name} took longer than it may in total.`, {
      hint: 'The limit is model.total_timeout, or timeouts.total of the agent.',
    });
  }
  if (result.truncated) {
    throw modelError('model-failed', `${runner.name} wrote more than can be read.`);
  }
  const facts = { exitCode: result.code, stderr: result.stderr };
  const report = reportStream(stream, Buffer.from(result.stdout), facts);
  if (report.usage) at.onUsage?.(report.usage);
  if (report.status !== 'completed') {
    const why = report.error?.message ?? report.status;
    throw modelError('model-failed', `${runner.name} gave no answer: ${redactSecrets(why).slice(0, 300)}.`);
  }
  return stream === 'command' ? result.stdout : (report.finalText ?? '');
}
