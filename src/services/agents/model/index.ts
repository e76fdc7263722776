/** Thinking: an agent's question goes to the model, to its runner when it has one, or to the script of the demo. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Agent } from '../../../domain/agents/agent.js';
import { charsFor } from '../../../domain/agents/context-length.js';
import type { RunSpend } from '../../../domain/agents/cost.js';
import { appError } from '../../../domain/platform/errors.js';
import type { Task } from '../../../domain/store/task.js';
import { assetPath } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { runnerFor } from '../runners/index.js';
import { requireBudget } from '../spend/index.js';
import { recordSpend } from '../spend/ledger.js';
import { answerJudge } from './answer.js';
import { askRunner } from './by-runner.js';
import { modelAddress } from './client.js';
import { completeJson } from './complete.js';
import { contextOf } from './context.js';
import { modelError } from './failure.js';
import type { JsonRequest, OnUsage } from './types.js';

export { completeJson } from './complete.js';
export type { JsonRequest } from './types.js';

export interface ThinkRequest<T> extends Omit<JsonRequest<T>, 'system'> {
  /** What it is thought about: its budget holds, and what is used counts for it. */
  task?: Task;
  /** What the question is about, e.g. a path: the demo's script finds its answer by it. */
  key?: string;
}

type ThinkSession = Pick<RepoSession, 'config' | 'env' | 'signal' | 'paths' | 'repo'>;

/**
 * Has an agent think about one question; its instructions are the system prompt. What that uses goes into the ledger.
 * Errors: those of `completeJson` and `askRunner`; `budget`; `no-scripted-answer` in the demo.
 */
export async function think<T>(session: ThinkSession, agent: Agent, request: ThinkRequest<T>): Promise<T> {
  if (agent.runner === 'demo') return scriptedAnswer(session, agent, request);
  await requireBudget(session, request.task);
  const used = thoughtOf(session, agent, request.task);
  try {
    if (agent.runner !== 'model') return await askRunner(session, agent, request, used.onUsage);
    const access = { config: modelConfig(session, agent), env: session.env, signal: session.signal };
    return await completeJson<T>(
      { ...access, onUsage: used.onUsage },
      { ...request, system: agent.instructions },
    );
  } finally {
    // However it ended, this has been used; and that it cannot be noted makes no answer worse.
    await recordSpend(session, used.spend).catch(() => undefined);
  }
}

/** Adds up what the requests of one question use. */
function thoughtOf(session: ThinkSession, agent: Agent, task?: Task): { spend: RunSpend; onUsage: OnUsage } {
  const model =
    agent.runner === 'model'
      ? modelConfig(session, agent).model
      : agent.model || session.config.runner[runnerFor(agent.runner).name].model;
  const spend: RunSpend = {
    run: `thought-${randomBytes(8).toString('hex')}`,
    task: task?.slug ?? '',
    agent: agent.name,
    ...(model ? { model } : {}),
    at: new Date().toISOString(),
    input: 0,
    cached: 0,
    output: 0,
  };
  const onUsage: OnUsage = ({ input, cached, output, costUsd }) => {
    spend.input += input;
    spend.cached += cached;
    spend.output += output;
    if (costUsd !== undefined) spend.costUsd = (spend.costUsd ?? 0) + costUsd;
  };
  return { spend, onUsage };
}

/** How many characters of outside text a question to this agent may hold; undefined when nothing limits it. */
export async function roomFor(
  session: ThinkSession,
  agent: Agent,
): Promise<{ tokens: number; chars: number } | undefined> {
  if (agent.runner !== 'model') return undefined;
  const tokens = await contextOf({ config: modelConfig(session, agent), env: session.env });
  return tokens === undefined ? undefined : { tokens, chars: charsFor(tokens) };
}

/** Why this agent cannot think here, or undefined when it can be asked. */
export function whyNoThinking(session: ThinkSession, agent: Agent): string | undefined {
  if (agent.runner !== 'model') return undefined;
  const address = modelAddress({ config: modelConfig(session, agent), env: session.env });
  return typeof address === 'string' ? address : undefined;
}

function modelConfig(session: ThinkSession, agent: Agent): RepoSession['config']['model'] {
  const { model } = session.config;
  return {
    ...model,
    model: agent.model ?? model.model,
    connect_timeout: agent.timeouts.connect ?? model.connect_timeout,
    idle_timeout: agent.timeouts.idle ?? model.idle_timeout,
    total_timeout: agent.timeouts.total ?? model.total_timeout,
  };
}

/** The demo's answers stand in its story; they are checked exactly like a model's. */
async function scriptedAnswer<T>(session: ThinkSession, agent: Agent, request: ThinkRequest<T>): Promise<T> {
  const file = session.config.runner.demo.path || assetPath('demo/story.json');
  const story = JSON.parse(await readFile(file, 'utf8')) as {
    answers?: Record<string, Record<string, unknown>>;
  };
  const answer = story.answers?.[agent.name]?.[request.key ?? ''];
  if (answer === undefined) {
    throw appError(
      'no-scripted-answer',
      `The demo has no answer of the ${agent.name} for ${request.key ?? 'this'}.`,
    );
  }
  const judged = (await answerJudge({ ...request, system: '' }))(JSON.stringify(answer));
  if (judged.ok) return judged.value;
  throw modelError('model-bad-answer', `The demo's answer cannot be used: ${judged.problems.join('; ')}.`);
}
