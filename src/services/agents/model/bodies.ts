/** Bodies of a server's answers, read no further than anything that we ask for can be long. */
import { modelError } from './failure.js';

/** No reason that a person reads, and no answer that is no stream, is longer. */
const maxBodyChars = 256_000;
/** No event of an answer is longer: the last one holds the whole text once more, with escapes. */
const maxEventBytes = 2_000_000;

/** The beginning of a body as text; the rest of an endless one, or of one that was packed, is not read. */
export async function beginningOf({ body }: Response, mostChars = maxBodyChars): Promise<string> {
  const reader = body?.getReader();
  const decoder = new TextDecoder();
  let text = '';
  while (reader && text.length < mostChars) {
    const { done, value } = await reader.read();
    if (done) return text;
    text += decoder.decode(value, { stream: true });
  }
  await reader?.cancel();
  return text;
}

/**
 * The stream with an empty line at its end: a server may leave it out after its last event, and the client would then
 * leave out the event. An event without end fails, for the client would keep all of it.
 */
export function boundedEvents(response: Response): Response {
  const { body, status, headers } = response;
  if (!body || !/event-stream/i.test(headers.get('content-type') ?? '')) return response;
  let bytes = 0;
  const lines = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, to) {
      bytes = sizeAfter(bytes, chunk);
      if (bytes > maxEventBytes) to.error(modelError('model-bad-answer', tooLong));
      else to.enqueue(chunk);
    },
    flush: (to) => to.enqueue(new TextEncoder().encode('\n\n')),
  });
  return new Response(body.pipeThrough(lines), { status, headers });
}

const tooLong = "The model's answer cannot be used: an event of it is far too long.";
const eventEnds = ['\n\n', '\r\n\r\n', '\r\r'];

/** How many bytes the open event has after this chunk. An end between two chunks is not seen, and the next one is. */
function sizeAfter(before: number, chunk: Uint8Array): number {
  const buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  const end = Math.max(...eventEnds.map((one) => buffer.lastIndexOf(one)));
  return end < 0 ? before + chunk.byteLength : chunk.byteLength - end;
}
