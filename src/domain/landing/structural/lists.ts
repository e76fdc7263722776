/** Both sides added something where nothing was, or one side's additions hold the other's. */

import { mergeSets } from './imports.js';
import { isSorted, isSubsequence, type Trio, tight, trimmed } from './text.js';

const item = /^(?:[-*+]\s|\d+[.)]\s|['"`\w@./$-]+\s*[:=]|.*,$|['"`][^'"`]*['"`],?$|\|.*\|$)/;

/** What makes two list items the same entry. */
const itemKey = (line: string): string => line.split(/[:=,]/)[0]!.replace(/['"`\s]/g, '');

const isList = (lines: readonly string[]): boolean => {
  const bare = trimmed(lines);
  return bare.length > 0 && bare.every((line) => item.test(line));
};

/** Rule R10: entries under different keys, ours first. */
export function appendLists({ base, ours, theirs }: Trio): string[] | undefined {
  if (trimmed(base).length > 0 || !isList(ours) || !isList(theirs)) return undefined;
  const keys = new Set(trimmed(ours).map(itemKey));
  return trimmed(theirs).some((line) => keys.has(itemKey(line))) ? undefined : [...ours, ...theirs];
}

/** A list edited by both, taken for a set of entries. */
export function mergeLists(trio: Trio): string[] | undefined {
  if (!isList(trio.base) || !isList(trio.ours) || !isList(trio.theirs)) return undefined;
  const sorted = isSorted(trimmed(trio.ours)) && isSorted(trimmed(trio.theirs));
  return mergeSets(trio, itemKey, sorted);
}

/** Both lists are in order: so is the answer. */
export function mergeSorted({ base, ours, theirs }: Trio): string[] | undefined {
  const [o, t] = [trimmed(ours), trimmed(theirs)];
  if (trimmed(base).length > 0 || o.length < 2 || t.length < 2 || !isSorted(o) || !isSorted(t))
    return undefined;
  const seen = new Set<string>();
  const all = [...ours, ...theirs].filter(
    (line) => line.trim() !== '' && !seen.has(line.trim()) && seen.add(line.trim()),
  );
  return all.sort((a, b) => (a.trim() < b.trim() ? -1 : 1));
}

/** Rules R4 and R4b: what one side added holds all that the other added. */
export function addedSuperset({ base, ours, theirs }: Trio): string[] | undefined {
  const [b, o, t] = [trimmed(base), trimmed(ours), trimmed(theirs)];
  if (o.length === 0 || t.length === 0) return undefined;
  if (b.length > 0 && !(isSubsequence(b, o) && isSubsequence(b, t))) return undefined;
  if (isSubsequence(t, o)) return ours;
  return isSubsequence(o, t) ? theirs : undefined;
}

const declared =
  /\b(?:function|class|interface|type|enum|struct|trait|fn|func|def|const|let|var|static|impl|mod|module|it|test|describe)\b[\s(]*['"`]?([\w$-]+)/g;

const namesIn = (text: string): string[] => [...text.matchAll(declared)].map((match) => match[1]!);

/** Whether brackets open and close within the text, as far as can be told without a grammar. */
export function isBalanced(text: string): boolean {
  let depth = 0;
  for (const sign of text) {
    if (sign === '(' || sign === '[' || sign === '{') depth++;
    else if ((sign === ')' || sign === ']' || sign === '}') && --depth < 0) return false;
  }
  return depth === 0;
}

/** Rule R11: two independent pieces at one place, ours first. */
export function concatenate({ base, ours, theirs }: Trio): string[] | undefined {
  if (trimmed(base).length > 0 || trimmed(ours).length === 0 || trimmed(theirs).length === 0)
    return undefined;
  const [o, t] = [ours.join('\n'), theirs.join('\n')];
  if (!isBalanced(o) || !isBalanced(t)) return undefined;
  const names = new Set(namesIn(o));
  if (namesIn(t).some((name) => names.has(name))) return undefined;
  const substantial = new Set(trimmed(ours).filter((line) => tight(line).length > 6));
  if (trimmed(theirs).some((line) => substantial.has(line))) return undefined;
  return [...ours, ...theirs];
}

const changelog =
  /(?:^|\/)(?:change(?:s|log)?|history|news|release[-_]?notes?|whats[-_]?new|whatsnew)(?:[-_.\d][^/]*)?$|(?:^|\/)(?:release-notes|changelogs?|changes|relnotes)\//i;

export const isChangelog = (path: string): boolean => changelog.test(path);

/** Rule R12: entries of both, without repeats. */
export function mergeChangelog(path: string, { base, ours, theirs }: Trio): string[] | undefined {
  if (!isChangelog(path) || trimmed(base).length > 0) return undefined;
  const known = new Set(trimmed(ours));
  return [...ours, ...theirs.filter((line) => line.trim() === '' || !known.has(line.trim()))];
}
