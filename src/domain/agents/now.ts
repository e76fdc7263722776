/** What a run does at this moment, in a few words for a row of a list. */
import type { AgentEvent } from './agent-event.js';
import type { RunNow } from './run.js';
import { unwrapShell } from './transcript/shell.js';

const shownLength = 200;

/** The last thing that these events tell of, newest last; undefined when they tell of nothing. Raw text. */
export function nowOf(events: readonly AgentEvent[], options: { cwd?: string } = {}): RunNow | undefined {
  for (let at = events.length - 1; at >= 0; at--) {
    const now = toldBy(events[at]!, options.cwd);
    if (now) return { ...now, text: now.text.split('\n', 1)[0]!.slice(0, shownLength) };
  }
  return undefined;
}

function toldBy(event: AgentEvent, cwd: string | undefined): RunNow | undefined {
  switch (event.type) {
    case 'tool':
      return toolNow(event, cwd);
    case 'thought':
      return { kind: 'thought', text: lastLine(event.text) };
    case 'text':
      return event.text.trim() === '' ? undefined : { kind: 'text', text: lastLine(event.text) };
    case 'line':
      return event.text.trim() === '' ? undefined : { kind: 'text', text: event.text.trim() };
    case 'message':
      return { kind: 'message', text: event.text };
    case 'retry':
      return { kind: 'retry', text: event.reason };
    default:
      return undefined;
  }
}

function toolNow(event: Extract<AgentEvent, { type: 'tool' }>, cwd: string | undefined): RunNow {
  const outcome = outcomeOf(event.state);
  if (event.kind === 'command')
    return { kind: 'command', text: unwrapShell(event.command ?? ''), ...outcome };
  if (event.kind !== 'edit') return { kind: 'tool', text: event.name, ...outcome };
  const paths = (event.paths ?? []).map((path) => within(path, cwd));
  const more = paths.length > 1 ? ` and ${paths.length - 1} more` : '';
  return { kind: 'edit', text: `${paths[0] ?? ''}${more}`, ...outcome };
}

function outcomeOf(state: Extract<AgentEvent, { type: 'tool' }>['state']): Pick<RunNow, 'outcome'> {
  if (state === 'started' || state === 'output') return {};
  return { outcome: state === 'ok' ? 'ok' : 'failed' };
}

function within(path: string, cwd: string | undefined): string {
  const folder = cwd ? `${cwd.replace(/\/+$/, '')}/` : undefined;
  return folder && path.startsWith(folder) ? path.slice(folder.length) : path;
}

const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1)?.trim() ?? '';
