/** Questions to the person at the terminal, on standard error, so that output stays clean. */
import type { Interface } from 'node:readline/promises';
import { appError } from '../domain/platform/errors.js';
import { sanitizeLine, sanitizeText } from '../domain/platform/sanitize.js';
import type { Ask } from '../services/app/index.js';

/** Asks the terminal to put marks around pasted text, and to stop doing so. */
const [pastesMarked, pastesPlain] = ['\x1b[?2004h', '\x1b[?2004l'];

/**
 * An Ask over a terminal. Ctrl-C ends it with `interrupted`; so does Ctrl-D, except that it ends an answer of
 * several lines.
 */
export function terminalAsk(options: { yes: boolean; signal: AbortSignal }): Ask {
  /** Gives `work` a line editor and closes it afterwards. */
  async function withReader<T>(work: (reader: Interface, closed: Promise<never>) => Promise<T>): Promise<T> {
    const { createInterface } = await import('node:readline/promises');
    const reader = createInterface({ input: process.stdin, output: process.stderr });
    const closed = new Promise<never>((_, reject) => {
      reader.once('close', () => reject(appError('interrupted', 'Interrupted.', { kind: 'interrupted' })));
    });
    closed.catch(() => undefined);
    try {
      return await work(reader, closed);
    } finally {
      reader.close();
    }
  }

  const line = (question: string): Promise<string> =>
    withReader((reader, closed) =>
      Promise.race([reader.question(question, { signal: options.signal }), closed]),
    );

  return {
    show: (lines) => void process.stderr.write(`${sanitizeText(lines.join('\n'))}\n`),
    async text(question, { initial, multiline } = {}) {
      const shown = sanitizeLine(question) + (initial ? ` [${sanitizeLine(initial)}]` : '');
      if (!multiline) return (await line(`${shown}: `)).trim() || initial;
      process.stderr.write(`${shown} (an empty line ends):\n`);
      return (await withReader((reader) => linesFrom(reader, options.signal))) || initial;
    },
    async confirm(question, fallback = false) {
      if (options.yes) return true;
      const shown = `${sanitizeLine(question)} [${fallback ? 'Y/n' : 'y/N'}] `;
      for (let asked = shown; ; asked = `Answer y or n. ${shown}`) {
        const answer = (await line(asked)).trim();
        if (answer === '') return fallback;
        if (/^y(es)?$/i.test(answer)) return true;
        if (/^no?$/i.test(answer)) return false;
      }
    },
    async choose(question, choices) {
      const numbered = choices.map((choice, index) => `  ${index + 1} ${sanitizeLine(choice)}`).join('\n');
      const answer = (await line(`${sanitizeText(question)}\n${numbered}\n> `)).trim();
      return choices[Number(answer) - 1] ?? choices.find((choice) => choice === answer);
    },
  };
}

/**
 * Lines until an empty one that was typed, or Ctrl-D. An empty line that was pasted is part of the text.
 * Throws `interrupted` after Ctrl-C.
 */
async function linesFrom(reader: Interface, signal: AbortSignal): Promise<string> {
  const lines: string[] = [];
  let pasting = false;
  let interrupted = false;
  const onKey = (_: unknown, key: { name?: string } | undefined) => {
    if (key?.name === 'paste-start') pasting = true;
    if (key?.name !== 'paste-end') return;
    pasting = false;
    reader.prompt(true);
  };
  const interrupt = () => {
    interrupted = true;
    reader.close();
  };
  // This listener comes before the line editor's, so that a mark counts for the line that follows it.
  process.stdin.prependListener('keypress', onKey);
  const marks = process.env.TERM !== 'dumb';
  if (marks) process.stderr.write(pastesMarked);
  try {
    await new Promise<void>((resolve) => {
      reader.on('line', (text) => {
        if (text === '' && !pasting) return resolve();
        lines.push(text);
        if (!pasting) reader.prompt();
      });
      reader.once('close', resolve);
      reader.once('SIGINT', interrupt);
      signal.addEventListener('abort', interrupt, { once: true });
      reader.setPrompt('> ');
      reader.prompt();
    });
  } finally {
    signal.removeEventListener('abort', interrupt);
    process.stdin.removeListener('keypress', onKey);
    if (marks) process.stderr.write(pastesPlain);
  }
  if (interrupted) throw appError('interrupted', 'Interrupted.', { kind: 'interrupted' });
  return lines.join('\n').replace(/^\n+|\n+$/g, '');
}
