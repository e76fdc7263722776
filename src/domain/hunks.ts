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

const opens = /^<{7}(?: |\r?\n|$)/;
const bases = /^\|{7}(?: |\r?\n|$)/;
const splits = /^={7}\r?(?:\n|$)/;
const closes = /^>{7}(?: |\r?\n|$)/;

/** Lines with their line ends. */
function linesOf(text: string): string[] {
  return text === '' ? [] : text.split(/(?<=\n)/);
}

/**
 * Splits a marked file. Undefined when its markers do not add up: then nothing about it can be trusted.
 * Markers of a nested conflict in a virtual base are longer than seven and count as text.
 */
export function parseConflicts(text: string): Part[] | undefined {
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
    } else if (opens.test(line)) return undefined;
    else if (side === 'ours' && bases.test(line)) side = 'base';
    else if (side === 'base' && splits.test(line)) side = 'theirs';
    else if (side === 'theirs' && closes.test(line)) {
      parts.push({ type: 'hunk', hunk: { index: ++count, ...sides } });
      sides = undefined;
    } else if (splits.test(line) || bases.test(line) || closes.test(line)) return undefined;
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

/** Lines that look like markers where no merge has been: such a file cannot be told from a conflict. */
export function hasMarkers(text: string): boolean {
  return /^(?:<{7}|\|{7}|>{7})(?: |\r?$)|^={7}\r?$/m.test(text);
}

/** Indentation carries meaning in these. */
const indented =
  /(?:\.(?:py|pyi|pyx|ya?ml|mk|coffee|pug|haml|sass|slim|nim|hs|fs|md|rst)|(?:^|\/)(?:GNU)?[Mm]akefile)$/;

/**
 * The answer when both sides differ in nothing but white space, or undefined. Where indentation carries
 * meaning only trailing space and blank lines may differ. The words must be the same as well, so that
 * "a b" against "ab" stays a conflict. (Rule R1: humans took ours in all cases measured.)
 */
export function whitespaceAnswer(path: string, hunk: ConflictHunk): string | undefined {
  const same = indented.test(path)
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
