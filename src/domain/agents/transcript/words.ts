/** What an event says in words, whole: for looking something up, where a rendering would be shortened. */
import type { AgentEvent } from '../agent-event.js';

/** Pieces of messages say nothing: the whole message follows. */
export function searchedText(event: AgentEvent): string {
  switch (event.type) {
    case 'text':
      return event.final ? event.text : '';
    case 'thought':
      return event.final === false ? '' : event.text;
    case 'message':
    case 'line':
      return event.text;
    case 'tool':
      return toolWords(event);
    case 'approval':
      return `${event.approval.detail} ${event.approval.reason ?? ''}`;
    case 'retry':
      return event.reason;
    case 'warning':
      return event.message;
    case 'error':
      return event.error.message;
    case 'end':
      return event.text ?? '';
    case 'plan':
      return event.steps.map(({ text }) => text).join('\n');
    case 'unknown':
      return event.text ?? event.name;
    default:
      return '';
  }
}

/** The beginning names a tool, its end has the rest: each word is found once. */
function toolWords(event: Extract<AgentEvent, { type: 'tool' }>): string {
  if (event.state === 'started') return event.command ?? event.name;
  if (event.state === 'output') return '';
  return [
    ...(event.kind === 'edit' ? (event.paths ?? []) : []),
    event.output,
    ...(event.files ?? []).map(({ diff }) => diff),
  ]
    .filter(Boolean)
    .join('\n');
}

/** The line of a text that holds the looked-for words, cut around them; undefined when none does. */
export function lineWith(text: string, wanted: string, width = 200): string | undefined {
  const at = text.toLowerCase().indexOf(wanted.toLowerCase());
  if (at < 0) return undefined;
  const from = text.lastIndexOf('\n', at) + 1;
  const newline = text.indexOf('\n', at + wanted.length);
  const to = newline < 0 ? text.length : newline;
  const start = Math.max(from, at - Math.floor(width / 3));
  const end = Math.min(to, Math.max(start + width, at + wanted.length));
  return `${start > from ? '…' : ''}${text.slice(start, end).replace(/\n/g, ' ')}${end < to ? '…' : ''}`.trim();
}
