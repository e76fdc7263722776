/** Text of a stub ↔ task. */
import { isDeepStrictEqual } from 'node:util';
import { appError } from '../../../domain/platform/errors.js';
import type { TaskDraft } from '../../../domain/store/draft.js';
import { isSlug } from '../../../domain/store/slug.js';
import type { Task } from '../../../domain/store/task.js';
import { tomlLiteral } from '../../../domain/store/toml-text.js';
import { readDocument } from '../config/check.js';
import { readYamlFront } from './yaml-front.js';

/** Keys of the front matter and the fields they stand for; the order is the order they are written in. */
const fields = {
  title: 'title',
  slug: 'slug',
  status: 'status',
  priority: 'priority',
  owner: 'owner',
  labels: 'labels',
  depends_on: 'dependsOn',
  touches: 'touches',
  runner: 'runner',
  model: 'model',
  budget: 'budget',
  branch: 'branch',
  base: 'startFrom',
  goal: 'goal',
  acceptance: 'acceptance',
} as const satisfies Record<string, keyof TaskDraft>;

/**
 * Front matter between two lines `+++` (or, as other tools write it, `---`), then the goal, then, if there is one, the
 * list under `## Acceptance`. Without a title the first heading is it, wherever it stands. Throws `stub-invalid`, `toml-syntax` or `config-invalid` with line and column.
 * @param name what to call it in messages; the name of a file also gives the slug when the front matter has none
 */
export async function parseStub(text: string, name: string): Promise<TaskDraft> {
  const { front, body, yaml } = split(text.replace(/^\ufeff/, '').replaceAll('\r\n', '\n'), name);
  const table = yaml
    ? readYamlFront(front)
    : await readDocument({ where: name, text: front, linesBefore: 1 }, 'stub');
  const draft: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(fields)) if (table[key] !== undefined) draft[field] = table[key];
  const { goal, acceptance, heading } = readBody(body, draft.title === undefined);
  draft.title ??= heading;
  draft.slug ??= slugOf(name);
  // Of another tool's file the text below says more than its description.
  if (yaml && goal) draft.goal = goal;
  else draft.goal ??= goal;
  draft.acceptance ??= acceptance;
  if (draft.title === undefined) {
    throw appError('stub-invalid', `${name}:1:1: the stub has no title.`, {
      hint: 'Write title = "…" between the lines +++, or begin the text with a heading.',
    });
  }
  return withoutUndefined(draft) as unknown as TaskDraft;
}

/** The stub of a task or a draft; `parseStub` gives the same back. */
export function formatStub(task: TaskDraft | Task): string {
  const front: string[] = [];
  for (const [key, field] of Object.entries(fields)) {
    const value = (task as unknown as Record<string, unknown>)[field];
    if (field === 'goal' || field === 'acceptance' || isDefault(task, field, value)) continue;
    front.push(`${key} = ${tomlLiteral(value)}`);
  }
  const goal = task.goal ?? '';
  const acceptance = task.acceptance ?? [];
  const list = `## Acceptance\n\n${acceptance.map((item) => `- ${item}\n`).join('')}`;
  // Text that would be read back differently goes into the front matter, where nothing is ambiguous.
  const plainGoal = readBody(goal, false).goal === goal && !acceptanceHeading.test(goal);
  const plainList = isDeepStrictEqual(readBody(list, false), { goal: '', acceptance });
  if (!plainGoal) front.push(`goal = ${tomlLiteral(goal)}`);
  if (!plainList && acceptance.length > 0) front.push(`acceptance = ${tomlLiteral(acceptance)}`);
  const body = [...(plainGoal && goal !== '' ? [`${goal}\n`] : []), ...(plainList ? [list] : [])];
  return `+++\n${front.join('\n')}\n+++\n${body.map((part) => `\n${part}`).join('')}`;
}

function split(text: string, name: string): { front: string; body: string; yaml: boolean } {
  const fence = /^(\+\+\+|---)[ \t]*(?:\n|$)/.exec(text)?.[1];
  const start = text.indexOf('\n') + 1;
  const end =
    fence && start > 0
      ? new RegExp(`^${fence === '---' ? '(?:---|\\.\\.\\.)' : '\\+\\+\\+'}[ \\t]*$`, 'm').exec(
          text.slice(start),
        )
      : null;
  // A rule at the top of a plain Markdown file is no front matter.
  const isRule = fence === '---' && !end && !/^[A-Za-z_]+:( |$)/.test(text.slice(start));
  if (!fence || isRule) return { front: '', body: text, yaml: false };
  if (!end) {
    throw appError('stub-invalid', `${name}:1:1: the front matter has no end.`, {
      hint: `Close it with a line ${fence}.`,
    });
  }
  const front = text.slice(start, start + end.index);
  return { front, body: text.slice(start + end.index + end[0].length), yaml: fence === '---' };
}

const acceptanceHeading = /^##[ \t]+Acceptance(?:[ \t]+criteria)?[ \t]*$/im;

function readBody(
  body: string,
  wantHeading: boolean,
): { goal?: string; acceptance?: string[]; heading?: string } {
  let text = body;
  let heading: string | undefined;
  if (wantHeading) {
    const found = firstHeading(text);
    if (found) {
      heading = found.title;
      text = [text.slice(0, found.start), text.slice(found.end)]
        .map((part) => part.trim())
        .join('\n\n')
        .trim();
    }
  }
  const found = acceptanceHeading.exec(text);
  const goal = (found ? text.slice(0, found.index) : text).trim();
  const after = found ? text.slice(found.index + found[0].length) : '';
  const end = /^#{1,2}[ \t]/m.exec(after);
  const section = end ? after.slice(0, end.index) : after;
  const rest = end ? after.slice(end.index).trim() : '';
  const items = [...section.matchAll(/^[ \t]*(?:[-*+]|\d+[.)])[ \t]+(?:\[[ xX]\][ \t]+)?(.+?)[ \t]*$/gm)];
  return {
    ...(goal || rest ? { goal: [goal, rest].filter(Boolean).join('\n\n') } : { goal: '' }),
    ...(items.length > 0 ? { acceptance: items.map((item) => item[1]!) } : {}),
    ...(heading ? { heading } : {}),
  };
}

/** The first heading of the first rank, outside of code; where there is none, the first that begins no known part. */
function firstHeading(text: string): { title: string; start: number; end: number } | undefined {
  const masked = text.replace(/^(```|~~~)[\s\S]*?^\1/gm, (code) => code.replace(/[#=]/g, ' '));
  const found =
    /^[ \t]*#[ \t]+(.+?)[ \t#]*$/m.exec(masked) ??
    /^(?![ \t]*[-*>|])[ \t]*(\S.*)\n=+[ \t]*$/m.exec(masked) ??
    /^#{2,6}[ \t]+(?!(?:acceptance|goal|description|summary|context|steps|notes|background|details)\b)(.+?)[ \t#]*$/im.exec(
      masked,
    );
  return found
    ? { title: found[1]!.trim(), start: found.index, end: found.index + found[0].length }
    : undefined;
}

/** What a task has anyway is not written: a stub says only what was decided. */
function isDefault(task: TaskDraft | Task, field: string, value: unknown): boolean {
  if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) return true;
  if (field === 'status') return value !== 'draft';
  if (field === 'priority') return value === 'normal';
  if (field === 'branch')
    return 'branchBy' in task ? task.branchBy === 'program' : value === `codex-agent/${task.slug}`;
  return false;
}

function slugOf(name: string): string | undefined {
  const base = /([^/\\]+)\.md$/.exec(name)?.[1];
  return base !== undefined && isSlug(base) ? base : undefined;
}

function withoutUndefined(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}
