/** Questions to the person at the terminal, on standard error, so that output stays clean. */
import { appError } from '../domain/platform/errors.js';
import { sanitizeLine, sanitizeText } from '../domain/platform/sanitize.js';
import type { Ask } from '../services/app/index.js';

/** An Ask over a terminal. Ctrl-C and Ctrl-D end it with `interrupted`. */
export function terminalAsk(options: { yes: boolean; signal: AbortSignal }): Ask {
  async function line(question: string): Promise<string> {
    const { createInterface } = await import('node:readline/promises');
    const reader = createInterface({ input: process.stdin, output: process.stderr });
    const closed = new Promise<never>((_, reject) => {
      reader.once('close', () => reject(appError('interrupted', 'Interrupted.', { kind: 'interrupted' })));
    });
    closed.catch(() => undefined);
    try {
      return await Promise.race([reader.question(question, { signal: options.signal }), closed]);
    } finally {
      reader.close();
    }
  }

  return {
    async text(question, { initial, multiline } = {}) {
      const shown = sanitizeLine(question) + (initial ? ` [${sanitizeLine(initial)}]` : '');
      if (!multiline) return (await line(`${shown}: `)).trim() || initial;
      const lines: string[] = [];
      for (
        let next = await line(`${shown} (an empty line ends):\n> `);
        next !== '';
        next = await line('> ')
      ) {
        lines.push(next);
      }
      return lines.length > 0 ? lines.join('\n') : initial;
    },
    async confirm(question, fallback = false) {
      if (options.yes) return true;
      const answer = (await line(`${sanitizeLine(question)} [${fallback ? 'Y/n' : 'y/N'}] `)).trim();
      return answer === '' ? fallback : /^y(es)?$/i.test(answer);
    },
    async choose(question, choices) {
      const numbered = choices.map((choice, index) => `  ${index + 1} ${sanitizeLine(choice)}`).join('\n');
      const answer = (await line(`${sanitizeText(question)}\n${numbered}\n> `)).trim();
      return choices[Number(answer) - 1] ?? choices.find((choice) => choice === answer);
    },
  };
}
