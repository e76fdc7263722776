/** Names of the branches that tasks work on: made from a template of the configuration. */
import { appError } from '../platform/errors.js';
import type { Task } from './task.js';

/** What a template may name, and what each stands for. */
const branchVariables = {
  slug: "the task's slug",
  id: "the task's id",
  owner: "the task's owner",
  ticket: 'the first label that looks like a ticket, such as ABC-12 or #12',
} as const;

export const defaultBranchTemplate = 'codex-agent/{slug}';

const ticket = /^(?:[A-Za-z][A-Za-z0-9]*-\d+|#?\d+)$/;

/**
 * The branch of a task that did not bring its own. A variable without a value leaves no trace of its separator.
 * Throws (usage) `bad-branch-template`, naming the setting.
 */
export function branchName(template: string, task: Pick<Task, 'slug' | 'id' | 'owner' | 'labels'>): string {
  const values: Record<string, string> = {
    slug: task.slug,
    id: task.id,
    owner: asPart(task.owner),
    ticket: asPart(task.labels.find((label) => ticket.test(label)) ?? ''),
  };
  const name = template
    .replace(/\{(\w+)\}/g, (whole, key: string) => values[key] ?? whole)
    .split('/')
    .map((part) => part.replace(/^[-_.]+|[-_.]+$/g, '').replace(/([-_])[-_]+/g, '$1'))
    .filter(Boolean)
    .join('/');
  if (isBranchName(name)) return name;
  throw appError(
    'bad-branch-template',
    `worktree.branch = ${JSON.stringify(template)} gives no branch name: ${name}`,
    {
      kind: 'usage',
      hint: `Write something like "agents/{slug}"; it may hold ${Object.keys(branchVariables)
        .map((key) => `{${key}}`)
        .join(', ')}.`,
    },
  );
}

const asPart = (text: string) => text.replace(/^#/, '').replace(/[^\p{L}\p{N}._-]+/gu, '-');

/** Whether git takes the text for a branch (git-check-ref-format). */
export function isBranchName(name: string): boolean {
  const parts = name.split('/');
  return (
    name !== '' &&
    name !== '@' &&
    name.length <= 200 &&
    !/[\x00-\x20\x7f~^:?*[\\{}]|\.\.|@\{/.test(name) &&
    !/^-|\.$/.test(name) &&
    parts.every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'))
  );
}

/** Whether the program made the branch up, so that it may also take it away. */
export function isOwnBranch({ branch, branchBy }: Pick<Task, 'branch' | 'branchBy'>): boolean {
  return branchBy ? branchBy === 'program' : branch.startsWith('codex-agent/');
}
