/** Events to the lines of a transcript, as people read them. Raw text: whoever shows it sanitises. */
import type { AgentEvent } from '../agent-event.js';

/** Lines of a command's output shown before and after the gap. */
const outputHead = 6;
const outputTail = 14;

export type Renderer = (events: readonly AgentEvent[]) => string[];

/**
 * A renderer for one stream, in order. It remembers which tools it has announced, so that one whose
 * beginning was not seen is still named. Paths below `cwd` are shown relative to it.
 */
export function createRenderer(options: { cwd?: string } = {}): Renderer {
  const announced = new Set<string>();
  const within = options.cwd ? `${options.cwd.replace(/\/+$/, '')}/` : undefined;
  const short = (path: string) => (within && path.startsWith(within) ? path.slice(within.length) : path);
  return (events) => events.flatMap((event) => linesOf(event, announced, short));
}

/** Renders a bounded list of events on its own. */
export function renderEvents(events: readonly AgentEvent[], options: { cwd?: string } = {}): string[] {
  return createRenderer(options)(events);
}

function linesOf(event: AgentEvent, announced: Set<string>, short: (path: string) => string): string[] {
  switch (event.type) {
    case 'text':
      return split(event.text);
    case 'thought':
      return withMark('thinking: ', event.text.replace(/\*\*/g, ''));
    case 'tool':
      return toolLines(event, announced, short);
    case 'retry': {
      const count = event.attempt === undefined ? '' : ` ${event.attempt}/${event.max}`;
      return withMark(`retry${count}: `, event.reason);
    }
    case 'warning':
      return withMark('note: ', event.message);
    case 'error':
      return event.final ? withMark('error: ', event.error.message) : [];
    case 'usage':
      return [`tokens: ${event.usage.input} in (${event.usage.cached} cached), ${event.usage.output} out`];
    case 'end':
      return [event.ok ? 'done' : 'failed', ...(event.text ? split(event.text) : [])];
    case 'line':
      return [event.text];
    case 'unknown':
      return [`? ${event.name}${event.text ? `: ${firstLine(event.text)}` : ''}`];
    case 'session':
    case 'turn':
      return [];
  }
}

function toolLines(
  event: Extract<AgentEvent, { type: 'tool' }>,
  announced: Set<string>,
  short: (path: string) => string,
): string[] {
  const ended = event.state !== 'started';
  if (event.kind === 'edit') {
    if (!ended) return [];
    const verb = event.state === 'ok' ? 'edit' : `edit ${event.state}:`;
    return (event.paths?.length ? event.paths : ['']).map((path) => `${verb} ${short(path)}`.trimEnd());
  }
  const lines: string[] = [];
  if (!announced.has(event.itemId)) {
    announced.add(event.itemId);
    lines.push(
      event.kind === 'command' ? `$ ${unwrapShell(event.command ?? '')}` : `${event.kind} ${event.name}`,
    );
  }
  if (!ended) return lines;
  announced.delete(event.itemId);
  lines.push(...bounded(split(event.output ?? '')));
  if (event.state === 'denied') lines.push('denied');
  if (event.state === 'failed')
    lines.push(event.exitCode === undefined ? 'failed' : `exit ${event.exitCode}`);
  return lines;
}

/** `/bin/bash -lc 'npm test'` → `npm test`: the wrapper is the runner's, not the agent's. */
export function unwrapShell(command: string): string {
  const inner = /^(?:\/\S*\/)?(?:ba|z|da)?sh -l?c (.+)$/s.exec(command)?.[1];
  if (!inner) return command;
  if (/^'[^']*'$/.test(inner)) return inner.slice(1, -1);
  if (/^"(?:[^"\\]|\\.)*"$/s.test(inner)) return inner.slice(1, -1).replace(/\\(["\\$`])/g, '$1');
  return inner;
}

function bounded(lines: string[]): string[] {
  const over = lines.length - outputHead - outputTail;
  if (over <= 1) return lines;
  return [...lines.slice(0, outputHead), `… ${over} lines more …`, ...lines.slice(-outputTail)];
}

function split(text: string): string[] {
  const trimmed = text.replace(/\s+$/, '');
  return trimmed === '' ? [] : trimmed.split('\n');
}

function withMark(mark: string, text: string): string[] {
  const [first, ...rest] = split(text);
  return first === undefined ? [] : [`${mark}${first}`, ...rest.filter((line) => line.trim() !== '')];
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]!.slice(0, 200);
}
