/**
 * Changes of both sides that meet and add up all the same, by what they are: a version that both raise stands where it
 * was raised highest, and a list of imports has no order. Pure.
 */
import { type ConflictHunk, wordsOf } from '../hunks.js';
import { importKey, isImport } from '../structural/imports.js';
import { diff } from '../structural/sequence.js';
import { keyOf, splitLines } from '../structural/text.js';
import { areChosenTogether, higherVersion, versionsIn, withoutVersions } from '../structural/versions.js';
import { versionOfData } from './apart-only.js';

/** The lines right before and after a hunk; empty where there are none. */
export interface Beside {
  before: string;
  after: string;
}

/** Whether the answer is what the changes of both sides come to together. */
export function isJoined(
  path: string,
  indented: boolean,
  hunk: ConflictHunk,
  answer: string,
  beside: Beside,
): boolean {
  const raised = raisedVersion(path, hunk);
  if (raised) return keyOf(answer, indented) === keyOf(hunk[raised], indented);
  if (!isUnionOfImports(hunk, answer, indented)) return false;
  return !addTogether(hunk) || isInOrder(answer, beside);
}

/** Whether both sides add lines at one place: then no side says in which order they stand. */
function addTogether({ base, ours, theirs }: ConflictHunk): boolean {
  const [b, o, t] = [base, ours, theirs].map((text) =>
    splitLines(text)
      .map((line) => line.trim())
      .filter(Boolean),
  ) as [string[], string[], string[]];
  const [toOurs, toTheirs] = [diff(b, o), diff(b, t)];
  if (!toOurs || !toTheirs) return true;
  const adds = ({ from, to }: { from: number; to: number }) => to > from;
  return toOurs.some(
    (one) =>
      adds(one) && toTheirs.some((other) => adds(other) && one.start <= other.end && other.start <= one.end),
  );
}

/** Whether imports stand in the order of their texts or of what they import from, with the lines around them. */
function isInOrder(answer: string, { before, after }: Beside): boolean {
  const lines = [before, ...splitLines(answer), after].map((line) => line.trim());
  const groups: string[][] = [[]];
  for (const line of lines) {
    if (isImport(line)) groups.at(-1)!.push(line);
    else groups.push([]);
  }
  const ways = [
    (line: string) => line,
    (line: string) => line.toLowerCase(),
    (line: string) => importKey(line),
    (line: string) => importKey(line).toLowerCase(),
  ];
  return ways.some((key) =>
    groups.every((group) => group.every((line, at) => at === 0 || key(group[at - 1]!) <= key(line))),
  );
}

/** Words of the lower version, which the higher one stands for. */
export function replacedVersions(path: string, hunk: ConflictHunk): string[] {
  const raised = raisedVersion(path, hunk);
  if (!raised) return [];
  const kept = new Set(wordsOf(hunk[raised]));
  return wordsOf(hunk[raised === 'ours' ? 'theirs' : 'ours']).filter((word) => !kept.has(word));
}

const manifest =
  /(?:^|\/)(?:package|composer|bower|manifest)\.json$|(?:^|\/)(?:Cargo|pyproject|libs\.versions)\.toml$|(?:^|\/)setup\.(?:py|cfg)$|(?:^|\/)(?:pom\.xml|Gemfile|pubspec\.ya?ml|mix\.exs|Chart\.ya?ml)$|\.gradle(?:\.kts)?$|\.(?:gemspec|csproj|podspec)$|requirements[^/]*\.txt$/i;

/** A tool writes longer lines, and a person hardly one. */
const longestWritten = 400;

/** The side that has the higher version everywhere, when nothing but versions differs and both only raised them. */
function raisedVersion(path: string, { base, ours, theirs }: ConflictHunk): 'ours' | 'theirs' | undefined {
  if (areChosenTogether(path)) return undefined;
  const higher = higherVersion(base, ours, theirs);
  // Against a base that says something else, no number tells what was raised.
  if (!higher?.plain || withoutVersions(base) !== withoutVersions(ours)) return undefined;
  const [o, t] = [ours, theirs].map((text) => splitLines(text).filter((line) => line.trim() !== '')) as [
    string[],
    string[],
  ];
  if (o.length !== t.length) return undefined;
  const changed = o.filter((line, at) => line.trim() !== t[at]!.trim());
  // Who made such a line makes it anew, with a version that neither side has.
  if (changed.some((line) => line.length > longestWritten)) return undefined;
  const told = changed.every(
    (line) => !versionOfData.test(line) && (manifest.test(path) || isVersionLine(line)),
  );
  // Of a dependency, what is released may be wanted more than what is only prepared; of one's own product it is the past.
  const released = (text: string) => versionsIn(text).map(({ pre }) => pre === '');
  const alike = released(ours).join() === released(theirs).join();
  if (!alike && !changed.every((line) => own.test(line))) return undefined;
  return told ? higher.side : undefined;
}

/** A line that says which version of itself the product is, not one of a dependency in braces. */
const own = /^[^{]*?(?:version|release|(?<![a-z])ver(?![a-z]))/i;

/** Whether the numbers of a line are versions, and no amounts or addresses. */
function isVersionLine(line: string): boolean {
  if (/version|release|(?<![\p{L}\p{N}])v\d/iu.test(line)) return true;
  const found = versionsIn(line);
  return found.length > 0 && found.every(({ numbers }) => numbers.length === 3);
}

/** In these the order of lines may say something: included text, and what is run for its effect. */
const ordered = /^#\s*include\b|^@import\b|^import\s+['"]/;

/** Whether the answer has each import once that the changes of both sides leave there. */
function isUnionOfImports({ base, ours, theirs }: ConflictHunk, answer: string, indented: boolean): boolean {
  const linesOf = (text: string) =>
    splitLines(text)
      .map((line) => (indented ? line.trimEnd() : line.trim()))
      .filter(Boolean);
  const [b, o, t, given] = [base, ours, theirs, answer].map(linesOf) as [
    string[],
    string[],
    string[],
    string[],
  ];
  const all = [...b, ...o, ...t, ...given].map((line) => line.trim());
  if (!all.every((line) => isImport(line) && !ordered.test(line))) return false;
  const [inBase, inOurs, inTheirs] = [b, o, t].map((lines) => new Set(lines)) as [
    Set<string>,
    Set<string>,
    Set<string>,
  ];
  const wanted = [...new Set([...b, ...o, ...t])].filter((line) =>
    inBase.has(line) ? inOurs.has(line) && inTheirs.has(line) : true,
  );
  // Where nothing of the block is left, it was moved or written anew: what the other side adds belongs elsewhere.
  if (b.length > 0 && !given.some((line) => inBase.has(line))) return false;
  const same = [...wanted].sort().join('\n') === [...given].sort().join('\n');
  return same && !isContested(inBase, inOurs, inTheirs);
}

/** Whether both sides changed what is imported from one place. */
function isContested(
  base: ReadonlySet<string>,
  ours: ReadonlySet<string>,
  theirs: ReadonlySet<string>,
): boolean {
  const changed = (side: ReadonlySet<string>, other: ReadonlySet<string>) => [
    ...[...side].filter((line) => !base.has(line) && !other.has(line)),
    ...[...base].filter((line) => !side.has(line) && other.has(line)),
  ];
  const keys = new Set(changed(ours, theirs).map((line) => importKey(line.trim())));
  return changed(theirs, ours).some((line) => keys.has(importKey(line.trim())));
}
