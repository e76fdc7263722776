/** Tool calls of an ACP agent: each update tells only what changed, so what is known of a call is kept. */
import type { AgentEvent, FileEdit } from '../agent-event.js';
import { hunksBetween, wholeAs } from './hunks.js';
import { asRecord, type JsonRecord, numberOf, recordsOf, textOf } from './records.js';

type ToolEvent = Extract<AgentEvent, { type: 'tool' }>;

interface Call {
  kind: ToolEvent['kind'];
  title: string;
  command?: string;
  paths: string[];
  files: FileEdit[];
  /** When it was first told of, on the clock of the recording. */
  since?: number;
  /** What it has printed so far. */
  output: string;
  exitCode?: number;
  announced: boolean;
  denied: boolean;
}

const kinds: Readonly<Record<string, ToolEvent['kind']>> = {
  edit: 'edit',
  delete: 'edit',
  move: 'edit',
  execute: 'command',
  search: 'search',
};

export function createAcpTools() {
  const calls = new Map<string, Call>();

  return {
    /** Events of a `tool_call` or `tool_call_update`, and when it came. */
    update(update: JsonRecord, at?: number): AgentEvent[] {
      const itemId = textOf(update.toolCallId) ?? '';
      const call = calls.get(itemId) ?? {
        kind: 'other',
        title: 'tool',
        paths: [],
        files: [],
        ...(at === undefined ? {} : { since: at }),
        output: '',
        announced: false,
        denied: false,
      };
      calls.set(itemId, call);
      const before = call.output;
      learn(call, update);
      if (update.status === 'completed' || update.status === 'failed') {
        calls.delete(itemId);
        const took = at === undefined || call.since === undefined ? {} : { durationMs: at - call.since };
        return [{ ...eventOf(itemId, call, endState(call, update.status)), ...took }];
      }
      const events: AgentEvent[] = [];
      // A command is announced once it is known: before, it only has the name of its tool.
      if (!call.announced && (call.kind !== 'command' || call.command !== undefined)) {
        call.announced = true;
        events.push(eventOf(itemId, { ...call, output: '' }, 'started'));
      }
      if (call.output !== before && call.output.startsWith(before)) {
        events.push(eventOf(itemId, { ...call, output: call.output.slice(before.length) }, 'output'));
      }
      return events;
    },
    /** The person refused it. */
    deny(itemId: string): void {
      const call = calls.get(itemId);
      if (call) call.denied = true;
    },
    /** The turn is over: what has not ended never will. */
    close(): AgentEvent[] {
      const left = [...calls].map(([id, call]) => eventOf(id, call, call.denied ? 'denied' : 'stopped'));
      calls.clear();
      return left;
    },
  };
}

function learn(call: Call, update: JsonRecord): void {
  const kind = textOf(update.kind);
  if (kind !== undefined) call.kind = kinds[kind] ?? 'other';
  call.title = textOf(update.title) ?? call.title;
  call.command = textOf(asRecord(update.rawInput)?.command) ?? call.command;
  const content = recordsOf(update.content);
  const diffs = content.filter((part) => part.type === 'diff');
  const places = [...diffs, ...recordsOf(update.locations)].flatMap((place) => textOf(place.path) ?? []);
  if (places.length > 0) call.paths = [...new Set(places)];
  if (diffs.length > 0) call.files = diffs.flatMap(fileOf);
  const texts = content.flatMap((part) => textOf(asRecord(part.content)?.text) ?? []);
  if (texts.length > 0) call.output = texts.join('\n');
  call.exitCode = numberOf(asRecord(asRecord(update.rawOutput)?.metadata)?.exit) ?? call.exitCode;
}

function endState(call: Call, status: 'completed' | 'failed'): ToolEvent['state'] {
  if (call.denied) return 'denied';
  return status === 'failed' || (call.exitCode ?? 0) !== 0 ? 'failed' : 'ok';
}

function eventOf(itemId: string, call: Call, state: ToolEvent['state']): ToolEvent {
  const { kind, title, command, paths, files, output, exitCode } = call;
  return {
    type: 'tool',
    itemId,
    kind,
    state,
    name: kind === 'command' ? 'shell' : title,
    ...(kind === 'command' ? { command: command ?? title } : {}),
    ...(output === '' ? {} : { output }),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(kind === 'edit' && paths.length > 0 ? { paths } : {}),
    ...(files.length > 0 && state !== 'output' ? { files } : {}),
  };
}

/** One file of an edit; without an old text it is new. */
function fileOf(part: JsonRecord): FileEdit[] {
  const path = textOf(part.path);
  if (path === undefined) return [];
  const old = textOf(part.oldText);
  const now = textOf(part.newText) ?? '';
  if (!old) return [{ path, change: 'added', diff: wholeAs('+', now) }];
  return [{ path, change: 'modified', diff: hunksBetween(old, now) }];
}
