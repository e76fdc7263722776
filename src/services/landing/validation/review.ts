/** The validator agent: reads a diff in parts, says what of the task is met and what is wrong. Inventions are dropped. */

import type { Agent } from '../../../domain/agents/agent.js';
import type { Plain } from '../../../domain/agents/prompt.js';
import { allAnswers } from '../../../domain/landing/all-answers.js';
import { type CriterionResult, judgeCriteria, type RawCriterion } from '../../../domain/landing/criteria.js';
import { placeInDiff } from '../../../domain/landing/finding-places.js';
import { unplacedError } from '../../../domain/landing/policies/unplaced.js';
import { partsOf } from '../../../domain/landing/reading-parts.js';
import { redactSecrets } from '../../../domain/landing/secrets.js';
import { unreadableFiles, withoutZeros } from '../../../domain/landing/unreadable.js';
import type { CheckResult, Finding, PolicyEvidence, Severity } from '../../../domain/landing/validation.js';
import { hasCode, messageOf } from '../../../domain/platform/errors.js';
import type { Task } from '../../../domain/store/task.js';
import { acceptanceOf, loadAgent, roomFor, thinkFitting, whyNoThinking } from '../../agents/index.js';
import type { RepoSession } from '../../store/index.js';
import type { Changes } from './changes.js';

/** About 60,000 tokens: more is not read with care by any model at once. */
const partChars = 200_000;
const maxParts = 6;
/** Smaller parts, for a model that takes no more, may be more of them. */
const mostParts = 24;
/** Every model takes a diff of so many characters. */
const alwaysFits = 6_000;
/** Remarks and warnings beyond this are counted; errors all stay. */
const maxFindings = 50;

const severities: readonly Severity[] = ['error', 'warning', 'info'];

const answerSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['findings', 'summary'],
  properties: {
    findings: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['severity', 'path', 'line', 'message'],
        properties: {
          severity: { type: 'string', enum: severities },
          path: { type: 'string' },
          line: { type: 'integer' },
          message: { type: 'string' },
        },
      },
    },
    summary: { type: 'string' },
  },
};

/** The same for a task with acceptance criteria. */
const criteriaSchema = {
  ...answerSchema,
  required: ['criteria', ...answerSchema.required],
  properties: {
    criteria: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['criterion', 'answer', 'path', 'line', 'quote', 'evidence'],
        properties: {
          criterion: { type: 'integer' },
          answer: { type: 'string', enum: ['met', 'not met', 'cannot tell'] },
          path: { type: 'string' },
          line: { type: 'integer' },
          quote: { type: 'string' },
          evidence: { type: 'string' },
        },
      },
    },
    ...answerSchema.properties,
  },
};

interface Answer {
  criteria?: RawCriterion[];
  findings: Finding[];
  summary: string;
}

export interface Review {
  /** Whether the agent read the whole change. */
  read: boolean;
  findings: Finding[];
  /** Its errors at places that the diff does not have. */
  unplaced: PolicyEvidence[];
  /** What it says of each acceptance criterion; absent where it gave no answer or was not asked. */
  criteria?: CriterionResult[];
  /** What was left out, and why. */
  skipped: string[];
  /** Why there is no review although there should be one. */
  error?: string;
}

/**
 * Asks the validator agent about a task's changes. Throws `interrupted` only.
 * @param checks what the checks said; undefined: they have not run
 */
export async function reviewChanges(
  session: RepoSession,
  task: Task,
  changes: Changes,
  checks?: readonly CheckResult[],
  again = false,
): Promise<Review> {
  const none = (reason: string): Review => ({
    read: false,
    findings: [],
    unplaced: [],
    skipped: [`validator agent: ${reason}`],
  });
  let size = partChars;
  try {
    const agent = await loadAgent(session, 'validator', task);
    const cannot = whyNoThinking(session, agent);
    if (cannot) return none(cannot);
    if (changes.unread) return unanswered(`did not read the change: ${changes.unread}`);
    if (changes.text === '') return none('nothing to read');
    const read = await partsThatFit(session, agent, task, changes);
    size = read.size;
    const { findings, answers } = await askOf(session, agent, task, read.parts, checksText(checks));
    const review = withCriteria(sift(findings, changes), task, answers, changes);
    return withUnread(review, read.unread, changes);
  } catch (error) {
    if (hasCode(error, 'interrupted')) throw error;
    // Now the server may have said how much it takes.
    if (hasCode(error, 'model-context') && !again) {
      const room = await roomFor(session, await loadAgent(session, 'validator', task));
      if (room && room.chars < size) return reviewChanges(session, task, changes, checks, true);
    }
    if (hasCode(error, 'no-scripted-answer')) return none('the demo has no review of this task');
    return unanswered(messageOf(error));
  }
}

/** Cuts the diff into parts that the agent's model takes at once. `size` is that of a part, in characters. */
async function partsThatFit(session: RepoSession, agent: Agent, task: Task, changes: Changes) {
  // What every model takes needs no look at how much this one does.
  const room = changes.text.length > alwaysFits ? await roomFor(session, agent) : undefined;
  const size = Math.min(partChars, room?.chars ?? partChars);
  const { parts, unread } = partsOf(withoutZeros(changes.text), {
    size,
    most: Math.min(mostParts, Math.ceil((maxParts * partChars) / size)),
    redact: redactSecrets,
  });
  if (room && size < partChars && parts.length > 1) {
    const message = `${task.slug}: the diff is read in ${parts.length} parts, since ${agent.model || session.config.model.model} takes ${room.tokens} tokens at once`;
    session.emit({ type: 'noted', level: 'info', message });
  }
  return { size, parts, unread };
}

/** Asks about one part after the other; `answers` are absent when no part brought any. */
async function askOf(
  session: RepoSession,
  agent: Agent,
  task: Task,
  parts: readonly string[],
  checks: string | Plain,
): Promise<{ findings: Finding[]; answers?: RawCriterion[] }> {
  const findings: Finding[] = [];
  let answers: RawCriterion[] | undefined;
  for (const [at, part] of parts.entries()) {
    const schema = task.acceptance.length > 0 ? criteriaSchema : answerSchema;
    const request = { name: 'review', task, key: task.slug, schema, combine: allAnswers<Answer> };
    const values = {
      title: task.title,
      goal: task.goal,
      acceptance: task.acceptance.length > 0 ? numbered(task.acceptance) : acceptanceOf(task),
      checks,
      diff: parts.length === 1 ? part : `Part ${at + 1} of ${parts.length} of the diff.\n\n${part}`,
    };
    const cut = ['checks', 'goal'];
    const answer = await thinkFitting<Answer>(session, agent, request, { values, cut });
    findings.push(...answer.findings);
    // The script of the demo knows of no criteria.
    if (answer.criteria) answers = [...(answers ?? []), ...answer.criteria];
  }
  return { findings, ...(answers ? { answers } : {}) };
}

const numbered = (criteria: readonly string[]) => criteria.map((text, at) => `${at + 1}. ${text}`).join('\n');

/** What the checks said, as data: their output is the repository's. */
function checksText(checks: readonly CheckResult[] | undefined): string | Plain {
  if (!checks) return { plain: 'They have not run yet.' };
  if (checks.length === 0) return { plain: 'None are configured.' };
  return redactSecrets(
    checks
      .map(({ name, kind, status, summary }) => `${status}: ${name} (${kind}): ${summary.slice(0, 2000)}`)
      .join('\n'),
  );
}

function withCriteria(
  review: Review,
  task: Task,
  answers: readonly RawCriterion[] | undefined,
  changes: Changes,
): Review {
  if (task.acceptance.length === 0 || !answers) return review;
  const { results, invented } = judgeCriteria(task.acceptance, answers, changes.files);
  const told = `${invented} answers of the validator agent: their evidence is not in the diff`;
  return { ...review, criteria: results, skipped: [...review.skipped, ...(invented > 0 ? [told] : [])] };
}

const unanswered = (why: string): Review => ({
  read: false,
  findings: [],
  unplaced: [],
  skipped: [],
  error: `validator agent: ${why}`,
});

/** The review without a verdict where the agent did not see all lines, and with what it did not read. */
function withUnread(review: Review, tooMuch: readonly string[], { files }: Changes): Review {
  const garbled = unreadableFiles(files).map(({ path }) => path);
  const why = [
    ...(review.error ? [review.error] : []),
    ...(tooMuch.length > 0
      ? [`validator agent: the diff is too large, it did not read ${few(tooMuch)}`]
      : []),
    ...(garbled.length > 0 ? [`validator agent: it cannot read ${few(garbled)}, which is not in UTF-8`] : []),
  ];
  return why.length > 0 ? { ...review, read: false, error: why.join('; ') } : review;
}

const few = (names: readonly string[]): string =>
  names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more files` : names.join(', ');

/**
 * Findings at the places that the diff has. What else is said of places is dropped and counted, but for errors: no
 * count cuts one, and one without a place waits for a person's word.
 */
function sift(findings: readonly Finding[], { files }: Changes): Review {
  const placed = new Map<string, Finding>();
  const unplaced = new Map<string, PolicyEvidence>();
  let elsewhere = 0;
  for (const finding of findings) {
    const place = placeInDiff(finding.path, finding.line, files);
    if (place.kind === 'elsewhere' || place.kind === 'unshown') {
      const told = finding.severity === 'error' ? unplacedError(finding, place) : undefined;
      if (told && unplaced.size < maxFindings) unplaced.set(JSON.stringify(told), told);
      else elsewhere++;
      continue;
    }
    const path = place.kind === 'placed' ? place.path : finding.path.trim();
    const kept = { ...finding, path, message: finding.message.slice(0, 1000) };
    placed.set(JSON.stringify([kept.severity, kept.path, kept.line, kept.message]), kept);
  }
  const { kept: told, surplus } = fewest([...placed.values()]);
  const skipped: string[] = [];
  if (elsewhere > 0) {
    skipped.push(`${elsewhere} findings of the validator agent: not about files and lines of the diff`);
  }
  const there = files.filter(({ change }) => change !== 'deleted');
  const unread = [
    ['binary files', there.filter(({ binary }) => binary)],
    ['submodules', there.filter(({ submodule }) => submodule)],
  ] as const;
  for (const [what, some] of unread)
    if (some.length > 0) skipped.push(`${what}, not read: ${some.map(({ path }) => path).join(', ')}`);
  if (surplus > 0) skipped.push(`${surplus} findings of the validator agent: more than ${maxFindings}`);
  const read = unread.every(([, some]) => some.length === 0);
  return { read, findings: told, unplaced: [...unplaced.values()], skipped };
}

/** Every error, and of the rest the gravest as far as there is room. */
function fewest(all: readonly Finding[]): { kept: Finding[]; surplus: number } {
  const errors = all.filter(({ severity }) => severity === 'error');
  const others = all
    .filter(({ severity }) => severity !== 'error')
    .sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  const kept = [...errors, ...others.slice(0, Math.max(0, maxFindings - errors.length))];
  return { kept, surplus: all.length - kept.length };
}
