/**
 * The last rung: the conflict-resolver agent answers the hunks that are left, one request per file.
 * It has no tools and sees only the conflict; it returns text, and we put that text between the lines it belongs to.
 */
import type { Agent } from '../../../domain/agents/agent.js';
import { type ConflictHunk, hunksOf, isIndented, type Part, wordsOf } from '../../../domain/landing/hunks.js';
import {
  hunkQuestion,
  linesAround,
  nameChanges,
  questionSize,
  whyNotShown,
  withoutSecrets,
} from '../../../domain/landing/question.js';
import { keyOf } from '../../../domain/landing/structural/text.js';
import { appError, hasCode, isAppError } from '../../../domain/platform/errors.js';
import { acceptanceOf, loadAgent, roomFor, thinkFitting, whyNoThinking } from '../../agents/index.js';
import { checksFor } from '../validation/checks.js';
import { landedMeanwhile } from './landed.js';
import {
  answerHunk,
  type ConflictTexts,
  judgeAnswers,
  leaveFile,
  leaveHunk,
  type OpenFile,
  openFile,
  withdraw,
} from './open-file.js';
import type { ResolutionSite } from './types.js';

/** Every model takes hunks of so many characters. */
const alwaysFits = 6_000;

interface Answer {
  /** `content` null: the model declines this hunk. */
  hunks: { index: number; content: string | null; reason: string }[];
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
        properties: {
          index: { type: 'integer' },
          content: { type: ['string', 'null'] },
          reason: { type: 'string' },
        },
      },
    },
  },
};

/**
 * Asks about each file once. An answer that cannot be used, or that the gate refuses, is the file's attempt, and the
 * other files are asked all the same. Returns why asking again is pointless, when it is.
 */
export async function askModel(
  files: readonly OpenFile[],
  site: ResolutionSite,
): Promise<string | undefined> {
  const { session, task, model } = site;
  const agent = await loadAgent(session, 'conflict-resolver', task);
  const cannot = model.broken ?? whyNoThinking(session, agent);
  // What every model takes needs no look at how much this one does.
  const large = !cannot && files.some(({ parts }) => questionSize(parts) > alwaysFits);
  const room = large ? await roomFor(session, agent) : undefined;
  const reasons = files.map((file) => cannot ?? whyNotShown(file.parts, room));
  for (const [at, file] of files.entries()) {
    const why = [file.problem, reasons[at]].filter(Boolean).join('; ');
    if (why) leaveFile(file, why);
  }
  const stop = reasons.find(Boolean);
  if (stop) return stop;
  for (const file of files) {
    if (file.declined) continue;
    const broken = await askForFile(site, agent, file);
    if (!broken) continue;
    model.broken = broken;
    return broken;
  }
  return files.find(({ declined }) => declined)?.problem;
}

/** Asks about one file and lets the gate judge the answer. Returns why the model is of no use, when it is. */
async function askForFile(site: ResolutionSite, agent: Agent, file: OpenFile): Promise<string | undefined> {
  const { session } = site;
  try {
    const answer = await requestAnswer(site, agent, file);
    const declined = answer.hunks.filter(({ content }) => content === null);
    if (declined.length > 0) {
      for (const { index, reason } of declined)
        leaveHunk(file, index, `the model declines: ${reason.slice(0, 500)}`);
      const first = declined[0]!;
      leaveFile(file, `the model declines hunk ${first.index}: ${first.reason.slice(0, 500)}`, {
        declined: true,
      });
      return undefined;
    }
    take(file, answer);
    const problems = await judgeAnswers(file);
    const differs =
      problems.length === 0 && checksFor(session, [file.path]).length === 0
        ? await differsAgain(site, agent, file)
        : undefined;
    if (problems.length === 0 && !differs) return undefined;
    const why = differs ?? `the answer was rejected: ${problems.join('; ')}`;
    withdraw(file, ['ai'], why, [...problems, ...(differs ? [differs] : [])].join('\n'));
    leaveFile(file, why);
    return undefined;
  } catch (error) {
    if (hasCode(error, 'interrupted') || !isAppError(error)) throw error;
    leaveFile(file, error.message);
    return hasCode(error, 'model-bad-answer') || hasCode(error, 'no-scripted-answer')
      ? undefined
      : error.message;
  }
}

/** Where no check looks at the file, the model must say the same twice. Returns in what the two answers differ. */
async function differsAgain(site: ResolutionSite, agent: Agent, file: OpenFile): Promise<string | undefined> {
  const again = await requestAnswer(site, agent, file);
  const indented = isIndented(file.path);
  for (const { index, content } of again.hunks) {
    const before = file.answers.get(index)?.content ?? '';
    if (content !== null && keyOf(content, indented) === keyOf(before, indented)) continue;
    return `asked twice, the model answers hunk ${index} in two ways, and no check covers the file`;
  }
  return undefined;
}

async function requestAnswer(
  site: Pick<ResolutionSite, 'session' | 'task' | 'sides'>,
  agent: Agent,
  file: OpenFile,
): Promise<Answer> {
  const { session, task, sides } = site;
  const open = hunksOf(file.parts).filter(
    ({ index }) => (file.answers.get(index)?.strategy ?? 'ai') === 'ai',
  );
  const wanted = new Set(open.map(({ index }) => index));
  const hunks = open.map((hunk) => hunkQuestion(file.parts, hunk, file.refusals.get(hunk.index)));
  const acceptance = acceptanceOf(task);
  const request = {
    name: 'resolution',
    task,
    key: file.path,
    schema: answerSchema,
    validate: (value: Answer) => [...indexProblems(value, wanted), ...repeats(file.parts, open, value)],
  };
  const values = {
    path: file.path,
    task: withoutSecrets(`${task.title}\n\n${task.goal}`),
    acceptance: typeof acceptance === 'string' ? withoutSecrets(acceptance) : acceptance,
    landed: withoutSecrets(await landedMeanwhile(session, sides, [file.path])),
    names: namesIn(file),
    hunks: { plain: hunks.join('\n\n') },
    feedback: file.feedback
      ? withoutSecrets(file.feedback).slice(0, maxFeedback)
      : { plain: 'Nothing: this is the first try.' },
  };
  const cut = ['landed', 'names', 'task', 'acceptance'];
  return thinkFitting<Answer>(session, agent, request, { values, cut });
}

const maxFeedback = 4_000;

function namesIn({ base, ours, theirs }: OpenFile): string {
  const told = [
    ['Ours', nameChanges(base, ours)],
    ['Theirs', nameChanges(base, theirs)],
  ].flatMap(([side, names]) => (names ? [`${side} ${names.replaceAll('\n', `\n${side} `)}`] : []));
  return told.join('\n') || 'Neither side brings in or takes out a name.';
}

function take(file: OpenFile, answer: Answer): void {
  for (const { index, content, reason } of answer.hunks) {
    const hunk = hunksOf(file.parts).find((candidate) => candidate.index === index)!;
    answerHunk(file, index, {
      content: inStyleOf(hunk, content ?? ''),
      strategy: 'ai',
      reason: reason.slice(0, 500),
    });
  }
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
    if (!hunk || content === null) return [];
    const { before, after } = linesAround(parts, hunk);
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

/**
 * Asks about one hunk, with what a person has to say. The others of the file are not asked about.
 * Throws `no-model` (usage) with the reason, `model-declined`, and what asking throws.
 */
export async function askAboutHunk(
  site: Pick<ResolutionSite, 'session' | 'task' | 'sides'>,
  texts: ConflictTexts,
  index: number,
  word: string,
): Promise<{ text: string; reason: string }> {
  const { session, task } = site;
  const agent = await loadAgent(session, 'conflict-resolver', task);
  const cannot = whyNoThinking(session, agent);
  const room = cannot || questionSize(texts.parts) <= alwaysFits ? undefined : await roomFor(session, agent);
  const why = cannot ?? whyNotShown(texts.parts, room);
  if (why) {
    throw appError('no-model', `No model can be asked: ${why}`, {
      kind: 'usage',
      hint: 'Take a side, or write the hunk yourself: `codex-agent merge edit`.',
    });
  }
  const file = openFile(texts);
  for (const hunk of hunksOf(texts.parts)) {
    if (hunk.index !== index) answerHunk(file, hunk.index, { content: hunk.ours, strategy: 'by-hand' });
  }
  withdraw(file, [], '', `A person says of hunk ${index}: ${word}`);
  const [answer] = (await requestAnswer(site, agent, file)).hunks;
  const reason = answer?.reason.slice(0, 500) ?? '';
  if (!answer || answer.content === null) {
    throw appError('model-declined', `The model declines hunk ${index}: ${reason}`, {
      hint: 'Say it in other words, take a side, or write it yourself.',
    });
  }
  const hunk = hunksOf(texts.parts).find((one) => one.index === index)!;
  return { text: inStyleOf(hunk, answer.content), reason };
}
