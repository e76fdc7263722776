/** Conflicted files as git writes them with `merge.conflictStyle=diff3`, and the answers no model is needed for. */

export interface ConflictHunk {
  /** From 1, in the order of the file. */
  index: number;
  ours: string;
  base: string;
  theirs: string;
}

/** Text between hunks and the hunks, in order; joined again they are the file. */
export type Part = { type: 'text'; text: string } | { type: 'hunk'; hunk: ConflictHunk };

const marker = (sign: string, size: number) => new RegExp(`^\\${sign}{${size}}(?: |\\r?\\n|$)`);

/** Lines with their line ends. */
export function linesOf(text: string): string[] {
  return text === '' ? [] : text.split(/(?<=\n)/);
}

/**
 * Splits a marked file. Undefined when its markers do not add up: then nothing about it can be trusted.
 * Markers of a nested conflict in a virtual base are longer and count as text.
 * @param size how many signs a marker has
 */
export function parseConflicts(text: string, size = 7): Part[] | undefined {
  const [opens, bases, closes] = [marker('<', size), marker('|', size), marker('>', size)];
  const splits = new RegExp(`^={${size}}\\r?(?:\\n|$)`);
  const signs = [opens, bases, splits, closes];
  const isMarker = (line: string) => signs.some((sign) => sign.test(line));
  const parts: Part[] = [];
  let plain = '';
  let sides: { ours: string; base: string; theirs: string } | undefined;
  let side: 'ours' | 'base' | 'theirs' = 'ours';
  let count = 0;
  for (const line of linesOf(text)) {
    if (!sides) {
      if (bases.test(line) || closes.test(line)) return undefined;
      if (!opens.test(line)) {
        plain += line;
        continue;
      }
      parts.push({ type: 'text', text: plain });
      plain = '';
      sides = { ours: '', base: '', theirs: '' };
      side = 'ours';
    } else if (side === 'ours' && bases.test(line)) side = 'base';
    else if (side === 'base' && splits.test(line)) side = 'theirs';
    else if (side === 'theirs' && closes.test(line)) {
      parts.push({ type: 'hunk', hunk: { index: ++count, ...sides } });
      sides = undefined;
    } else if (isMarker(line)) return undefined;
    else sides[side] += line;
  }
  if (sides) return undefined;
  parts.push({ type: 'text', text: plain });
  return parts;
}

/** The hunks of a parsed file. */
export function hunksOf(parts: readonly Part[]): ConflictHunk[] {
  return parts.flatMap((part) => (part.type === 'hunk' ? [part.hunk] : []));
}

/** The file with every hunk replaced. Throws a RangeError when a hunk has no answer: markers are never written. */
export function fillHunks(parts: readonly Part[], answers: ReadonlyMap<number, string>): string {
  return parts
    .map((part) => {
      if (part.type === 'text') return part.text;
      const answer = answers.get(part.hunk.index);
      if (answer === undefined) throw new RangeError(`Hunk ${part.hunk.index} has no answer.`);
      return answer;
    })
    .join('');
}

/** The file with the hunks that have an answer replaced, the others marked as git does with `diff3`. */
export function markHunks(
  parts: readonly Part[],
  answers: ReadonlyMap<number, string>,
  { size = 7, labels = ['ours', 'base', 'theirs'] }: { size?: number; labels?: readonly string[] } = {},
): string {
  // Markers stand on lines of their own and end like the lines around them.
  const end = parts.some((part) => part.type === 'text' && part.text.includes('\r\n')) ? '\r\n' : '\n';
  const line = (sign: string, label = '') => `${sign.repeat(size)}${label === '' ? '' : ` ${label}`}${end}`;
  const whole = (side: string) => (side === '' || side.endsWith('\n') ? side : `${side}${end}`);
  return parts
    .map((part) => {
      if (part.type === 'text') return part.text;
      const { index, ours, base, theirs } = part.hunk;
      const [first, second, third] = [whole(ours), whole(base), whole(theirs)];
      const marks = [line('<', labels[0]), line('|', labels[1]), line('='), line('>', labels[2])];
      return answers.get(index) ?? `${marks[0]}${first}${marks[1]}${second}${marks[2]}${third}${marks[3]}`;
    })
    .join('');
}

/**
 * What stands in a resolved file where the hunks were, or undefined when the text around them was changed.
 * With more than one hunk the split is the leftmost that fits: enough to prove the surroundings whole.
 */
export function answersIn(parts: readonly Part[], resolved: string): Map<number, string> | undefined {
  const answers = new Map<number, string>();
  let at = 0;
  let open: number | undefined;
  for (const [position, part] of parts.entries()) {
    if (part.type === 'hunk') {
      open = part.hunk.index;
      continue;
    }
    const last = position === parts.length - 1;
    const found = last ? resolved.length - part.text.length : resolved.indexOf(part.text, at);
    if (found < at || !resolved.startsWith(part.text, found)) return undefined;
    if (open === undefined && found !== at) return undefined;
    if (open !== undefined) answers.set(open, resolved.slice(at, found));
    open = undefined;
    at = found + part.text.length;
  }
  return at === resolved.length ? answers : undefined;
}

/** Lines of `result` that look like markers and that none of the sides has. */
export function newMarkers(result: string, sides: readonly string[]): string[] {
  const known = new Set(sides.filter(hasMarkers).flatMap((side) => linesOf(side)));
  if (!hasMarkers(result)) return [];
  return linesOf(result).filter((line) => hasMarkers(line) && !known.has(line));
}

/** Lines that look like markers where no merge has been: such a file cannot be told from a conflict. */
export function hasMarkers(text: string): boolean {
  return /^(?:<{7}|\|{7}|>{7})(?: |\r?$)|^={7}\r?$/m.test(text);
}

/** Whether a text holds what only a merge leaves behind; a row of equals signs may also underline a heading. */
export function hasConflictMarkers(text: string): boolean {
  return /^(?:<{7}|\|{7}|>{7})(?: |\r?$)/m.test(text);
}

/**
 * Markers hide whether a side ends with a newline. When the file ends with a hunk, the result ends as the side
 * that changed its end does.
 */
export function withFinalNewline(
  parts: readonly Part[],
  result: string,
  { base, ours, theirs }: { base: string; ours: string; theirs: string },
): string {
  const last = parts.at(-1);
  if (parts.length < 2 || last?.type !== 'text' || last.text !== '' || !result.endsWith('\n')) return result;
  const ends = (side: string) => side === '' || side.endsWith('\n');
  const wanted = ends(ours) === ends(base) ? ends(theirs) : ends(ours);
  return wanted ? result : result.replace(/\r?\n$/, '');
}

/** Indentation carries meaning in these. */
const indented =
  /(?:\.(?:py|pyi|pyx|ya?ml|mk|coffee|pug|haml|sass|slim|nim|hs|fs|md|rst)|(?:^|\/)(?:GNU)?[Mm]akefile)$/;

export const isIndented = (path: string): boolean => indented.test(path);

/**
 * The answer when both sides differ in nothing but white space, or undefined. Where indentation carries
 * meaning only trailing space and blank lines may differ. The words must be the same as well, so that
 * "a b" against "ab" stays a conflict. (Rule R1: humans took ours in all cases measured.)
 */
export function whitespaceAnswer(path: string, hunk: ConflictHunk): string | undefined {
  const same = isIndented(path)
    ? trimmedLines(hunk.ours) === trimmedLines(hunk.theirs)
    : tight(hunk.ours) === tight(hunk.theirs);
  return same && wordsOf(hunk.ours).join(' ') === wordsOf(hunk.theirs).join(' ') ? hunk.ours : undefined;
}

function tight(text: string): string {
  return text.replace(/\s+/g, '');
}

function trimmedLines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .join('\n');
}

/** Identifiers, keywords and numbers, in order. */
export function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}_$]+/gu) ?? [];
}

/** Words that a side added in this hunk and that `result` (the whole file) does not have. */
export function missingWords(hunk: ConflictHunk, result: ReadonlySet<string>): string[] {
  const before = new Set(wordsOf(hunk.base));
  const added = [...wordsOf(hunk.ours), ...wordsOf(hunk.theirs)].filter((word) => !before.has(word));
  return [...new Set(added)].filter((word) => !result.has(word));
}
