/** Messages of a person on their way to the agent: each is put in, or refused; none is lost in between. */
import { appError } from '../../../domain/platform/errors.js';

/** `steered`: it is part of the turn under way. `queued`: it begins the next one. */
export type Sent = 'steered' | 'queued';

export interface Messages {
  send(text: string): Promise<Sent>;
  /** The turn under way takes messages from now on. */
  turnBegan(steer: ((text: string) => Promise<void>) | undefined): void;
  /** What is to begin the next turn, if anything. */
  turnEnded(): string | undefined;
  /** Nothing is taken any more. Gives back what was not delivered. */
  close(): string[];
}

export function createMessages(): Messages {
  let steer: ((text: string) => Promise<void>) | undefined;
  let queue: string[] = [];
  let closed = false;

  return {
    async send(text) {
      if (text.trim() === '') throw appError('empty-message', 'The message is empty.', { kind: 'usage' });
      if (closed) throw runOver();
      if (steer) {
        try {
          await steer(text);
          return 'steered';
        } catch (error) {
          // The turn ended meanwhile, or is of a kind that takes none: the message begins the next one.
          if (closed) throw appError('run-over', 'The run ended first.', { hint: resumeHint, cause: error });
        }
      }
      queue.push(text);
      return 'queued';
    },
    turnBegan(how) {
      steer = how;
      const early = steer ? queue : [];
      queue = steer ? [] : queue;
      for (const text of early) steer?.(text).catch(() => queue.push(text));
    },
    turnEnded() {
      steer = undefined;
      const next = queue.join('\n\n');
      queue = [];
      return next === '' ? undefined : next;
    },
    close() {
      closed = true;
      return queue;
    },
  };
}

const resumeHint = 'Resume its session with the message: `codex-agent session resume <task> --message …`.';
const runOver = () => appError('run-over', 'The run is over, or about to be.', { hint: resumeHint });
