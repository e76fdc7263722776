/** Bytes in any chunking to whole lines, and the plainest parser on top: every line is just a line. */
import type { AgentEvent, TranscriptParser } from '../agent-event.js';

/** What is kept of one line. A longer one is cut, so that no stream can fill the memory. */
export const maxLineBytes = 1_000_000;

export interface Line {
  text: string;
  /** The line was longer than `maxLineBytes`; `text` is its beginning. */
  cut: boolean;
}

export interface LineSplitter {
  push(chunk: Uint8Array): Line[];
  /** The last line, when it had no newline. */
  end(): Line[];
}

/**
 * Splits at newlines. Lines are decoded whole, so a character split over two chunks stays one;
 * bytes that are not UTF-8 become U+FFFD. Holds at most `limit` bytes.
 */
export function createLineSplitter(limit = maxLineBytes): LineSplitter {
  const decoder = new TextDecoder('utf-8');
  let parts: Uint8Array[] = [];
  let held = 0;
  let cut = false;

  const hold = (bytes: Uint8Array) => {
    const kept = bytes.subarray(0, limit - held);
    cut ||= kept.length < bytes.length;
    if (kept.length === 0) return;
    // The caller may reuse its buffer before the line is complete.
    parts.push(kept.slice());
    held += kept.length;
  };
  const take = (): Line => {
    const line = { text: decoder.decode(joined(parts, held)).replace(/\r$/, ''), cut };
    parts = [];
    held = 0;
    cut = false;
    return line;
  };

  /** Most lines lie in one piece: nothing needs to be held for them. */
  const whole = (bytes: Uint8Array): Line => ({
    text: bytes.length === 0 ? '' : decoder.decode(bytes).replace(/\r$/, ''),
    cut: false,
  });

  return {
    push(chunk) {
      const lines: Line[] = [];
      let from = 0;
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
        if (held === 0 && !cut && at - from <= limit) lines.push(whole(chunk.subarray(from, at)));
        else {
          hold(chunk.subarray(from, at));
          lines.push(take());
        }
        from = at + 1;
      }
      hold(chunk.subarray(from));
      return lines;
    },
    end: () => (held > 0 || cut ? [take()] : []),
  };
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The record the watchdog leaves where it dropped output over the limit; part of every stream format. */
export interface Dropped {
  type: 'codex-agents.dropped';
  bytes: number;
  /** Kept, since the record that told it was among the dropped bytes. */
  sessionId?: string;
}

/** The line that takes the place of dropped output. */
export function droppedLine(bytes: number, sessionId?: string): string {
  return JSON.stringify({
    type: 'codex-agents.dropped',
    bytes,
    ...(sessionId ? { sessionId } : {}),
  } satisfies Dropped);
}

/** The most that a `droppedLine` in this text tells of; 0 when there is none. */
export function droppedBytes(text: string): number {
  const found = text.matchAll(/^\{"type":"codex-agents\.dropped","bytes":(\d+)/gm);
  return Math.max(0, ...[...found].map(([, bytes]) => Number(bytes)));
}

/** Events of a `droppedLine`; undefined for any other line. */
export function readDropped(text: string): AgentEvent[] | undefined {
  if (!text.startsWith('{"type":"codex-agents.dropped"')) return undefined;
  try {
    const { bytes, sessionId } = JSON.parse(text) as Partial<Dropped>;
    const events: AgentEvent[] = [
      { type: 'warning', message: `${Number(bytes)} bytes of output were dropped: over run.max_output` },
    ];
    if (typeof sessionId === 'string') events.unshift({ type: 'session', sessionId });
    return events;
  } catch {
    return undefined;
  }
}

/** Parser of a program that knows no protocol: what it prints is shown line by line. */
export function parseLines(): TranscriptParser {
  const splitter = createLineSplitter();
  const toEvents = (line: Line): AgentEvent[] =>
    readDropped(line.text) ?? [{ type: 'line', text: line.text }];
  return {
    push: (chunk) => splitter.push(chunk).flatMap(toEvents),
    end: () => splitter.end().flatMap(toEvents),
  };
}
