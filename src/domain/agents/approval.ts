/** What an agent asks before it does it, and the answers there are. */
import { shellWord } from '../platform/shell.js';
import { asRecord, type JsonRecord, recordsOf, textOf } from './transcript/records.js';

/** Whether an answer lets the agent go on with what it asked, and for how long; `cancel` ends its turn too. */
export type AnswerKind = 'allow' | 'allow-always' | 'deny' | 'cancel';

export interface ApprovalOption {
  id: string;
  kind: AnswerKind;
  label: string;
}

export interface Approval {
  /** Unique in its run; what `session approve --approval` takes. */
  id: string;
  kind: 'command' | 'edit' | 'access' | 'other';
  /** The command, the paths, or what else it is about. Raw: it is sanitised where it is shown. */
  detail: string;
  /** The agent does not show the command: the detail is only what it is called. */
  unseen?: true;
  /** Why the agent asks, when it says so. */
  reason?: string;
  /** The tool call it belongs to. */
  itemId?: string;
  options: ApprovalOption[];
}

/** An approval that has not been answered yet. */
export interface PendingApproval extends Approval {
  /** When it was asked, ISO 8601. */
  at: string;
}

/** The option that says this in the narrowest way; undefined when the agent offers none. */
export function optionOf(approval: Approval, answer: 'allow' | 'deny'): ApprovalOption | undefined {
  const wanted: AnswerKind[] = answer === 'allow' ? ['allow', 'allow-always'] : ['deny', 'cancel'];
  return wanted.flatMap((kind) => approval.options.filter((option) => option.kind === kind))[0];
}

const codexOptions: readonly ApprovalOption[] = [
  { id: 'accept', kind: 'allow', label: 'Allow' },
  { id: 'acceptForSession', kind: 'allow-always', label: 'Allow from now on' },
  { id: 'decline', kind: 'deny', label: 'Deny' },
  { id: 'cancel', kind: 'cancel', label: 'Deny and stop' },
];

/**
 * An approval request of `codex app-server`; undefined for requests of any other kind. Answers that would
 * change the person's own policy files are not offered.
 * @param paths of the file change it is about, which only its item tells
 */
export function codexApproval(request: JsonRecord, paths: readonly string[] = []): Approval | undefined {
  const params = asRecord(request.params) ?? {};
  const id = String(request.id);
  const common = {
    id,
    options: [...codexOptions],
    ...(textOf(params.itemId) ? { itemId: textOf(params.itemId)! } : {}),
    ...(textOf(params.reason) ? { reason: textOf(params.reason)! } : {}),
  };
  switch (request.method) {
    case 'item/commandExecution/requestApproval': {
      const command = textOf(params.command);
      if (command === undefined) return { ...common, kind: 'command', detail: 'a command', unseen: true };
      return { ...common, kind: 'command', detail: command };
    }
    case 'item/fileChange/requestApproval': {
      const root = textOf(params.grantRoot);
      const detail = paths.length > 0 ? paths.join(', ') : root ? `files below ${root}` : 'files';
      return { ...common, kind: 'edit', detail };
    }
    case 'item/permissions/requestApproval':
      return {
        ...common,
        kind: 'access',
        detail: JSON.stringify(params.permissions ?? {}),
        options: codexOptions.filter((option) => option.kind === 'allow' || option.kind === 'deny'),
      };
    default:
      return undefined;
  }
}

/** What `codex app-server` is told for an option of `codexApproval`. */
export function codexAnswer(request: JsonRecord, option: string): JsonRecord {
  if (request.method !== 'item/permissions/requestApproval') return { decision: option };
  const asked = asRecord(request.params)?.permissions ?? {};
  return { permissions: option === 'accept' ? asked : {}, scope: 'turn' };
}

const acpKinds: Readonly<Record<string, AnswerKind>> = {
  allow_once: 'allow',
  allow_always: 'allow-always',
  reject_once: 'deny',
  reject_always: 'deny',
};

const acpTools: Readonly<Record<string, Approval['kind']>> = {
  edit: 'edit',
  delete: 'edit',
  move: 'edit',
  execute: 'command',
  fetch: 'access',
};

/** A `session/request_permission` of an ACP agent; undefined for requests of any other kind. */
export function acpApproval(request: JsonRecord): Approval | undefined {
  if (request.method !== 'session/request_permission') return undefined;
  const params = asRecord(request.params) ?? {};
  const tool = asRecord(params.toolCall) ?? {};
  const command = commandIn(asRecord(tool.rawInput)?.command);
  const kind = acpTools[textOf(tool.kind) ?? ''] ?? 'other';
  const paths = recordsOf(tool.locations).flatMap((place) => textOf(place.path) ?? []);
  const options = recordsOf(params.options).flatMap((option): ApprovalOption[] => {
    const id = textOf(option.optionId);
    const kind = acpKinds[textOf(option.kind) ?? ''];
    return id !== undefined && kind ? [{ id, kind, label: textOf(option.name) ?? id }] : [];
  });
  return {
    id: String(request.id),
    kind,
    detail: command ?? (paths.length > 0 ? paths.join(', ') : (textOf(tool.title) ?? 'a tool')),
    ...(kind === 'command' && command === undefined ? { unseen: true } : {}),
    ...(textOf(tool.toolCallId) ? { itemId: textOf(tool.toolCallId)! } : {}),
    options,
  };
}

/** A command as a text, or as the words of one. */
function commandIn(value: unknown): string | undefined {
  if (!Array.isArray(value)) return textOf(value);
  const words = value.flatMap((word) => textOf(word) ?? []);
  return words.length === value.length && words.length > 0 ? words.map(shellWord).join(' ') : undefined;
}

/** What an agent that asks wants, in front of the command, files or folder that it names. */
export const askVerbs: Readonly<Record<Approval['kind'], string>> = {
  command: 'wants to run',
  edit: 'wants to edit',
  access: 'wants access to',
  other: 'asks for',
};
