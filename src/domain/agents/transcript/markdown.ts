/** A transcript as Markdown, piece by piece, for reading and for passing on. */
import { formatDuration } from '../../platform/units.js';
import type { AgentEvent, FileEdit, PlanStep } from '../agent-event.js';
import type { RunView } from '../run.js';
import { fenced, foreignMarkdown, inline, inlineCode, ownMark, quote } from './quoted.js';
import { unwrapShell } from './shell.js';

type ToolEvent = Extract<AgentEvent, { type: 'tool' }>;

/** The top: what was run, and how it ended. */
export function markdownHead(run: RunView): string {
  const rows: [string, string | undefined][] = [
    ['run', run.runId],
    ['task', run.task],
    ['agent', run.agent],
    ['runner', run.runner],
    ['session', run.sessionId],
    ['started', run.startedAt],
    ['ended', run.endedAt],
    ['status', `${run.status ?? run.phase}${run.error ? ` (${run.error.code})` : ''}`],
    ['tokens', run.usage && `${run.usage.input} in (${run.usage.cached} cached), ${run.usage.output} out`],
  ];
  const shown = rows.flatMap(([name, value]) => (value ? [`- ${name}: ${inline(value)}`] : []));
  return `# ${inline(run.task)}\n\n${shown.join('\n')}\n`;
}

const own = (text: string): string => `${ownMark} ${text}`;

/** The events of a stream, in order, each with a blank line before it. Empty for what needs no showing. */
export function createMarkdown(options: { cwd: string }): (event: AgentEvent) => string {
  const within = `${options.cwd.replace(/\/+$/, '')}/`;
  const short = (path: string) => (path.startsWith(within) ? path.slice(within.length) : path);
  const announced = new Set<string>();
  return (event) => {
    const block = blockOf(event, announced, short);
    return block === '' ? '' : `\n${block}\n`;
  };
}

function blockOf(event: AgentEvent, announced: Set<string>, short: (path: string) => string): string {
  switch (event.type) {
    case 'text':
      return event.final ? foreignMarkdown(event.text) : '';
    case 'thought':
      return event.final === false ? '' : quote(event.text);
    case 'message':
      return `${own('**You:**')}\n\n${quote(event.text)}`;
    case 'tool':
      return toolBlock(event, announced, short);
    case 'approval':
      return own(`**Asked:** ${inlineCode(event.approval.detail)}`);
    case 'answered':
      return own(`**Answered:** ${inlineCode(event.option)}`);
    case 'retry':
      return own(`Retry: ${inlineCode(event.reason)}`);
    case 'warning':
      return own(`Note: ${inlineCode(event.message)}`);
    case 'error':
      return event.final ? own(`**Error (${event.error.code}):** ${inlineCode(event.error.message)}`) : '';
    case 'end':
      return event.text ? foreignMarkdown(event.text) : '';
    case 'line':
      return event.text === '' ? '' : fenced(event.text);
    case 'plan':
      return `${own('**Plan**')}\n\n${planBlock(event.steps)}`;
    default:
      return '';
  }
}

function toolBlock(event: ToolEvent, announced: Set<string>, short: (path: string) => string): string {
  if (event.state === 'output') return '';
  const ended = event.state !== 'started';
  if (event.kind === 'edit') {
    if (!ended) return '';
    return editBlock(event, short);
  }
  const name =
    event.kind === 'command'
      ? `${own('**Ran**')}\n\n${fenced(unwrapShell(event.command ?? ''), 'sh')}`
      : own(inlineCode(event.name));
  const blocks = announced.has(event.itemId) ? [] : [name];
  announced.add(event.itemId);
  if (!ended) return blocks.join('\n\n');
  announced.delete(event.itemId);
  if (event.output) blocks.push(fenced(event.output));
  const outcome = howItEnded(event);
  if (outcome !== '') blocks.push(own(outcome));
  return blocks.join('\n\n');
}

/** Each file with what was changed in it. */
function editBlock(event: ToolEvent, short: (path: string) => string): string {
  const how = howItEnded(event);
  const files: FileEdit[] = event.files ?? (event.paths ?? []).map((path) => ({ path, change: 'modified' }));
  return files
    .map(({ path, change, diff }) => {
      const name = own(
        `**${changeNames[change]}** ${inlineCode(short(path))}${how === '' ? '' : ` (${how})`}`,
      );
      return diff ? `${name}\n\n${fenced(diff, 'diff')}` : name;
    })
    .join('\n\n');
}

const changeNames = { added: 'New file', modified: 'Edited', deleted: 'Deleted' } as const;

/** What went wrong, and how long it took. */
function howItEnded({ state, exitCode, durationMs }: ToolEvent): string {
  const how = state === 'ok' ? '' : exitCode === undefined ? state : `exit ${exitCode}`;
  const took = durationMs === undefined || durationMs < 100 ? '' : formatDuration(durationMs);
  return [how, took].filter((word) => word !== '').join(', ');
}

const boxes = { done: '[x]', doing: '[ ]', open: '[ ]' } as const;

const planBlock = (steps: readonly PlanStep[]): string =>
  steps
    .map(({ text, state }) => `- ${boxes[state]} ${inline(text)}${state === 'doing' ? ' *(now)*' : ''}`)
    .join('\n');
