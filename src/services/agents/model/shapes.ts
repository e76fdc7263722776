/** Reads what a server sent, of whatever shape it is: our own faults stay faults, and are never called its answer. */
import { asRecord, type JsonRecord } from '../../../domain/agents/transcript/records.js';
import { notAnAnswer } from './failure.js';

const otherShape = () => notAnAnswer('it has another shape, or is nested too deep', true);

/**
 * Runs a part of the client's own. It takes the shape of an answer for granted: what it throws over one of another
 * shape says so. A network's errors have a cause, and stay.
 */
export async function readable<T>(part: () => PromiseLike<T>): Promise<T> {
  try {
    return await part();
  } catch (error) {
    throw isSlip(error) ? otherShape() : error;
  }
}

/** Whether an error is of a kind that only a program's own mistake makes. */
export const isSlip = (error: unknown): boolean =>
  (error instanceof RangeError || error instanceof TypeError || error instanceof ReferenceError) &&
  error.cause === undefined;

/** The events of a stream, each of them a record. A server that sends anything else gives no answer. */
export async function* recordsFrom(stream: AsyncIterable<unknown>): AsyncGenerator<JsonRecord> {
  const events = stream[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await readable(() => events.next());
      if (next.done) return;
      yield recordIn(next.value);
    }
  } finally {
    await events.return?.();
  }
}

/** A record; throws for anything else. */
export function recordIn(value: unknown): JsonRecord {
  const record = asRecord(value);
  if (!record) throw otherShape();
  return record;
}

/** A list of records; throws for anything else. */
export function recordsIn(value: unknown): JsonRecord[] {
  if (!Array.isArray(value)) throw otherShape();
  return value.map(recordIn);
}
