/** What an agent is asked, made from its prompt and the task. */
import type { PromptName } from '../../../domain/agents/agent.js';
import { type Plain, renderPrompt } from '../../../domain/agents/prompt.js';
import type { Finding } from '../../../domain/landing/validation.js';
import type { Task } from '../../../domain/store/task.js';
import type { RepoSession } from '../../store/index.js';
import { loadPrompt } from './files.js';

/**
 * The request of a coding agent for a task.
 * @param more findings of a validation that the next attempt is to mend
 */
export async function developerPrompt(
  session: Pick<RepoSession, 'root' | 'loaded' | 'paths'>,
  task: Task,
  more: { findings?: readonly Finding[] } = {},
): Promise<string> {
  return requestOf(session, 'developer', {
    title: task.title,
    goal: task.goal,
    acceptance: acceptanceOf(task),
    findings: more.findings?.length ? more.findings.map(describe).join('\n') : { plain: 'None.' },
  });
}

function describe({ severity, path, line, message }: Finding): string {
  const place = path ? ` ${path}${line > 0 ? `:${line}` : ''}` : '';
  return `- ${severity}${place}: ${message.replaceAll('\n', '\n  ')}`;
}

/** What prompts need not ask for: those that were copied before it existed stay good. */
const optional = new Set(['checks']);

/** A request: the prompt in force, filled. Plain strings get fenced. Throws `bad-prompt`. */
export async function requestOf(
  session: Pick<RepoSession, 'root' | 'loaded' | 'paths'>,
  name: PromptName,
  values: Readonly<Record<string, string | Plain>>,
): Promise<string> {
  const { prompt } = await loadPrompt(session, name);
  const wanted = Object.entries(values).filter(
    ([key]) => !optional.has(key) || prompt.placeholders.includes(key),
  );
  return renderPrompt(prompt, Object.fromEntries(wanted));
}

/** A task's acceptance criteria as a list, or that there are none. */
export function acceptanceOf(task: Pick<Task, 'acceptance'>): string | Plain {
  if (task.acceptance.length === 0) return { plain: 'Its goal is reached and the checks pass.' };
  return task.acceptance.map((line) => `- ${line}`).join('\n');
}
