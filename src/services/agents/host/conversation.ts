/** What the two protocols share: the run's files, the agent's process, what is asked and what is said. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Approvals, createApprovals } from './approvals.js';
import { createMessages, type Messages } from './messages.js';
import type { Recorder } from './record.js';
import { type HostSpec, hostFiles } from './spec.js';

export interface Conversation {
  folder: string;
  spec: HostSpec;
  prompt: string;
  env: NodeJS.ProcessEnv;
  /** Ours, as the agent is told. */
  version: string;
  recorder: Recorder;
  approvals: Approvals;
  messages: Messages;
  note(text: string): void;
  /** The agent gets work now: from here on nothing else may be tried in its place. */
  begin(): void;
  /** Set by the protocol once it can: asks the agent to end its turn. */
  interrupt: () => void;
  /** Set by the protocol: signals the agent's processes. */
  kill: (signal: NodeJS.Signals) => void;
}

export function createConversation(
  given: Pick<Conversation, 'folder' | 'spec' | 'prompt' | 'env' | 'version' | 'recorder'>,
): Conversation {
  const note = (text: string) => given.recorder.host({ dir: 'host', type: 'note', text });
  return {
    ...given,
    note,
    approvals: createApprovals(given.folder, given.spec, note),
    messages: createMessages(),
    begin: () => writeFileSync(join(given.folder, hostFiles.began), '', { mode: 0o600 }),
    interrupt: () => {},
    kill: () => {},
  };
}
