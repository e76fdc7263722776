/** Thinking: an agent's question goes to the model, to its runner when it has one, or to the script of the demo. */
import { readFile } from 'node:fs/promises';
import type { Agent } from '../../domain/agent.js';
import { appError } from '../../domain/errors.js';
import { assetPath } from '../files/assets.js';
import type { RepoSession } from '../types.js';
import { answerJudge } from './answer.js';
import { askRunner } from './by-runner.js';
import { modelAddress } from './client.js';
import { completeJson } from './complete.js';
import { modelError } from './failure.js';
import type { JsonRequest } from './types.js';

export { completeJson } from './complete.js';
export type { JsonRequest, ModelAccess } from './types.js';

export interface ThinkRequest<T> extends Omit<JsonRequest<T>, 'system'> {
  /** What the question is about, e.g. a path: the demo's script finds its answer by it. */
  key?: string;
}

type ThinkSession = Pick<RepoSession, 'config' | 'env' | 'signal'>;

/**
 * Has an agent think about one question; its instructions are the system prompt.
 * Errors: those of `completeJson` and `askRunner`; `no-scripted-answer` in the demo.
 */
export async function think<T>(session: ThinkSession, agent: Agent, request: ThinkRequest<T>): Promise<T> {
  switch (agent.runner) {
    case 'model':
      return completeJson<T>(
        { config: modelConfig(session, agent), env: session.env, signal: session.signal },
        { ...request, system: agent.instructions },
      );
    case 'demo':
      return scriptedAnswer(session, agent, request);
    default:
      return askRunner(session, agent, request);
  }
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
