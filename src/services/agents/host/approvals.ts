/** What the agent waits for an answer to: shown in a file, answered by policy, by a person, or by time. */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Approval, type ApprovalOption, optionOf } from '../../../domain/agents/approval.js';
import { appError } from '../../../domain/platform/errors.js';
import { type HostSpec, hostFiles } from './spec.js';

export interface Approvals {
  /** The option chosen; undefined when the agent offers none that says what was answered, or withdrew it. */
  ask(approval: Approval): Promise<ApprovalOption | undefined>;
  /**
   * Answers one; without `id` the only one there is.
   * Throws `no-approval`, `which-approval`, `no-option`.
   */
  answer(id: string | undefined, choice: string): { approval: Approval; option: ApprovalOption };
  /** It is settled elsewhere. */
  withdraw(id: string): void;
  withdrawAll(): void;
}

interface Waiting {
  approval: Approval;
  at: string;
  settle(option: ApprovalOption | undefined): void;
}

export function createApprovals(
  folder: string,
  spec: Pick<HostSpec, 'protocol' | 'approvals' | 'sandbox' | 'approvalTimeoutMs'>,
  note: (text: string) => void,
): Approvals {
  const waiting = new Map<string, Waiting>();
  const publish = () => writePending(folder, [...waiting.values()]);

  const settle = (id: string, option: ApprovalOption | undefined) => {
    const one = waiting.get(id);
    if (!one) return;
    waiting.delete(id);
    publish();
    one.settle(option);
  };

  return {
    ask(approval) {
      if (spec.approvals === 'never') return Promise.resolve(optionOf(approval, byPolicy(approval, spec)));
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
    answer(id, choice) {
      const { approval } = pick(waiting, id);
      const option = optionFor(approval, choice);
      settle(approval.id, option);
      return { approval, option };
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
