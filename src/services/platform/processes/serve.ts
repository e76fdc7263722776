/** The other end of `runApart`: runs what it is told to, and answers. */
import { toAppError } from '../../../domain/platform/errors.js';
import type { StarterAnswer, StarterOrder } from './apart.js';
import { runHere, type Watcher } from './process.js';

/** So many bytes of output may be on their way to who reads more slowly than the programs write. */
const mostOnTheWay = 1024 * 1024;

/** Serves orders of the process that has started this one, and ends with it. */
export function serveProcesses(): void {
  const under = new Map<number, AbortController>();
  const answer = (said: StarterAnswer, sent = () => {}) => process.send?.(said, sent);
  const way = outputWay();

  async function run(order: Extract<StarterOrder, { argv: unknown }>): Promise<void> {
    const { id, argv, options, tells } = order;
    const ending = new AbortController();
    under.set(id, ending);
    const onOutput = (chunk: Uint8Array) => {
      // A copy of its own: of a part, the whole buffer that it stands in would be handed over.
      answer({ id, output: Uint8Array.from(chunk) }, way.takes(chunk.length));
    };
    const watcher: Watcher = { started: (group) => answer({ id, group }), room: way.room };
    try {
      const mine = { ...options, signal: ending.signal, ...(tells ? { onOutput } : {}) };
      answer({ id, result: await runHere(argv, mine, watcher) });
    } catch (error) {
      const { kind, code, message, hint, cause } = toAppError(error);
      answer({ id, error: { kind, code, message, ...(hint ? { hint } : {}), cause: told(cause) } });
    } finally {
      under.delete(id);
    }
  }

  process.on('disconnect', () => process.exit(0));
  process.on('message', (order: StarterOrder) => {
    if ('abort' in order) under.get(order.id)?.abort();
    else void run(order);
  });
  answer({ ready: true });
}

/** What is on its way to the other process, and when there is room for more. */
function outputWay() {
  let bytes = 0;
  let waiting: { room: Promise<void>; tell(): void } | undefined;
  return {
    /** Counts a piece; what it returns is called when the piece has been handed over. */
    takes(size: number): () => void {
      bytes += size;
      return () => {
        bytes -= size;
        if (bytes > mostOnTheWay) return;
        waiting?.tell();
        waiting = undefined;
      };
    },
    room(): Promise<void> | undefined {
      if (bytes <= mostOnTheWay) return undefined;
      if (!waiting) {
        let tell = () => {};
        const room = new Promise<void>((done) => {
          tell = done;
        });
        waiting = { room, tell };
      }
      return waiting.room;
    },
  };
}

/** What of a cause outlasts the way to another process: its words. */
const told = (cause: unknown): unknown => (cause instanceof Error ? new Error(cause.message) : undefined);
