/** The validator agent: reads a diff, returns findings. What it says about files it was not shown is dropped. */

import { redactSecrets } from '../../../domain/landing/secrets.js';
import type { Finding, Severity } from '../../../domain/landing/validation.js';
import { hasCode, messageOf } from '../../../domain/platform/errors.js';
import type { Task } from '../../../domain/store/task.js';
import { acceptanceOf, loadAgent, requestOf, think, whyNoThinking } from '../../agents/index.js';
import type { RepoSession } from '../../store/index.js';
import type { Changes } from './changes.js';

/** About 60,000 tokens: more is not read with care by any model. */
const maxDiffChars = 200_000;
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

export interface Review {
  findings: Finding[];
  /** What was left out, and why. */
  skipped: string[];
  /** Why there is no review although there should be one. */
  error?: string;
}

/** Asks the validator agent about a task's changes. Throws `interrupted` only. */
export async function reviewChanges(session: RepoSession, task: Task, changes: Changes): Promise<Review> {
  const none = (reason: string): Review => ({ findings: [], skipped: [`validator agent: ${reason}`] });
  try {
    const agent = await loadAgent(session, 'validator', task);
    const cannot = whyNoThinking(session, agent);
    if (cannot) return none(cannot);
    if (changes.unread) return none(changes.unread);
    if (changes.text === '') return none('nothing to read');
    const answer = await think<{ findings: Finding[]; summary: string }>(session, agent, {
      name: 'review',
      task,
      key: task.slug,
      schema: answerSchema,
      user: await requestOf(session, 'validator', {
        title: task.title,
        goal: task.goal,
        acceptance: acceptanceOf(task),
        diff: redactSecrets(changes.text).slice(0, maxDiffChars),
      }),
    });
    return sift(answer.findings, changes);
  } catch (error) {
    if (hasCode(error, 'interrupted')) throw error;
    if (hasCode(error, 'no-scripted-answer')) return none('the demo has no review of this task');
    return { findings: [], skipped: [], error: `validator agent: ${messageOf(error)}` };
  }
}

function sift(findings: readonly Finding[], changes: Changes): Review {
  const known = new Set(changes.paths);
  const kept = findings.filter((finding) => known.has(finding.path)).slice(0, maxFindings);
  const skipped: string[] = [];
  const strangers = findings.filter((finding) => !known.has(finding.path)).length;
  if (strangers > 0)
    skipped.push(`${strangers} findings of the validator agent: not about files of the diff`);
  const surplus = findings.length - strangers - kept.length;
  if (surplus > 0) skipped.push(`${surplus} findings of the validator agent: more than ${maxFindings}`);
  if (changes.text.length > maxDiffChars) {
    skipped.push(`validator agent: read the first ${maxDiffChars} of ${changes.text.length} characters`);
  }
  return {
    findings: kept.map((finding) => ({ ...finding, message: finding.message.slice(0, 1000) })),
    skipped,
  };
}
