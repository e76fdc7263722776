/** Commands that a person lets the agents of a task run, by how they begin. */
import type { Approval } from './approval.js';
import { unwrapShell, wordsOfCommand } from './transcript/shell.js';

/** Programs that run whatever they are given: how such a command begins says nothing of what it does. */
const runAnything =
  /^(?:(?:ba|da|z|k|fi|c|tc)?sh|env|sudo|doas|su|xargs|nohup|setsid|time|timeout|nice|ionice|exec|eval|command|ssh|find|awk|parallel|busybox|npx|bunx|uvx|pipx|docker|podman)$/;

/**
 * How a command begins, to be allowed with all that begins so: its program and the first word behind it, "npm install".
 * Undefined where that would allow too much: options come first, several commands are joined, or the program runs others.
 */
export function prefixOf({ kind, detail }: Pick<Approval, 'kind' | 'detail'>): string | undefined {
  const [program = '', second = ''] = (kind === 'command' && wordsOfCommand(unwrapShell(detail))) || [];
  if (!isPlain(program) || !isPlain(second) || second.startsWith('-')) return undefined;
  return runAnything.test(program.slice(program.lastIndexOf('/') + 1)) ? undefined : `${program} ${second}`;
}

/** What is shown to the person and kept has no spaces or signs of its own, and sets no variable. */
const isPlain = (word: string): boolean => /^[\w./@:+-]{1,80}$/.test(word);
