/**
 * The last rung: the conflict-resolver agent answers the hunks that are left, one request per file.
 * It has no tools and sees only the conflict; it returns text, and we put that text between the lines it belongs to.
 */
import type { Agent } from '../../../domain/agents/agent.js';
import { fence } from '../../../domain/agents/prompt.js';
import { type ConflictHunk, hunksOf, type Part, wordsOf } from '../../../domain/landing/hunks.js';
import { secretIn } from '../../../domain/landing/secrets.js';
import type { Task } from '../../../domain/store/task.js';
import { requestOf, think } from '../../agents/index.js';
import type { RepoSession } from '../../store/index.js';
import { tasksOf } from '../../store/index.js';
import { settleFile } from './rungs.js';
import type { OpenFile, Sides } from './types.js';

const contextLines = 20;

interface Answer {
  hunks: { index: number; content: string; reason: string }[];
}

const answerSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['hunks'],
  properties: {
    hunks: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['index', 'content', 'reason'],
        properties: { index: { type: 'integer' }, content: { type: 'string' }, reason: { type: 'string' } },
      },
    },
  },
};

/** Why a file's conflict is not shown to a model, or undefined. */
export function whyNotShown(file: OpenFile): string | undefined {
  const text = hunksOf(file.parts)
    .map((hunk) => `${hunk.ours}${hunk.base}${hunk.theirs}`)
    .join('\n');
  const secret = secretIn(text);
  return secret && `the conflict holds what looks like a secret (${secret})`;
}

/**
 * Asks for the open hunks of one file, fills them in, and judges the result.
 * @param feedback what was wrong with the last answer
 * @returns what the gate has against the answer; empty: `file.result` is set. Throws the model's errors.
 */
export async function askForFile(
  session: RepoSession,
  agent: Agent,
  task: Task,
  sides: Sides,
  file: OpenFile,
  feedback?: string,
): Promise<string[]> {
  const open = hunksOf(file.parts).filter(
    (hunk) => (file.answers.get(hunk.index)?.strategy ?? 'ai') === 'ai',
  );
  const wanted = new Set(open.map((hunk) => hunk.index));
  const answer = await think<Answer>(session, agent, {
    name: 'resolution',
    task,
    key: file.path,
    schema: answerSchema,
    validate: (value) => [...indexProblems(value, wanted), ...repeats(file.parts, open, value)],
    user: await requestOf(session, 'conflict-resolver', {
      path: file.path,
      task: `${task.title}\n\n${task.goal}`,
      landed: await landedMeanwhile(session, sides, file.path),
      hunks: { plain: open.map((hunk) => describeHunk(file.parts, hunk)).join('\n\n') },
      feedback: feedback ?? { plain: 'Nothing: this is the first try.' },
    }),
  });
  for (const { index, content, reason } of answer.hunks) {
    const hunk = open.find((candidate) => candidate.index === index)!;
    file.answers.set(index, {
      content: inStyleOf(hunk, content),
      strategy: 'ai',
      reason: reason.slice(0, 500),
    });
  }
  return settleFile(file);
}

function indexProblems(answer: Answer, wanted: ReadonlySet<number>): string[] {
  const given = answer.hunks.map((hunk) => hunk.index);
  const strange = given
    .filter((index) => !wanted.has(index))
    .map((index) => `there is no open hunk ${index}`);
  const twice = given
    .filter((index, at) => given.indexOf(index) !== at)
    .map((index) => `hunk ${index} comes twice`);
  const missing = [...wanted]
    .filter((index) => !given.includes(index))
    .map((index) => `hunk ${index} is missing`);
  return [...strange, ...twice, ...missing];
}

/** Lines around a hunk stay where they are: an answer that brings them along would double them. */
function repeats(parts: readonly Part[], open: readonly ConflictHunk[], answer: Answer): string[] {
  return answer.hunks.flatMap(({ index, content }) => {
    const hunk = open.find((candidate) => candidate.index === index);
    if (!hunk) return [];
    const { before, after } = around(parts, hunk);
    const own = new Set(
      [hunk.ours, hunk.base, hunk.theirs].flatMap((side) => side.split('\n')).map((line) => line.trim()),
    );
    const lines = content.split('\n').filter((line) => line.trim() !== '');
    const doubled = [
      [lines[0], before.trimEnd().split('\n').at(-1)],
      [lines.at(-1), after.trimStart().split('\n')[0]],
    ].filter(([line, neighbour]) => line?.trim() === neighbour?.trim() && !own.has(line?.trim() ?? ''));
    // A closing bracket may well come twice, but hardly on both ends.
    const twice = doubled.length === 2 || doubled.some(([line]) => wordsOf(line ?? '').length > 1);
    return twice ? [`hunk ${index} repeats a line that stands beside it and stays`] : [];
  });
}

/** Models answer with plain newlines and often without the last one; the file keeps its own line ends. */
function inStyleOf(hunk: ConflictHunk, content: string): string {
  if (content === '') return '';
  const lines = content.replaceAll('\r\n', '\n').replace(/\n?$/, '\n');
  const sides = hunk.ours + hunk.theirs;
  const windows = sides.includes('\r\n') && !/(?<!\r)\n/.test(sides);
  return windows ? lines.replaceAll('\n', '\r\n') : lines;
}

/** The lines before and after a hunk. */
function around(parts: readonly Part[], hunk: ConflictHunk): { before: string; after: string } {
  const at = parts.findIndex((part) => part.type === 'hunk' && part.hunk.index === hunk.index);
  const lines = (part: Part | undefined) => (part?.type === 'text' ? part.text.split(/(?<=\n)/) : []);
  const before = lines(parts[at - 1])
    .slice(-contextLines)
    .join('');
  const after = lines(parts[at + 1])
    .slice(0, contextLines)
    .join('');
  return { before, after };
}

function describeHunk(parts: readonly Part[], hunk: ConflictHunk): string {
  const { before, after } = around(parts, hunk);
  return [
    `## Hunk ${hunk.index}`,
    `The lines before it, which stay:\n\n${fence(before)}`,
    `Base, before either change:\n\n${fence(hunk.base)}`,
    `Ours:\n\n${fence(hunk.ours)}`,
    `Theirs:\n\n${fence(hunk.theirs)}`,
    `The lines after it, which stay:\n\n${fence(after)}`,
  ].join('\n\n');
}

/** Tasks that landed since the branch left the target, then what the commits that touched the file say. */
async function landedMeanwhile(session: RepoSession, { head, target }: Sides, path: string): Promise<string> {
  const range = `${head}..${target}`;
  const commits = await session.git.run(['rev-list', '--max-count=1000', range, '--']);
  const landed = new Set(commits.stdout.split('\n'));
  const tasks = tasksOf(await session.registry.read(), session.repo.id)
    .filter((task) => task.landedAs && landed.has(task.landedAs))
    .map((task) => `- task: ${task.title}: ${task.goal.slice(0, 500)}`);
  const subjects = await session.git.run(
    ['log', '--format=- commit: %s', '--max-count=20', range, '--', path],
    {
      env: { GIT_LITERAL_PATHSPECS: '1' },
    },
  );
  return [...tasks, subjects.stdout.trim()].filter(Boolean).join('\n') || 'Nothing is known about it.';
}
