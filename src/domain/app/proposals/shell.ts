/** Shell text in pieces: statements, words, and whether a statement needs a shell at all. */

export interface Statement {
  text: string;
  /** Without quotes and without assignments in front. */
  words: string[];
  /** Assignments in front of the program. */
  env: Record<string, string>;
  /** Whether the words alone say all of it, so that no shell has to read them. */
  plain: boolean;
}

/** What begins or ends a part that only makes sense as a whole. */
const control =
  /^(?:if|then|else|elif|fi|for|while|until|do|done|case|esac|function|\{|\}|\(|\)|\w+\(\))(?=[\s;(){]|$)/;

/**
 * The statements of a script, split at line ends, `;` and `&&`. A script with loops, conditions, functions or here
 * documents is not split: undefined.
 */
export function statementsOf(script: string): Statement[] | undefined {
  const parts = split(script.replace(/\r/g, '').replace(/\\\n\s*/g, ' '));
  if (parts.some((part) => control.test(part) || /<<-?\s*['"]?\w/.test(part))) return undefined;
  return parts.map(statementOf);
}

/** One statement, read on its own. */
export function statementOf(text: string): Statement {
  const read = wordsOf(text);
  const env: Record<string, string> = {};
  const words = [...read.words];
  while (words.length > 0 && /^[A-Za-z_]\w*=/.test(words[0]!)) {
    const [word] = words.splice(0, 1);
    const at = word!.indexOf('=');
    env[word!.slice(0, at)] = word!.slice(at + 1);
  }
  return { text, words, env, plain: read.plain };
}

/** One sign of a script, or one that is taken as it is with the backslash before it. */
interface Sign {
  text: string;
  /** Stands inside of quotes, or is one of them. */
  within: string;
  isQuote: boolean;
  isEscaped: boolean;
}

function signsOf(text: string): Sign[] {
  const signs: Sign[] = [];
  let within = '';
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]!;
    const isQuote = within ? sign === within : sign === '"' || sign === "'" || sign === '`';
    const isEscaped = sign === '\\' && within !== "'" && at + 1 < text.length;
    signs.push({
      text: isEscaped ? sign + text[++at]! : sign,
      within,
      isQuote: isQuote && !isEscaped,
      isEscaped,
    });
    if (isQuote && !isEscaped) within = within ? '' : sign;
  }
  return signs;
}

function split(script: string): string[] {
  const parts = [''];
  let [depth, isComment] = [0, false];
  const signs = signsOf(script.replace(/^([ \t]*)#.*$/gm, '$1'));
  for (const [at, { text, within, isQuote }] of signs.entries()) {
    const part = parts.at(-1)!;
    const isBare = !within && !isQuote;
    if (isComment) isComment = text !== '\n';
    else if (isBare && text === '#' && (part === '' || /\s$/.test(part))) isComment = true;
    if (isComment) continue;
    if (isBare && text === '(' && part.endsWith('$')) depth++;
    else if (isBare && text === ')' && depth > 0) depth--;
    if (isBare && depth === 0 && endsStatement(signs, at)) parts.push('');
    else parts[parts.length - 1] = part + text;
  }
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

function endsStatement(signs: readonly Sign[], at: number): boolean {
  const [before, here, next] = [signs[at - 1]?.text, signs[at]!.text, signs[at + 1]?.text];
  if (here === '&') return next === '&' || before === '&';
  return here === '\n' || (here === ';' && next !== ';' && before !== ';');
}

function wordsOf(text: string): { words: string[]; plain: boolean } {
  const words: string[] = [];
  let [word, open, plain] = ['', false, true];
  for (const { text: sign, within, isQuote, isEscaped } of signsOf(text)) {
    if (!within && !isQuote && !isEscaped && /\s/.test(sign)) {
      if (open) words.push(word);
      [word, open] = ['', false];
      continue;
    }
    const special = within === "'" ? /(?!)/ : within ? /[$`]/ : /[$`*?|<>&[\]~(){}]/;
    if (!isEscaped && !(sign === '~' && open) && special.test(sign)) plain = false;
    if (!isQuote) word += isEscaped ? sign.slice(1) : sign;
    open = true;
  }
  if (open) words.push(word);
  return { words, plain };
}

/** A word as a shell reads it back. */
export const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
