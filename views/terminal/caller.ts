/** Calls a person who looks elsewhere: the title of the terminal, and the bell or a notification. */
import { sanitizeLine } from '../../src/domain/platform/sanitize.js';
import { fitText } from '../../src/domain/platform/width.js';

/** What is said to a person who is called; safe to show. */
export interface PersonCall {
  title: string;
  text: string;
}

/**
 * How a person is called: by the bell, by a notification that the terminal shows, by a program (a function that starts
 * it), or not at all.
 */
export type CallBy = 'bell' | 'osc9' | 'osc777' | 'none' | ((call: PersonCall) => void);

/** What the screen says of itself to the outside. */
export interface CallNews {
  /** Name of the repository; raw. */
  repo: string;
  /** What waits for the person: a key for each. */
  waiting: readonly string[];
  /** What the newest of them is about; raw. */
  text: string;
}

/** The least time between two calls: six questions at once are one call. */
const quietMs = 10_000;
const titleLimit = 60;
const textLimit = 120;

export interface Caller {
  /** Says how things stand. What waits at the first time is not called out. */
  update(news: CallNews): void;
  /** The terminal belongs to another program until `resume`. */
  pause(): void;
  resume(): void;
  /** Turns calls off, or on again. */
  silence(on: boolean): void;
  stop(): void;
}

/** `write` sends bytes to the terminal outside of frames. */
export function createCaller(by: CallBy, write: (bytes: string) => void): Caller {
  let known: ReadonlySet<string> | undefined;
  let news: CallNews | undefined;
  let shownTitle = '';
  let silent = by === 'none';
  let paused = false;
  let due = false;
  let lastCall = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;

  function tell() {
    if (!news || paused) return;
    const title = titleOf(news);
    if (title !== shownTitle) write(`\x1b]2;${title}\x07`);
    shownTitle = title;
    if (!due || silent || news.waiting.length === 0) {
      due = false;
      return;
    }
    const wait = lastCall + quietMs - performance.now();
    if (wait > 0) {
      timer ??= setTimeout(() => {
        timer = undefined;
        tell();
      }, wait).unref();
      return;
    }
    due = false;
    lastCall = performance.now();
    if (typeof by === 'function') by(wordsOf(news));
    else write(callOf(by, news));
  }

  return {
    update(next) {
      if (next === news) return;
      if (known && next.waiting.some((key) => !known!.has(key))) due = true;
      known = new Set(next.waiting);
      news = next;
      tell();
    },
    pause() {
      paused = true;
    },
    resume() {
      paused = false;
      shownTitle = '';
      tell();
    },
    silence(on) {
      silent = on || by === 'none';
      due = false;
    },
    stop: () => clearTimeout(timer),
  };
}

/** Safe text of at most `limit` columns. */
const plainText = (text: string, limit: number): string => fitText(sanitizeLine(text), limit).trimEnd();

function titleOf({ repo, waiting }: CallNews): string {
  return plainText(`${waiting.length > 0 ? `! ${waiting.length} ` : ''}codex-agents ${repo}`, titleLimit);
}

const wordsOf = ({ text, repo }: CallNews): PersonCall => ({
  title: `codex-agents ${plainText(repo, titleLimit)}`,
  text: plainText(text, textLimit),
});

function callOf(by: Exclude<CallBy, (call: PersonCall) => void>, news: CallNews): string {
  const { title, text } = wordsOf(news);
  switch (by) {
    case 'osc9':
      return `\x1b]9;${text}\x07`;
    case 'osc777':
      // A semicolon would begin the next field.
      return `\x1b]777;notify;${title.replaceAll(';', ',')};${text.replaceAll(';', ',')}\x07`;
    case 'bell':
      return '\x07';
    case 'none':
      return '';
  }
}
