/** The other end of `runApart`: runs what it is told to, and answers. */
import { toAppError } from '../../../domain/platform/errors.js';
import type { StarterAnswer, StarterOrder } from './apart.js';
import { runHere } from './process.js';

/** Serves orders of the process that has started this one, and ends with it. */
export function serveProcesses(): void {
  const under = new Map<number, AbortController>();
  const answer = (said: StarterAnswer) => process.send?.(said);

  async function run(order: Extract<StarterOrder, { argv: unknown }>): Promise<void> {
    const { id, argv, options, tells } = order;
    const ending = new AbortController();
    under.set(id, ending);
    try {
      const result = await runHere(argv, {
        ...options,
        signal: ending.signal,
        // A copy of its own: of a part, the whole buffer that it stands in would be handed over.
        ...(tells ? { onOutput: (chunk) => answer({ id, output: Uint8Array.from(chunk) }) } : {}),
      });
      answer({ id, result });
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
}

/** What of a cause outlasts the way to another process: its words. */
const told = (cause: unknown): unknown => (cause instanceof Error ? new Error(cause.message) : undefined);
