/**
 * Stands between the terminal and the key decoder. It joins split characters and sequences, takes
 * pastes out of the keys, decodes newer key encodings and swallows what the terminal says by itself.
 */
import { Duplex } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { nextPiece } from './sequences.js';

/** The terminal's input, as far as this file needs it: process.stdin in life, a PassThrough in tests. */
export interface TerminalInput extends NodeJS.ReadableStream {
  isTTY?: boolean;
  isRaw?: boolean;
  setRawMode?(on: boolean): unknown;
}

export interface FilterOptions {
  onPaste(text: string): void;
  /** Called with what the terminal says of its background when it was asked. */
  onBackground?(said: string): void;
  /** How long the rest of a sequence may take before ESC counts as a key of its own. */
  escapeMs?: number;
}

/** How long the rest of a reply of the terminal may take. */
const replyMs = 2_000;

/** Longer than the introducer alone, which may be a key with alt. */
const isReply = (text: string): boolean => text.length > 2 && /^\x1b[\]PX^_]/.test(text);

/** Longest unfinished reply or sequence that is waited for; pastes have no such limit. */
const partialLimit = 4096;

/**
 * A stream that looks like the terminal to the key decoder and emits one key sequence per `data`.
 * It listens to the source from `attach()` to `detach()`.
 */
export function createInputFilter(source: TerminalInput, options: FilterOptions) {
  const decoder = new StringDecoder('utf8');
  const escapeMs = options.escapeMs ?? 30;
  let held = '';
  let timer: NodeJS.Timeout | undefined;

  const filter = new Duplex({
    read() {},
    write(_chunk, _encoding, done) {
      done();
    },
  });
  const terminal = {
    isTTY: { get: () => source.isTTY ?? true },
    isRaw: { get: () => source.isRaw ?? false },
    setRawMode: {
      value(on: boolean) {
        source.setRawMode?.(on);
        return filter;
      },
    },
    resume: {
      value() {
        source.resume();
        return filter;
      },
    },
    pause: {
      value() {
        source.pause();
        return filter;
      },
    },
  };
  Object.defineProperties(filter, terminal);

  function feed(chunk: Buffer | string) {
    clearTimeout(timer);
    held += typeof chunk === 'string' ? chunk : decoder.write(chunk);
    drain();
    if (held.length === 0 || held.startsWith('\x1b[200~')) return;
    // A reply that has begun is no key, and its rest must not become keys on a slow line.
    timer = setTimeout(giveUpWaiting, isReply(held) ? Math.max(escapeMs, replyMs) : escapeMs);
  }

  function drain() {
    while (held.length > 0) {
      const { piece, length } = nextPiece(held);
      if (piece.type === 'partial') {
        if (held.length > partialLimit && !held.startsWith('\x1b[200~')) held = '';
        return;
      }
      held = held.slice(length);
      if (piece.type === 'key') filter.emit('data', piece.text);
      if (piece.type === 'paste') options.onPaste(piece.text);
      if (piece.type === 'background') options.onBackground?.(piece.text);
    }
  }

  /** Ends the wait: a lone ESC is the Escape key, and a sequence that was cut off is dropped. */
  function giveUpWaiting() {
    const alone = held === '\x1b' || held === '\x1b\x1b';
    const introducer = held.length === 2 && /^\x1b[[O\]PX^_]$/.test(held);
    const rest = held;
    held = '';
    if (alone) for (const one of rest) filter.emit('data', one);
    else if (introducer) filter.emit('data', rest);
  }

  return Object.assign(filter, {
    /** Begins to listen; what was typed before waits in the terminal. */
    attach() {
      source.on('data', feed);
    },
    detach() {
      clearTimeout(timer);
      source.removeListener('data', feed);
    },
  });
}
