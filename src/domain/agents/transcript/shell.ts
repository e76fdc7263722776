/** Commands as the agent wrote them. */

/** `/bin/bash -lc 'npm test'` → `npm test`: the wrapper is the runner's, not the agent's. */
export function unwrapShell(command: string): string {
  const inner = /^(?:\/\S*\/)?(?:ba|z|da)?sh -l?c (.+)$/s.exec(command)?.[1];
  return inner === undefined ? command : (oneWord(inner) ?? inner);
}

const part = /'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])|([^\s'"\\|&;<>()$`*?#~]+)/y;

/** What a shell makes of this, when all of it is one word, quoted as it may be: `'it'"'"'s'` → `it's`. */
function oneWord(text: string): string | undefined {
  let word = '';
  for (let at = 0; at < text.length; at = part.lastIndex) {
    part.lastIndex = at;
    const found = part.exec(text);
    if (!found) return undefined;
    const [, single, double, escaped, plain] = found;
    word += single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? plain ?? '';
  }
  return word;
}
