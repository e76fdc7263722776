/** A transcript as Markdown, piece by piece, for reading and for passing on. */
import type { AgentEvent } from '../agent-event.js';
import type { RunView } from '../run.js';
import { unwrapShell } from './shell.js';

/** How much of one output or diff is written. */
const maxOutput = 20_000;

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
      return event.final ? event.text.trim() : '';
    case 'thought':
      return event.final === false ? '' : quote(event.text);
    case 'message':
      return `**You:** ${event.text.trim()}`;
    case 'tool':
      return toolBlock(event, announced, short);
    case 'approval':
      return `**Asked:** ${inline(event.approval.detail)}`;
    case 'answered':
      return `**Answered:** ${inline(event.option)}`;
    case 'retry':
      return `*Retry: ${inline(event.reason)}*`;
    case 'warning':
      return `*Note: ${inline(event.message)}*`;
    case 'error':
      return event.final ? `**Error (${event.error.code}):** ${inline(event.error.message)}` : '';
    case 'end':
      return event.text?.trim() ?? '';
    case 'line':
      return event.text === '' ? '' : fence(event.text);
    case 'unknown':
      return `*Not understood: ${inline(event.name)}*\n\n${fence(event.text ?? '')}`;
    default:
      return '';
  }
}

function toolBlock(
  event: Extract<AgentEvent, { type: 'tool' }>,
  announced: Set<string>,
  short: (path: string) => string,
): string {
  if (event.state === 'output') return '';
  const ended = event.state !== 'started';
  if (event.kind === 'edit') {
    if (!ended) return '';
    const paths = (event.paths ?? []).map((path) => `\`${short(path)}\``).join(', ');
    const how = event.state === 'ok' ? '' : ` (${event.state})`;
    return [`**Edited** ${paths}${how}`, ...(event.diff ? [fence(event.diff, 'diff')] : [])].join('\n\n');
  }
  const name =
    event.kind === 'command'
      ? fence(`$ ${unwrapShell(event.command ?? '')}`, 'sh')
      : `**${inline(event.name)}**`;
  const blocks = announced.has(event.itemId) ? [] : [name];
  announced.add(event.itemId);
  if (!ended) return blocks.join('\n\n');
  announced.delete(event.itemId);
  if (event.output) blocks.push(fence(event.output));
  if (event.state !== 'ok')
    blocks.push(event.exitCode === undefined ? `*${event.state}*` : `*exit ${event.exitCode}*`);
  return blocks.join('\n\n');
}

const inline = (text: string): string => text.replace(/\s+/g, ' ').trim();
const quote = (text: string): string =>
  text.trim() === ''
    ? ''
    : text
        .trim()
        .split('\n')
        .map((line) => `> ${line}`)
        .join('\n');

/** A fence longer than any in the text, so that nothing breaks out of it. */
function fence(text: string, language = ''): string {
  const longest = Math.max(2, ...[...text.matchAll(/`{3,}/g)].map(([ticks]) => ticks.length));
  const ticks = '`'.repeat(longest + 1);
  const over = text.length - maxOutput;
  const kept =
    over <= 0
      ? text
      : `${text.slice(0, maxOutput / 2)}\n… ${over} characters more …\n${text.slice(-maxOutput / 2)}`;
  return `${ticks}${language}\n${kept.replace(/\s+$/, '')}\n${ticks}`;
}
