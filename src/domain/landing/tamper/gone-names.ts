/** Names that a change takes from the code for good: those that only another name, or another way of writing, came for are none. */
import { namingWords } from './weakening.js';

export interface ChangedLines {
  removed: readonly string[];
  added: readonly string[];
  /** Lines without comments that the changed sources have afterwards, as far as they are known. */
  after: readonly string[];
}

/** A variable of a function is nothing that a test can speak of. */
const local = /^\s+(?:const|let|var)\s/;
const definition =
  /^\s*(?:(?:export|default|pub(?:\([^)]*\))?|public|protected|private|static|final|abstract|async|unsafe|const|extern)\s+)*(?:function\*?|func(?:\s*\([^)]*\))?|def|fn|class|interface|type|struct|enum|trait|record|const|let|var|#define)\s+([A-Za-z_$][\w$]{3,})/;
/** A member that is given a value. */
const member = /^\s*(?:module\.)?\w+(\.[A-Za-z_$][\w$]{3,})\s*=(?![=>])/;
/** The same in the braces of an object or class of JavaScript: a getter, or a key whose value has braces of its own. */
const keyed = /^\s+(?:static\s+)?(?:get\s+([A-Za-z_$][\w$]{3,})\s*\(|([A-Za-z_$][\w$]{3,})\s*:\s*\{\s*$)/;
/** Longer lines are made by a tool. */
const maxLine = 400;

/** Names that lines define. */
export const definedIn = (lines: readonly string[]): string[] =>
  lines.flatMap((line) => definition.exec(line)?.[1] ?? []);

/** What is asked of values by name: `.styles`. */
export const membersIn = (text: string): string[] => text.match(/(?<=[\w$)\]])\.[A-Za-z_$][\w$]{3,}/g) ?? [];

function givenIn(line: string): string[] {
  const key = keyed.exec(line);
  const name = member.exec(line)?.[1] ?? (key ? `.${key[1] ?? key[2]}` : undefined);
  return name === undefined ? [] : [name];
}

/** Members, each with the dot before it, that are given no value any more, and are spoken of as members nowhere. */
export function goneMembers(lines: ChangedLines): string[] {
  const given = [...new Set(lines.removed.flatMap(givenIn))];
  if (given.length === 0) return [];
  const renamed = renamedIn(lines);
  const text = lines.after.join('\n');
  return given.filter((name) => {
    const plain = name.slice(1).replaceAll('$', '\\$');
    const said = new RegExp(
      `\\.${plain}(?![\\w$])|["'\`]${plain}["'\`]|(?<![\\w$])${plain}\\s*[:=(]|[{,]\\s*${plain}\\s*[,}]`,
    );
    return !renamed(name.slice(1)) && !said.test(text);
  });
}

/** Of the words that went: those by which code was defined or asked for, and that no other name took the place of. */
export function goneNames(words: ReadonlySet<string>, lines: ChangedLines): Set<string> {
  const removed = lines.removed.filter((line) => !local.test(line));
  const said = new Set([
    ...definedIn(removed),
    ...removed.flatMap((line) => membersIn(line).map((name) => name.slice(1))),
  ]);
  const names = [...words].filter((word) => said.has(word));
  if (names.length === 0) return new Set();
  const renamed = renamedIn(lines);
  return new Set(names.filter((word) => !renamed(word)));
}

/** Whether a removed line with that name is an added one with another name in its place. */
function renamedIn({ removed, added }: ChangedLines): (name: string) => boolean {
  const without = (line: string, word: string) => line.trim().split(word).join('\0');
  const keys = (line: string) => (line.length > maxLine ? [] : [...new Set(namingWords(line))]);
  // A line that only moved has its name still.
  const unlike = (lines: readonly string[], others: readonly string[]) => {
    const known = new Set(others.map((line) => line.trim()));
    return lines.filter((line) => !known.has(line.trim()));
  };
  const there = new Set(
    unlike(added, removed).flatMap((line) => keys(line).map((word) => without(line, word))),
  );
  const others = new Set(
    unlike(removed, added).flatMap((line) => keys(line).filter((word) => there.has(without(line, word)))),
  );
  return (name) => others.has(name);
}
