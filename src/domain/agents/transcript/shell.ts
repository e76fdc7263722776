/** Commands as the agent wrote them. */

/** `/bin/bash -lc 'npm test'` → `npm test`: the wrapper is the runner's, not the agent's. */
export function unwrapShell(command: string): string {
  const inner = /^(?:\/\S*\/)?(?:ba|z|da)?sh -l?c (.+)$/s.exec(command)?.[1];
  return inner === undefined ? command : (oneWord(inner) ?? inner);
}

const part = /'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])|([^\s'"\\|&;<>()$`*?#~]+)/y;

/** What a shell makes of this, when all of it is one word, quoted as it may be: `'it'"'"'s'` → `it's`. */
function oneWord(text: string): string | undefined {
  const found = wordAt(text, 0);
  return found?.end === text.length ? found.word : undefined;
}

/** The words of a command that a shell runs as it stands; undefined where it does more than that, or may. */
export function wordsOfCommand(command: string): string[] | undefined {
  const words: string[] = [];
  for (let at = 0; at < command.length; ) {
    if (command[at] === ' ' || command[at] === '\t') {
      at += 1;
      continue;
    }
    const found = wordAt(command, at);
    if (!found || found.end === at || found.expands) return undefined;
    words.push(found.word);
    at = found.end;
  }
  return words;
}

/** The word that begins here, and where it ends; undefined where something of it means more to a shell. */
function wordAt(text: string, from: number): { word: string; end: number; expands: boolean } | undefined {
  let word = '';
  let expands = false;
  let at = from;
  while (at < text.length && !/\s/.test(text[at]!)) {
    part.lastIndex = at;
    const found = part.exec(text);
    if (!found) return undefined;
    const [, single, double, escaped, plain] = found;
    expands ||= double !== undefined && /[$`]/.test(double);
    word += single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? plain ?? '';
    at = part.lastIndex;
  }
  return { word, end: at, expands };
}
