/** Questions until there is a stub; nothing is written anywhere before the person accepts it. */

import { hasCode, messageOf } from '../../../domain/platform/errors.js';
import type { TaskDraft } from '../../../domain/store/draft.js';
import { isSettled, type Task } from '../../../domain/store/task.js';
import { loadAgent, thinkFitting, whyNoThinking } from '../../agents/index.js';
import type { RepoSession } from '../../store/index.js';
import { formatStub, parseStub, previewTasks, proposeDependencies, tasksOf } from '../../store/index.js';
import type { Ask } from '../types.js';

const maxQuestions = 5;
const maxProposals = 3;

/**
 * Makes a draft with the person. The task-author agent asks at most five questions, each of which may be skipped,
 * and drafts the stub. Without a model, or when it fails, the program asks for title, goal and acceptance itself.
 * The person sees the stub and accepts, edits or drops it.
 * @returns the accepted draft, or undefined when it was dropped
 */
export async function interview(
  session: RepoSession,
  ask: Ask,
  start: Partial<TaskDraft>,
): Promise<TaskDraft | undefined> {
  const open = tasksOf(await session.registry.read(), session.repo.id).filter((task) => !isSettled(task));
  const made = await draftWith(session, ask, start, open);
  if (!made) return undefined;
  return review(session, ask, await withDependencies(ask, made, open));
}

async function draftWith(
  session: RepoSession,
  ask: Ask,
  start: Partial<TaskDraft>,
  open: readonly Task[],
): Promise<TaskDraft | undefined> {
  const agent = await loadAgent(session, 'task-author');
  if (agent.runner !== 'model' || whyNoThinking(session, agent)) return askPlainly(ask, start);
  try {
    return await askWithModel(session, ask, start, open);
  } catch (error) {
    if (hasCode(error, 'interrupted')) throw error;
    const message = `The task-author cannot help: ${messageOf(error)} Asking plainly instead.`;
    session.emit({ type: 'noted', level: 'warning', message });
    return askPlainly(ask, start);
  }
}

/** Undefined when the person gives no title. What is known already is offered, or not asked for. */
async function askPlainly(ask: Ask, start: Partial<TaskDraft>): Promise<TaskDraft | undefined> {
  const title = start.title ?? (await ask.text('What is to be done? One line, in the imperative.'))?.trim();
  if (!title) return undefined;
  const goal =
    start.goal ?? (await ask.text('What is the goal? What must stay as it is?', { multiline: true }));
  const acceptance =
    start.acceptance ??
    linesOf(await ask.text('How can one see that it is done? One criterion a line.', { multiline: true }));
  return { ...start, title, goal: goal?.trim() ?? '', acceptance };
}

function linesOf(text: string | undefined): string[] {
  return (text ?? '')
    .split('\n')
    .map((line) => line.replace(/^\s*[-*]\s+/, '').trim())
    .filter(Boolean);
}

interface ModelDraft {
  title: string;
  goal: string;
  acceptance: string[];
  touches: string[];
  depends_on: string[];
}

interface Turn {
  action: 'ask' | 'draft';
  question: string | null;
  draft: ModelDraft | null;
}

const texts = { type: 'array', items: { type: 'string' } };
const draftSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['title', 'goal', 'acceptance', 'touches', 'depends_on'],
  properties: {
    title: { type: 'string' },
    goal: { type: 'string' },
    acceptance: texts,
    touches: texts,
    depends_on: texts,
  },
};
const turnSchema = (actions: readonly string[]) => ({
  type: 'object',
  additionalProperties: false,
  required: ['action', 'question', 'draft'],
  properties: {
    action: { type: 'string', enum: actions },
    question: { type: ['string', 'null'] },
    draft: { anyOf: [draftSchema, { type: 'null' }] },
  },
});

async function askWithModel(
  session: RepoSession,
  ask: Ask,
  start: Partial<TaskDraft>,
  open: readonly Task[],
): Promise<TaskDraft> {
  const agent = await loadAgent(session, 'task-author');
  const slugs = new Set(open.map((task) => task.slug));
  const said: string[] = [];
  for (let asked = 0, mayAsk = true; ; asked++) {
    mayAsk &&= asked < maxQuestions;
    const request = {
      name: 'turn',
      schema: turnSchema(mayAsk ? ['ask', 'draft'] : ['draft']),
      validate: (answer: Turn) => problemsOf(answer, slugs),
    };
    const left = mayAsk
      ? `You may ask ${maxQuestions - asked} more questions (action "ask"), or draft now (action "draft").`
      : 'Draft now (action "draft").';
    const values = {
      start: describeStart(start),
      tasks: open.map((task) => `${task.slug}: ${task.title}`).join('\n') || { plain: 'None.' },
      answers: said.join('\n\n') || { plain: 'None yet.' },
      left: { plain: left },
    };
    const cut = ['tasks', 'start', 'answers'];
    const turn = await thinkFitting<Turn>(session, agent, request, { values, cut });
    if (turn.action === 'draft') return toDraft(start, turn.draft!);
    const answer = (await ask.text(turn.question!))?.trim();
    said.push(`Question: ${turn.question}\nAnswer: ${answer || '(skipped)'}`);
    if (!answer) mayAsk = false;
  }
}

function problemsOf(turn: Turn, slugs: ReadonlySet<string>): string[] {
  if (turn.action === 'ask') return turn.question?.trim() ? [] : ['question must not be empty'];
  if (!turn.draft) return ['draft must not be null'];
  const { title, goal, depends_on } = turn.draft;
  const unknown = depends_on.filter((slug) => !slugs.has(slug));
  return [
    ...(title.trim() === '' || title.includes('\n') || title.length > 120
      ? ['title must be one short line']
      : []),
    ...(goal.trim() === '' ? ['goal must not be empty'] : []),
    ...unknown.map((slug) => `depends_on: there is no open task ${JSON.stringify(slug)}`),
  ];
}

/** What the person gave by hand is theirs; the model fills in the rest. */
function toDraft(start: Partial<TaskDraft>, made: ModelDraft): TaskDraft {
  return {
    ...start,
    title: start.title ?? made.title.trim(),
    goal: made.goal.trim(),
    acceptance: start.acceptance ?? made.acceptance,
    touches: start.touches ?? made.touches,
    dependsOn: start.dependsOn ?? made.depends_on,
  };
}

function describeStart(start: Partial<TaskDraft>): string | { plain: string } {
  const lines = [
    start.title && `Title: ${start.title}`,
    start.goal && `Goal: ${start.goal}`,
    start.acceptance?.length && `Acceptance: ${start.acceptance.join('; ')}`,
    start.touches?.length && `Touches: ${start.touches.join(', ')}`,
  ].filter(Boolean);
  return lines.join('\n') || { plain: 'Nothing yet.' };
}

async function withDependencies(ask: Ask, draft: TaskDraft, open: readonly Task[]): Promise<TaskDraft> {
  const dependsOn = [...(draft.dependsOn ?? [])];
  for (const { slug, reason } of proposeDependencies(draft, open).slice(0, maxProposals)) {
    if (await ask.confirm(`Must ${slug} land first? It ${reason}.`, false)) dependsOn.push(slug);
  }
  return { ...draft, dependsOn };
}

/** Shows the stub until it is accepted or dropped. An edit that cannot be read is shown again with what is wrong. */
async function review(session: RepoSession, ask: Ask, first: TaskDraft): Promise<TaskDraft | undefined> {
  let text = formatStub(first);
  for (;;) {
    const problem = await problemWith(session, text);
    const choice = problem
      ? await ask.choose(`${text}\nThis cannot be added: ${problem}`, ['edit', 'drop'] as const)
      : await ask.choose(`${text}\nAdd this task?`, ['accept', 'edit', 'drop'] as const);
    switch (choice) {
      case 'accept':
        return parseStub(text, 'the stub');
      case 'edit':
        text = (await ask.text('The stub:', { initial: text, multiline: true })) ?? text;
        break;
      case 'drop':
      case undefined:
        return undefined;
    }
  }
}

async function problemWith(session: RepoSession, text: string): Promise<string | undefined> {
  try {
    await previewTasks(session, [await parseStub(text, 'the stub')]);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}
