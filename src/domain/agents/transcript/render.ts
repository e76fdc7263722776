/** Events to the lines of a transcript, as people read them. Raw text: it is sanitised where it is shown. */
import type { AgentEvent } from '../agent-event.js';
import { unwrapShell } from './shell.js';
import { createTyping } from './typing.js';

/** Lines of a command's output shown before and after the gap. */
const outputHead = 6;
const outputTail = 14;
/** Lines of what a person said that are shown. */
const messageLines = 6;

type ToolEvent = Extract<AgentEvent, { type: 'tool' }>;

export interface Renderer {
  /** Lines completed by these events. */
  render(events: readonly AgentEvent[]): string[];
  /** Lines that are still being written: they may change or grow. */
  open(): string[];
}

/**
 * A renderer for one stream, in order. It remembers which tools it has announced, so that one whose
 * beginning was not seen is still named, and what is being said. Paths below `cwd` are shown relative to it.
 */
export function createRenderer(options: { cwd?: string } = {}): Renderer {
  const announced = new Set<string>();
  const typing = createTyping();
  const within = options.cwd ? `${options.cwd.replace(/\/+$/, '')}/` : undefined;
  const short = (path: string) => (within && path.startsWith(within) ? path.slice(within.length) : path);

  const linesOf = (event: AgentEvent): string[] => {
    switch (event.type) {
      case 'text':
        return typing.said('text', event);
      case 'thought':
        return typing.said('thought', { ...event, final: event.final ?? true });
      case 'tool':
        if (event.state === 'output') return [...announce(event), ...typing.printed(event)];
        return [...typing.pause(), ...toolLines(event)];
      case 'message':
        return [...typing.pause(), ...quoted(event.text)];
      case 'approval': {
        const { kind, detail, reason } = event.approval;
        const asked = `${kind} ${kind === 'command' ? unwrapShell(detail) : kind === 'edit' ? short(detail) : detail}`;
        return [...typing.pause(), ...withMark('asks: ', asked), ...withMark('because: ', reason ?? '')];
      }
      case 'answered':
        return [`answer: ${event.option}`];
      case 'retry': {
        const count = event.attempt === undefined ? '' : ` ${event.attempt}/${event.max}`;
        return withMark(`retry${count}: `, event.reason);
      }
      case 'warning':
        return withMark('note: ', event.message);
      case 'error':
        return event.final ? withMark('error: ', event.error.message) : [];
      case 'usage':
        if (event.usage.scope === 'step') return [];
        return [`tokens: ${event.usage.input} in (${event.usage.cached} cached), ${event.usage.output} out`];
      case 'end': {
        const how = event.ok ? 'done' : event.interrupted ? 'interrupted' : 'failed';
        return [...typing.pause(), how, ...(event.text ? split(event.text) : [])];
      }
      case 'line':
        return [event.text];
      case 'unknown':
        return [`? ${event.name}${event.text ? `: ${firstLine(event.text)}` : ''}`];
      case 'turn':
        return typing.pause();
      case 'limit':
        return [`note: the limit ends at ${new Date(event.resetsAt).toISOString()}`];
      case 'session':
      case 'diff':
        return [];
    }
  };

  const announce = (event: ToolEvent): string[] => {
    if (announced.has(event.itemId)) return [];
    announced.add(event.itemId);
    return [event.kind === 'command' ? `$ ${unwrapShell(event.command ?? '')}` : nameOf(event)];
  };

  const toolLines = (event: ToolEvent): string[] => {
    const ended = event.state !== 'started';
    if (event.kind === 'edit') {
      if (!ended) return [];
      const verb = event.state === 'ok' ? 'edit' : `edit ${event.state}:`;
      const named = (event.paths?.length ? event.paths : ['']).map((path) =>
        `${verb} ${short(path)}`.trimEnd(),
      );
      return [...named, ...bounded(split(event.diff ?? ''))];
    }
    const lines = announce(event);
    if (!ended) return lines;
    announced.delete(event.itemId);
    lines.push(...(typing.printedAll(event.itemId) ?? bounded(split(event.output ?? ''))));
    if (event.state === 'denied' || event.state === 'stopped') lines.push(event.state);
    if (event.state === 'failed')
      lines.push(event.exitCode === undefined ? 'failed' : `exit ${event.exitCode}`);
    return lines;
  };

  return { render: (events) => events.flatMap(linesOf), open: typing.open };
}

/** Renders a bounded list of events on its own, with what they leave open. */
export function renderEvents(events: readonly AgentEvent[], options: { cwd?: string } = {}): string[] {
  const renderer = createRenderer(options);
  return [...renderer.render(events), ...renderer.open()];
}

const nameOf = ({ kind, name }: ToolEvent) => (kind === 'other' ? name : `${kind} ${name}`);

function bounded(lines: string[]): string[] {
  const over = lines.length - outputHead - outputTail;
  if (over <= 1) return lines;
  return [...lines.slice(0, outputHead), `… ${over} lines more …`, ...lines.slice(-outputTail)];
}

function split(text: string): string[] {
  const trimmed = text.replace(/\s+$/, '');
  return trimmed === '' ? [] : trimmed.split('\n');
}

function quoted(text: string): string[] {
  const lines = split(text);
  const shown = lines.length > messageLines ? [...lines.slice(0, messageLines), '…'] : lines;
  return shown.map((line) => `> ${line}`);
}

function withMark(mark: string, text: string): string[] {
  const [first, ...rest] = split(text);
  return first === undefined ? [] : [`${mark}${first}`, ...rest.filter((line) => line.trim() !== '')];
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]!.slice(0, 200);
}
