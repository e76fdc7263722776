/** What is the same in every protocol: getting ready, turn after turn, interrupts, and how it all ends. */
import type { AgentEvent } from '../../../domain/agents/agent-event.js';
import { appError, messageOf } from '../../../domain/platform/errors.js';
import { type AgentProcess, within } from './child.js';
import type { Conversation } from './conversation.js';

/** How long the agent gets to say itself that it was interrupted. */
const interruptMs = 700;
const codes = { completed: 0, failed: 1, interrupted: 130 } as const;
type Ended = keyof typeof codes;

/** What each protocol says in words of its own. */
export interface Protocol<Session> {
  /** What the agent is called in errors. */
  name: string;
  agent: AgentProcess;
  /** Makes it ready to be prompted. */
  open(): Promise<Session>;
  /** Begins a turn; rejects when there will be none. */
  prompt(session: Session, text: string): Promise<unknown>;
  /** Asks the agent to end the turn under way. */
  interrupt(session: Session): void;
  /** Nothing is sent any more. */
  close(): void;
}

type Held = Pick<Protocol<unknown>, 'agent' | 'close'>;

export interface Turns {
  /** To be told all that the agent says: its words end the turn. */
  heard(events: readonly AgentEvent[]): void;
  /**
   * Holds the conversation until the last turn is over. Resolves with the exit code to end with.
   * Throws `not-started`, with the agent's own exit code in its cause, when the agent could not be given work.
   */
  hold<Session>(protocol: Protocol<Session>): Promise<number>;
}

export function createTurns(host: Conversation): Turns {
  const { spec, recorder, approvals, messages } = host;
  let over: (how: Ended) => void = () => {};

  async function hold<Session>(protocol: Protocol<Session>): Promise<number> {
    host.kill = protocol.agent.kill;
    const opening = protocol.open();
    opening.catch(() => undefined);
    const cancelled = new Promise<void>((resolve) => {
      host.interrupt = resolve;
    }).then(() => 'cancelled' as const);
    const ready = await Promise.race([within(opening, spec.startTimeoutMs), cancelled]);
    if (ready === 'cancelled') {
      host.begin();
      recorder.host({ dir: 'host', type: 'interrupted' });
      return finish(protocol, 'interrupted');
    }
    let session: Session;
    try {
      if (!ready) throw new Error(`it was not ready within ${spec.startTimeoutMs} ms`);
      session = await opening;
    } catch (error) {
      const exit = await finish(protocol, 'failed');
      const why = `${protocol.name} could not be used: ${messageOf(error)}.`;
      throw appError('not-started', why, { cause: { exit } });
    }
    host.begin();
    for (let prompt = host.prompt; ; ) {
      const how = await takeTurn(protocol, session, prompt);
      const next = messages.turnEnded();
      approvals.withdrawAll();
      if (how !== 'completed' || next === undefined) return finish(protocol, how, next);
      prompt = next;
    }
  }

  function takeTurn<Session>(protocol: Protocol<Session>, session: Session, text: string): Promise<Ended> {
    return new Promise((resolve) => {
      let interrupted = false;
      let done = false;
      let late: NodeJS.Timeout | undefined;
      over = (how) => {
        done = true;
        clearTimeout(late);
        resolve(how);
      };
      const overUnsaid = () => {
        if (done) return;
        if (interrupted) recorder.host({ dir: 'host', type: 'interrupted' });
        over(interrupted ? 'interrupted' : 'failed');
      };
      host.interrupt = () => {
        interrupted = true;
        protocol.interrupt(session);
        late ??= setTimeout(overUnsaid, interruptMs);
      };
      void protocol.agent.ended.then(overUnsaid);
      protocol.prompt(session, text).catch(overUnsaid);
    });
  }

  /** Lets the agent end, and says how it did. */
  async function finish({ agent, close }: Held, how: Ended, unsent?: string): Promise<number> {
    for (const text of [unsent, ...messages.close()]) {
      if (text) host.note(`Not delivered, the run ended first: ${text}`);
    }
    approvals.withdrawAll();
    await agent.end(spec.killGraceMs);
    close();
    const { code, signal, exit } = await agent.ended;
    recorder.exit(code, signal);
    // One that was killed in the middle of its turn, or could not be started, has a code that says so.
    return how === 'failed' && exit > 126 ? exit : codes[how];
  }

  return {
    heard(events) {
      for (const event of events) if (event.type === 'end') over(endedAs(event));
    },
    hold,
  };
}

function endedAs(event: Extract<AgentEvent, { type: 'end' }>): Ended {
  if (event.ok) return 'completed';
  return event.interrupted ? 'interrupted' : 'failed';
}
