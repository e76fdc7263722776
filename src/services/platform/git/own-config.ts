/** Reads single values of a git configuration file without starting git, as git reads them. */
import { hasCode } from '../../../domain/platform/errors.js';
import { readText } from '../files/plain.js';

/** Where these stand in a file's place, git finds no git directory there either. */
const noGitFile = ['not-a-file', 'file-too-big', 'EACCES', 'EPERM', 'ELOOP'];

/**
 * The text of a file of a git directory; undefined for what is none, or may not be read. Throws what else the system
 * says: with no files left to open, a repository is not "none".
 */
export async function gitText(path: string): Promise<string | undefined> {
  try {
    return await readText(path);
  } catch (error) {
    if (noGitFile.some((code) => hasCode(error, code))) return undefined;
    throw error;
  }
}

/**
 * The last value of a key in a section without a subsection, such as `core.worktree`: `true` for a key alone, undefined
 * where it is not set. Quotes, escapes, comments and lines that go on are read as git does.
 */
export function valueIn(text: string, section: string, key: string): string | undefined {
  let found: string | undefined;
  for (const pair of pairsIn(text, [section])) {
    if (pair.part === undefined && pair.key === key) found = pair.value;
  }
  return found;
}

/** One line of a configuration: `[section "part"] key = value`, section and key in small letters. */
export interface ConfigPair {
  section: string;
  part?: string;
  key: string;
  value: string;
}

/** All values in sections of these names, in order. */
export function* pairsIn(text: string, sections: readonly string[]): Generator<ConfigPair> {
  let at: Pick<ConfigPair, 'section' | 'part'> = { section: '' };
  for (const line of wholeLines(text)) {
    const header = /^\s*\[\s*([^\]"\s]+)\s*("(?:[^"\\]|\\.)*")?\s*\]/.exec(line);
    if (header) at = sectionOf(header[1]!, header[2]);
    if (!sections.includes(at.section)) continue;
    const pair = /^\s*([A-Za-z][A-Za-z0-9-]*)\s*(=(.*))?/.exec(header ? line.slice(header[0].length) : line);
    if (pair) yield { ...at, key: pair[1]!.toLowerCase(), value: pair[2] ? plain(pair[3]!) : 'true' };
  }
}

/** `[remote "origin"]`, or `[remote.origin]` as it was written once. */
function sectionOf(name: string, quoted: string | undefined): Pick<ConfigPair, 'section' | 'part'> {
  const section = name.toLowerCase();
  if (quoted !== undefined) return { section, part: quoted.slice(1, -1).replace(/\\(.)/gs, '$1') };
  const dot = section.indexOf('.');
  return dot < 0 ? { section } : { section: section.slice(0, dot), part: section.slice(dot + 1) };
}

/** A line that ends with a backslash goes on in the next; two of them are one that is meant, and comments never go on. */
function* wholeLines(text: string): Generator<string> {
  let begun = '';
  for (const line of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    const isComment = begun === '' && /^\s*[#;]/.test(line);
    if (!isComment && /(?<!\\)(?:\\\\)*\\$/.test(line)) {
      begun += line.slice(0, -1);
      continue;
    }
    if (!isComment) yield begun + line;
    begun = '';
  }
  if (begun !== '') yield begun;
}

const escapes: Record<string, string> = { n: '\n', t: '\t', b: '\b' };

/** A value without quotes, escapes, comment and the blanks around it. */
function plain(raw: string): string {
  if (!/["\\#;]/.test(raw)) return raw.trim();
  let value = '';
  let kept = 0;
  let quoted = false;
  for (const [, escaped, char = ''] of raw.trimStart().matchAll(/\\(.)|(.)/gs)) {
    if (escaped !== undefined) value += escapes[escaped] ?? escaped;
    else if (char === '"') quoted = !quoted;
    else if (!quoted && (char === '#' || char === ';')) break;
    else value += char;
    if (quoted || escaped !== undefined || !/\s/.test(char)) kept = value.length;
  }
  return value.slice(0, kept);
}

/** Whether git takes a value for true. */
export const isTrue = (value: string | undefined): boolean =>
  value !== undefined && (/^(true|yes|on)$/i.test(value) || Number.parseInt(value, 10) > 0);
