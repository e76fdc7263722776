/** The conversation with `codex app-server`, protocol v2 as version 0.169 speaks it. */
import type { AgentEvent, TranscriptParser } from '../agent-event.js';
import { codexApproval } from '../approval.js';
import { codexError } from './codex-error.js';
import { codexExecEvents, codexRetry } from './codex-exec.js';
import { itemEvents } from './codex-items.js';
import { classifyError } from './errors.js';
import { unknownRecord } from './jsonl.js';
import { stepsIn } from './plan.js';
import { asRecord, type JsonRecord, numberOf, textOf, timeOf, tokensIn } from './records.js';
import { createPending, type Dialogue, parseTwoWay } from './two-way.js';

type ToolEvent = Extract<AgentEvent, { type: 'tool' }>;

export function parseCodexAppServer(): TranscriptParser {
  return parseTwoWay(codexDialogue(), codexExecEvents);
}

/** Requests without which there is no turn. */
const essential = new Set(['initialize', 'thread/start', 'thread/resume', 'turn/start']);

/** Notifications that say nothing about the work: of the account, the servers and windows around it, other threads. */
const quietRooms =
  /^(account|app|command\/exec|externalAgentConfig|fs|fuzzyFileSearch|hook|mcpServer|modelProvider|process|project|remoteControl|serverRequest|skills|thread\/(attachment|environment|goal|prediction|project|queue|readState|realtime|search|section|settings|status)|windowsSandbox)\//;

/** And some of those about a turn, which others tell better. */
const quiet = new Set([
  'item/autoApprovalReview/completed',
  'item/autoApprovalReview/started',
  'item/commandExecution/terminalInteraction',
  'item/fileChange/outputDelta',
  'item/fileChange/patchUpdated',
  'item/mcpToolCall/progress',
  'item/plan/delta',
  'item/reasoning/summaryPartAdded',
  'model/safetyBuffering/updated',
  'model/verification',
  'thread/archived',
  'thread/closed',
  'thread/deleted',
  'thread/name/updated',
  'thread/reverted',
  'thread/unarchived',
  'turn/moderationMetadata',
]);

/** Reads one conversation. Only the thread that was started counts: others are its helpers. */
export function codexDialogue(): Dialogue {
  const pending = createPending();
  const openTools = new Map<string, ToolEvent>();
  let thread: string | undefined;
  let lastDiff = '';

  const session = (value: unknown): AgentEvent[] => {
    const started = asRecord(value);
    const id = textOf(started?.id);
    if (id === undefined || thread !== undefined || textOf(started?.parentThreadId)) return [];
    thread = id;
    const model = textOf(started?.model);
    return [{ type: 'session', sessionId: id, ...(model ? { model } : {}) }];
  };

  const itemTold = (params: JsonRecord, completed: boolean): AgentEvent[] | undefined => {
    const events = itemEvents(asRecord(params.item) ?? {}, completed);
    for (const event of events ?? []) {
      if (event.type !== 'tool') continue;
      if (event.state === 'started') openTools.set(event.itemId, event);
      else openTools.delete(event.itemId);
    }
    return events;
  };
  const printed = (params: JsonRecord): AgentEvent[] => {
    const itemId = textOf(params.itemId) ?? '';
    const tool = openTools.get(itemId) ?? { type: 'tool', itemId, kind: 'command', name: 'shell' };
    return [{ ...tool, state: 'output', output: textOf(params.delta) ?? '' }];
  };
  const changedSoFar = (unified: string): AgentEvent[] => {
    if (unified === lastDiff) return [];
    lastDiff = unified;
    return [{ type: 'diff', unified }];
  };

  /** What was still open then never gets an end of its own. */
  const turnEnd = (turn: JsonRecord): AgentEvent[] => {
    const events: AgentEvent[] = [...openTools.values()].map((tool) => ({ ...tool, state: 'stopped' }));
    openTools.clear();
    if (turn.status === 'completed') return [...events, { type: 'end', ok: true }];
    if (turn.status === 'interrupted') return [...events, { type: 'end', ok: false, interrupted: true }];
    const error = codexError(asRecord(turn.error));
    return [...events, { type: 'error', error, final: true }, { type: 'end', ok: false }];
  };

  const notifications: Readonly<Record<string, (params: JsonRecord) => AgentEvent[] | undefined>> = {
    ...plainNotifications,
    'thread/started': (params) => session(params.thread),
    'item/started': (params) => itemTold(params, false),
    'item/completed': (params) => itemTold(params, true),
    'item/commandExecution/outputDelta': printed,
    'turn/diff/updated': (params) => changedSoFar(textOf(params.diff) ?? ''),
    'turn/completed': (params) => turnEnd(asRecord(params.turn) ?? {}),
  };
  const notified = (method: string, params: JsonRecord): AgentEvent[] | undefined =>
    Object.hasOwn(notifications, method)
      ? notifications[method]!(params)
      : quiet.has(method) || quietRooms.test(method)
        ? []
        : undefined;

  const responded = (message: JsonRecord): AgentEvent[] => {
    const method = pending.answered(message);
    const failed = asRecord(message.error);
    if (!failed) return session(asRecord(message.result)?.thread);
    const text = textOf(failed.message) ?? 'The request failed without a message.';
    const error = classifyError(text);
    if (method === undefined || !essential.has(method)) return [{ type: 'warning', message: text }];
    return [
      { type: 'error', error: error.code === 'other' ? { ...error, code: 'protocol' } : error, final: true },
      { type: 'end', ok: false },
    ];
  };

  return {
    received(message) {
      const method = textOf(message.method);
      if (method === undefined) return message.id === undefined ? undefined : responded(message);
      const params = asRecord(message.params) ?? {};
      if (isOther(params, thread)) return [];
      if (message.id === undefined) return notified(method, params) ?? [unknownMessage(method, message)];
      const approval = codexApproval(message, openTools.get(textOf(params.itemId) ?? '')?.paths);
      return approval ? [{ type: 'approval', approval }] : [unknownMessage(method, message)];
    },
    sent(message) {
      pending.asked(message);
      const decision = asRecord(message.result);
      if (textOf(message.method) !== undefined || message.id === undefined || !decision) return [];
      const option = textOf(decision.decision) ?? (decision.permissions ? permissionOption(decision) : '');
      return [{ type: 'answered', approval: String(message.id), option }];
    },
  };
}

function isOther(params: JsonRecord, thread: string | undefined): boolean {
  const about = textOf(params.threadId);
  return thread !== undefined && about !== undefined && about !== thread;
}

const permissionOption = (result: JsonRecord): string =>
  Object.keys(asRecord(result.permissions) ?? {}).length > 0 ? 'accept' : 'decline';

function unknownMessage(method: string, message: JsonRecord): AgentEvent {
  return unknownRecord(method, JSON.stringify(message));
}

function itemOf(params: JsonRecord): { itemId?: string } {
  const itemId = textOf(params.itemId);
  return itemId === undefined ? {} : { itemId };
}

/** Totals of the whole thread, earlier turns of a resumed one included; input includes cached input. */
function usageOf(total: JsonRecord | undefined): AgentEvent[] {
  if (!total) return [];
  return [
    {
      type: 'usage',
      usage: {
        scope: 'thread',
        input: tokensIn(total.inputTokens),
        cached: tokensIn(total.cachedInputTokens),
        output: tokensIn(total.outputTokens),
      },
    },
  ];
}

/** Of the windows that are used up, the one that ends last. */
function limitEvents(limits: JsonRecord | undefined): AgentEvent[] {
  const ends = [limits?.primary, limits?.secondary, limits?.individualLimit].flatMap((value) => {
    const window = asRecord(value);
    const full = (numberOf(window?.usedPercent) ?? 0) >= 100;
    return full ? (timeOf(window?.resetsAt) ?? []) : [];
  });
  return ends.length > 0 ? [{ type: 'limit', resetsAt: Math.max(...ends) }] : [];
}

/** Never final: only the end of the turn is. */
function errorEvent(params: JsonRecord): AgentEvent {
  const error = codexError(asRecord(params.error));
  const retry = codexRetry(error.message);
  if (retry) return retry;
  return params.willRetry === true
    ? { type: 'retry', reason: error.message }
    : { type: 'error', error, final: false };
}

const thought = (params: JsonRecord): AgentEvent[] => [
  { type: 'thought', text: textOf(params.delta) ?? '', final: false, ...itemOf(params) },
];
const warned = (params: JsonRecord): AgentEvent[] => [
  { type: 'warning', message: textOf(params.message) ?? textOf(params.summary) ?? '' },
];

/** Notifications that mean the same whatever came before. */
const plainNotifications: Readonly<Record<string, (params: JsonRecord) => AgentEvent[]>> = {
  'turn/started': () => [{ type: 'turn' }],
  'item/agentMessage/delta': (params) => [
    { type: 'text', text: textOf(params.delta) ?? '', final: false, ...itemOf(params) },
  ],
  'item/reasoning/summaryTextDelta': thought,
  'item/reasoning/textDelta': thought,
  'turn/plan/updated': (params) => [{ type: 'plan', steps: stepsIn(params.plan) }],
  'thread/tokenUsage/updated': (params) => usageOf(asRecord(asRecord(params.tokenUsage)?.total)),
  'account/rateLimits/updated': (params) => limitEvents(asRecord(params.rateLimits)),
  error: (params) => [errorEvent(params)],
  warning: warned,
  guardianWarning: warned,
  configWarning: warned,
  'windows/worldWritableWarning': () => [
    { type: 'warning', message: 'Codex found folders that every user may write to' },
  ],
  'autoApprovalReview/strictReviewRequired': warned,
  deprecationNotice: warned,
  'model/rerouted': (params) => [
    { type: 'warning', message: `rerouted to model ${textOf(params.toModel) ?? 'unknown'}` },
  ],
  'thread/compacted': () => [{ type: 'warning', message: 'the conversation was compacted' }],
};
