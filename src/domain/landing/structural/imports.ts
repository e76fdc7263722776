/** Lists of imports are sets: both sides' additions, less what either removed. */
import { isSorted, type Trio, trimmed } from './text.js';

const shapes = [
  /^import\b.*[;'")\w*}]$/,
  /^export\s+(?:\*|\{[^}]*\}|type\s+\{[^}]*\})\s+from\s+['"][^'"]+['"];?$/,
  /^from\s+[\w.]+\s+import\s+[\w.,*\s]+(?:#.*)?$/,
  /^(?:pub(?:\([^)]*\))?\s+)?use\s+[^;]+;$/,
  /^(?:pub(?:\([^)]*\))?\s+)?(?:mod|extern crate)\s+\w+;$/,
  /^#\s*include\s+[<"].*[>"]$/,
  /^@import\b.*;$/,
  /^(?:const|var|let)\s+[\w{},:\s$]+=\s*require\(['"][^'"]+['"]\)(?:\.\w+)*;?$/,
  /^(?:[\w.]+\s+)?"[^"\s]+"$/,
];

export const isImport = (line: string): boolean => shapes.some((shape) => shape.test(line));

/** What a line imports from: two lines with one key contradict each other. */
export function importKey(line: string): string {
  const from = /^from\s+([\w.]+)/.exec(line)?.[1];
  if (from) return from;
  const quoted = /['"<]([^'">]+)['">]/.exec(line)?.[1];
  if (quoted) return quoted;
  return line.replace(/^(?:pub(?:\([^)]*\))?\s+)?(?:use|mod|extern crate|import(?:\s+static)?)\s+/, '');
}

/** Rule R5. Undefined unless every line is an import and no key is contested. */
export function mergeImports(trio: Trio): string[] | undefined {
  const [base, ours, theirs] = [trimmed(trio.base), trimmed(trio.ours), trimmed(trio.theirs)];
  if (ours.length === 0 && theirs.length === 0) return undefined;
  if (![...base, ...ours, ...theirs].every(isImport)) return undefined;
  return mergeSets(trio, importKey, isSorted(ours) && isSorted(theirs));
}

/**
 * A three-way merge of line sets: ours, less what theirs deleted, plus what theirs added, each new line next
 * to the neighbour it has there, or by order when `sorted`. Undefined when both add different lines under one
 * key, or one deletes a key that the other adds.
 */
export function mergeSets(
  trio: Trio,
  keyOf: (line: string) => string,
  sorted: boolean,
): string[] | undefined {
  const [base, ours, theirs] = [trio.base, trio.ours, trio.theirs].map(
    (lines) => new Set(trimmed(lines)),
  ) as [Set<string>, Set<string>, Set<string>];
  const minus = (a: Set<string>, b: Set<string>) => [...a].filter((line) => !b.has(line));
  const [oursAdds, theirsAdds] = [minus(ours, base), minus(theirs, base)];
  const [oursCuts, theirsCuts] = [minus(base, ours), minus(base, theirs)];
  const keys = (lines: readonly string[]) => new Set(lines.map(keyOf));
  const contested = (a: readonly string[], b: readonly string[]) => {
    const other = keys(b);
    return a.some((line) => !b.includes(line) && other.has(keyOf(line)));
  };
  if (contested(theirsAdds, oursAdds) || contested(oursAdds, theirsAdds)) return undefined;
  if (contested(theirsAdds, oursCuts) || contested(oursAdds, theirsCuts)) return undefined;
  const cut = new Set(theirsCuts);
  const result = trio.ours.filter((line) => !cut.has(line.trim()));
  const theirsLines = trio.theirs.map((line) => line.trim());
  for (const [at, line] of trio.theirs.entries()) {
    const bare = line.trim();
    if (bare === '' || base.has(bare) || result.some((other) => other.trim() === bare)) continue;
    result.splice(placeFor(bare, at, result, theirsLines, sorted), 0, line);
  }
  return result;
}

function placeFor(
  line: string,
  at: number,
  result: readonly string[],
  theirs: readonly string[],
  sorted: boolean,
): number {
  const here = result.map((other) => other.trim());
  if (sorted) {
    const next = here.findIndex((other) => other > line);
    return next < 0 ? here.length : next;
  }
  for (let before = at - 1; before >= 0; before--) {
    const found = theirs[before] === '' ? -1 : here.lastIndexOf(theirs[before]!);
    if (found >= 0) return found + 1;
  }
  for (let after = at + 1; after < theirs.length; after++) {
    const found = theirs[after] === '' ? -1 : here.indexOf(theirs[after]!);
    if (found >= 0) return found;
  }
  return here.length;
}
