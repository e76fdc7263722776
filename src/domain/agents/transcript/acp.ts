/** The conversation with an agent that speaks the Agent Client Protocol, version 1. */
import type { AgentEvent, TranscriptParser } from '../agent-event.js';
import { type Approval, acpApproval } from '../approval.js';
import type { AgentError } from '../run.js';
import { createAcpTools } from './acp-tools.js';
import { classifyError, codeOfStatus } from './errors.js';
import { unknownRecord } from './jsonl.js';
import { stepsIn } from './plan.js';
import { asRecord, type JsonRecord, numberOf, recordsOf, textOf, tokensIn } from './records.js';
import { createPending, type Dialogue, parseTwoWay } from './two-way.js';

export function parseAcp(): TranscriptParser {
  return parseTwoWay(acpDialogue());
}

/** Requests that a turn may fail without; any other one's failure is the end. */
const optional = new Set(['authenticate', 'session/set_config_option', 'session/set_mode', 'session/cancel']);

/** What the agent is saying: chunks of one message, and where it stands in the stream. */
interface Saying {
  kind: 'text' | 'thought';
  itemId: string;
  text: string;
}

/** Reads one conversation. Messages have no end of their own: the next thing that happens ends them. */
export function acpDialogue(): Dialogue {
  const pending = createPending();
  const tools = createAcpTools();
  const approvals = new Map<string, Approval>();
  const used = { input: 0, cached: 0, output: 0 };
  let sessionId: string | undefined;
  let saying: Saying | undefined;
  let count = 0;
  let cancelled = false;
  let denied: string | undefined;

  const session = (id: string | undefined): AgentEvent[] => {
    if (id === undefined || id === sessionId) return [];
    sessionId = id;
    return [{ type: 'session', sessionId: id }];
  };

  const settle = (): AgentEvent[] => {
    const done = saying;
    saying = undefined;
    if (!done) return [];
    const { kind, text, itemId } = done;
    return kind === 'text'
      ? [{ type: 'text', text, final: true, itemId }]
      : [{ type: 'thought', text, itemId }];
  };

  /** The next chunk. Some agents name their messages, for others a message lasts until something else comes. */
  const say = (kind: Saying['kind'], update: JsonRecord): AgentEvent[] => {
    const text = textOf(asRecord(update.content)?.text) ?? '';
    const named = textOf(update.messageId);
    const goesOn = saying?.kind === kind && (named === undefined || saying.itemId === named);
    const before = goesOn ? [] : settle();
    saying = goesOn
      ? { ...saying!, text: saying!.text + text }
      : { kind, text, itemId: named ?? `said-${++count}` };
    const { itemId } = saying;
    return [...before, { type: kind, text, final: false, itemId }];
  };

  const updated = (update: JsonRecord, at?: number): AgentEvent[] | undefined => {
    switch (update.sessionUpdate) {
      case 'agent_message_chunk':
        return say('text', update);
      case 'agent_thought_chunk':
        return say('thought', update);
      case 'tool_call':
      case 'tool_call_update':
        return [...settle(), ...tools.update(update, at)];
      case 'plan':
        return [...settle(), { type: 'plan', steps: stepsIn(update.entries) }];
      case 'user_message_chunk':
      case 'usage_update':
      case 'available_commands_update':
      case 'current_mode_update':
      case 'config_option_update':
      case 'session_info_update':
        return [];
      default:
        return undefined;
    }
  };

  const turnEnd = (result: JsonRecord): AgentEvent[] => {
    const events = [...settle(), ...tools.close(), ...usageOf(result)];
    const reason = textOf(result.stopReason) ?? '';
    // opencode ends a turn that is called off while it waits to try again as if it were done.
    if (reason === 'end_turn' && cancelled) return [...events, { type: 'end', ok: false, interrupted: true }];
    if (reason === 'end_turn') return [...events, { type: 'end', ok: true }];
    // Some agents end the turn when they are refused something, without being asked to.
    if (reason === 'cancelled' && (cancelled || denied === undefined)) {
      return [...events, { type: 'end', ok: false, interrupted: true }];
    }
    return [...events, ...failure(stopped(reason, denied))];
  };

  const usageOf = (result: JsonRecord): AgentEvent[] => {
    // Gemini tells of a turn's tokens apart from the protocol, under `_meta`.
    const count = asRecord(asRecord(asRecord(result._meta)?.quota)?.token_count);
    const usage =
      asRecord(result.usage) ??
      (count && { inputTokens: count.input_tokens, outputTokens: count.output_tokens });
    if (!usage) return [];
    const cached = tokensIn(usage.cachedReadTokens);
    used.input += tokensIn(usage.inputTokens) + cached + tokensIn(usage.cachedWriteTokens);
    used.cached += cached;
    used.output += tokensIn(usage.outputTokens);
    return [{ type: 'usage', usage: { scope: 'run', ...used } }];
  };

  const responded = (message: JsonRecord): AgentEvent[] => {
    const method = pending.answered(message);
    const failed = asRecord(message.error);
    if (failed) {
      const error = acpError(failed);
      if (method !== undefined && optional.has(method)) return [{ type: 'warning', message: error.message }];
      return [...settle(), ...tools.close(), ...failure(error)];
    }
    const result = asRecord(message.result) ?? {};
    if (textOf(result.stopReason) !== undefined) return turnEnd(result);
    return session(textOf(result.sessionId));
  };

  return {
    received(message) {
      const method = textOf(message.method);
      if (method === undefined) return message.id === undefined ? undefined : responded(message);
      const params = asRecord(message.params) ?? {};
      if (method === 'session/update') {
        // What a loaded session replays is history, and was told by the runs before.
        if (pending.waits('session/load')) return [];
        const update = asRecord(params.update) ?? {};
        const events = updated(update, numberOf(message.ms)) ?? [
          unknownMessage(`update ${textOf(update.sessionUpdate)}`, message),
        ];
        return [...session(textOf(params.sessionId)), ...events];
      }
      const approval = acpApproval(message);
      if (approval) {
        approvals.set(approval.id, approval);
        return [...settle(), { type: 'approval', approval }];
      }
      return method.startsWith('fs/') ? [] : [unknownMessage(method, message)];
    },
    sent(message) {
      pending.asked(message);
      const method = textOf(message.method);
      if (method === 'session/prompt') return prompted(asRecord(message.params) ?? {});
      if (method === 'session/load' || method === 'session/resume') {
        return session(textOf(asRecord(message.params)?.sessionId));
      }
      if (method === 'session/cancel') cancelled = true;
      const approval = method === undefined ? approvals.get(String(message.id)) : undefined;
      if (!approval) return [];
      approvals.delete(approval.id);
      const outcome = asRecord(asRecord(message.result)?.outcome);
      const option = approval.options.find((one) => one.id === outcome?.optionId);
      if (option?.kind === 'deny') {
        denied = approval.detail;
        if (approval.itemId !== undefined) tools.deny(approval.itemId);
      }
      return [{ type: 'answered', approval: approval.id, option: option?.label ?? 'cancelled' }];
    },
  };
}

function prompted(params: JsonRecord): AgentEvent[] {
  const text = recordsOf(params.prompt)
    .flatMap((part) => textOf(part.text) ?? [])
    .join('\n');
  return [{ type: 'turn' }, { type: 'message', text }];
}

function failure(error: AgentError): AgentEvent[] {
  return [
    { type: 'error', error, final: true },
    { type: 'end', ok: false },
  ];
}

function stopped(reason: string, denied: string | undefined): AgentError {
  switch (reason) {
    case 'cancelled':
      return { code: 'permission', message: `It stopped when it was refused: ${denied}` };
    case 'max_tokens':
      return { code: 'context', message: 'It ran out of tokens.' };
    case 'refusal':
      return { code: 'other', message: 'It refused to go on.' };
    default:
      return { code: 'other', message: `It stopped: ${reason || 'no reason given'}.` };
  }
}

/** -32000 is the protocol's "authentication required"; some agents put the HTTP status in the code. */
function acpError(failed: JsonRecord): AgentError {
  const number = numberOf(failed.code);
  const data = asRecord(failed.data);
  const more = [textOf(data?.errorName), textOf(data?.message), textOf(data?.details), textOf(failed.data)];
  const said = textOf(failed.message) ?? 'The request failed without a message.';
  const told = classifyError([said, ...more.filter((text) => text && !said.includes(text))].join(': '));
  const http = number !== undefined && number >= 400 && number < 600 ? number : told.http;
  // A connection that broke is told with a number of the agent's own.
  const strong = ['context', 'quota', 'model_not_found', 'network'].includes(told.code);
  const byNumber = number === -32000 ? 'auth' : http === undefined ? undefined : codeOfStatus(http);
  const code = strong ? told.code : (byNumber ?? told.code);
  return { code, message: told.message, ...(http === undefined ? {} : { http }) };
}

function unknownMessage(name: string, message: JsonRecord): AgentEvent {
  return unknownRecord(name, JSON.stringify(message));
}
