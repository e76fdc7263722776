/** Questions that are cut to what a model takes at once, and the word to the person about what was left out. */
import type { Agent, PromptName } from '../../../domain/agents/agent.js';
import { cutToFit, type LeftOut } from '../../../domain/agents/context-length.js';
import type { Plain } from '../../../domain/agents/prompt.js';
import { hasCode } from '../../../domain/platform/errors.js';
import type { RepoSession } from '../../store/index.js';
import { requestOf } from '../roles/prompt.js';
import { roomFor, type ThinkRequest, think } from './index.js';

/** Every model takes so many characters: whether it takes more need not be asked. */
const alwaysFits = 6_000;

interface Question {
  values: Readonly<Record<string, string | Plain>>;
  /** Names of the values that may be cut, the first of them first. */
  cut: readonly string[];
  /** Another prompt than the agent's own. */
  prompt?: PromptName;
}

/**
 * Asks as `think` does, with an agent's prompt that holds these values. Values that are too long are cut, also when the
 * server says only by its refusal how much it takes.
 */
export async function thinkFitting<T>(
  session: RepoSession,
  agent: Agent,
  request: Omit<ThinkRequest<T>, 'user'>,
  { values, cut, prompt = agent.name }: Question,
): Promise<T> {
  const ask = async (fitted: Question['values']) =>
    think<T>(session, agent, { ...request, user: await requestOf(session, prompt, fitted) });
  const asIs = cutToFit(values, [], 0);
  const room = asIs.size > alwaysFits ? await roomFor(session, agent) : undefined;
  const first = room ? cutToFit(values, cut, room.chars) : asIs;
  if (room) tell(session, agent, first.left, room.tokens);
  try {
    return await ask(first.values);
  } catch (error) {
    if (!hasCode(error, 'model-context')) throw error;
    const learnt = await roomFor(session, agent);
    const second = learnt && cutToFit(values, cut, learnt.chars);
    if (!second || second.size >= first.size || second.size > learnt.chars) throw error;
    tell(session, agent, second.left, learnt.tokens);
    return ask(second.values);
  }
}

function tell(session: RepoSession, agent: Agent, left: readonly LeftOut[], tokens: number): void {
  if (left.length === 0) return;
  const what = left.map(({ name, kept, of }) => `${name} (the first ${kept} of ${of} characters)`).join(', ');
  const model = agent.model || session.config.model.model;
  const message = `The ${agent.name} gets only a part of ${what}: ${model} takes ${tokens} tokens at once`;
  session.emit({ type: 'noted', level: 'warning', message });
}
