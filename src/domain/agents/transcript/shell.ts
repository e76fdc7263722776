/** Commands as the agent wrote them. */

/** `/bin/bash -lc 'npm test'` → `npm test`: the wrapper is the runner's, not the agent's. */
export function unwrapShell(command: string): string {
  const inner = /^(?:\/\S*\/)?(?:ba|z|da)?sh -l?c (.+)$/s.exec(command)?.[1];
  if (!inner) return command;
  if (/^'[^']*'$/.test(inner)) return inner.slice(1, -1);
  if (/^"(?:[^"\\]|\\.)*"$/s.test(inner)) return inner.slice(1, -1).replace(/\\(["\\$`])/g, '$1');
  return inner;
}
