/** What the agent waits for an answer to: shown in a file, answered by policy, by a person, or by time. */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Approval, type ApprovalOption, optionOf } from '../../../domain/agents/approval.js';
import { prefixOf } from '../../../domain/agents/prefix.js';
import { appError } from '../../../domain/platform/errors.js';
import { type HostSpec, hostFiles } from './spec.js';

export interface Approvals {
  /** The option chosen; undefined when the agent offers none that says what was answered, or withdrew it. */
  ask(approval: Approval): Promise<ApprovalOption | undefined>;
  /**
   * Answers one; without `id` the only one there is.
   * Throws `no-approval`, `which-approval`, `no-option`, `no-prefix`.
   * @param andAlike from now on every command that begins so is answered in the same way, those that wait included
   */
  answer(id: string | undefined, choice: string, andAlike?: boolean): Answered;
  /** Commands that begin so are allowed unasked from now on, those that wait included; no others any more. */
  allowOnly(prefixes: readonly string[]): void;
  /** It is settled elsewhere. */
  withdraw(id: string): void;
  withdrawAll(): void;
}

/** What was answered; `prefix`: how commands begin that are not asked about any more. */
interface Answered {
  approval: Approval;
  option: ApprovalOption;
  prefix?: string;
}

interface Waiting {
  approval: Approval;
  at: string;
  settle(option: ApprovalOption | undefined): void;
}

export function createApprovals(
  folder: string,
  spec: Pick<HostSpec, 'protocol' | 'approvals' | 'sandbox' | 'approvalTimeoutMs' | 'mayRun'>,
  note: (text: string) => void,
): Approvals {
  const waiting = new Map<string, Waiting>();
  const mayRun = new Set(spec.mayRun);
  const publish = () => writePending(folder, [...waiting.values()]);

  const settle = (id: string, option: ApprovalOption | undefined) => {
    const one = waiting.get(id);
    if (!one) return;
    waiting.delete(id);
    publish();
    one.settle(option);
  };

  /** The answer that a person has given to all commands that begin so; undefined where there is none. */
  const answeredBefore = (approval: Approval): ApprovalOption | undefined => {
    const prefix = prefixOf(approval);
    const option = prefix !== undefined && mayRun.has(prefix) ? optionOf(approval, 'allow') : undefined;
    // Where the agent takes it for good, it would not ask about what begins otherwise.
    if (option?.kind !== 'allow') return undefined;
    note(`Allowed, as all that begins with "${prefix}": ${approval.detail}`);
    return option;
  };

  const settleAlike = () => {
    for (const { approval } of [...waiting.values()]) {
      const same = answeredBefore(approval);
      if (same) settle(approval.id, same);
    }
  };

  return {
    ask(approval) {
      if (spec.approvals === 'never') return Promise.resolve(optionOf(approval, byPolicy(approval, spec)));
      const before = answeredBefore(approval);
      if (before) return Promise.resolve(before);
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          note(`No answer came in time, so it was denied: ${approval.kind} ${approval.detail}`);
          settle(approval.id, optionOf(approval, 'deny'));
        }, spec.approvalTimeoutMs);
        waiting.set(approval.id, {
          approval,
          at: new Date().toISOString(),
          settle(option) {
            clearTimeout(timer);
            resolve(option);
          },
        });
        publish();
      });
    },
    answer(id, choice, andAlike = false) {
      const { approval } = pick(waiting, id);
      const option = optionFor(approval, choice);
      const prefix = andAlike ? requirePrefix(approval, option) : undefined;
      settle(approval.id, option);
      if (prefix === undefined) return { approval, option };
      mayRun.add(prefix);
      settleAlike();
      return { approval, option, prefix };
    },
    allowOnly(prefixes) {
      mayRun.clear();
      for (const prefix of prefixes) mayRun.add(prefix);
      settleAlike();
    },
    withdraw: (id) => settle(id, undefined),
    withdrawAll() {
      for (const id of [...waiting.keys()]) settle(id, undefined);
    },
  };
}

/**
 * Without a person: Codex has a sandbox, and asks only for what lies outside of it. ACP agents ask before everything;
 * one that may only read is kept from everything else.
 */
function byPolicy({ kind }: Approval, spec: Pick<HostSpec, 'protocol' | 'sandbox'>): 'allow' | 'deny' {
  if (spec.protocol === 'codex-app-server') return 'deny';
  return spec.sandbox === 'read-only' && kind !== 'other' ? 'deny' : 'allow';
}

function pick(waiting: ReadonlyMap<string, Waiting>, id: string | undefined): Waiting {
  const all = [...waiting.values()];
  const found = id === undefined ? all[0] : waiting.get(id);
  if (found && (id !== undefined || all.length === 1)) return found;
  const listed = all.map(({ approval }) => `${approval.id} (${approval.kind} ${approval.detail})`).join(', ');
  if (found) {
    throw appError('which-approval', `It waits for ${all.length} answers: ${listed}.`, {
      kind: 'usage',
      hint: 'Say which with --approval.',
    });
  }
  throw appError(
    'no-approval',
    id === undefined
      ? 'The agent of this run is not asking anything.'
      : `The agent of this run does not ask ${id}.`,
    {
      ...(listed ? { hint: `It asks: ${listed}.` } : {}),
    },
  );
}

/** An option by its id, or the narrowest one that says `allow` or `deny`. */
function optionFor(approval: Approval, choice: string): ApprovalOption {
  const byId = approval.options.find((option) => option.id === choice);
  const found = byId ?? (choice === 'allow' || choice === 'deny' ? optionOf(approval, choice) : undefined);
  if (found) return found;
  throw appError(
    'no-option',
    `${JSON.stringify(choice)} is not an answer to ${approval.kind} ${approval.detail}.`,
    {
      kind: 'usage',
      hint: `Answers: ${approval.options.map((option) => `${option.id} (${option.label})`).join(', ')}.`,
    },
  );
}

function requirePrefix(approval: Approval, option: ApprovalOption): string {
  const prefix = option.kind === 'allow' ? prefixOf(approval) : undefined;
  if (prefix !== undefined) return prefix;
  throw appError('no-prefix', `What begins as this does cannot be allowed: ${approval.detail}.`, {
    kind: 'usage',
    hint: 'Only a single command that begins with two plain words can, where the program runs nothing else it is given. Answer without --alike.',
  });
}

/** For lists and the screen; replaced whole, so that no reader gets half of it. */
function writePending(folder: string, waiting: readonly Waiting[]): void {
  const path = join(folder, hostFiles.pending);
  if (waiting.length === 0) {
    rmSync(path, { force: true });
    return;
  }
  const approvals = waiting.map(({ approval, at }) => ({ ...approval, at }));
  try {
    writeFileSync(`${path}.t`, JSON.stringify({ approvals }), { mode: 0o600 });
    renameSync(`${path}.t`, path);
  } catch (error) {
    // A full disk: the transcript has the question too, and it can still be answered.
    process.stderr.write(`${path}: ${(error as Error).message}\n`);
  }
}
