/**
 * What one side adds stays below the head that it stands under there: the section, the item, the block. Where both sides
 * add at one place, a head of one side must not take in what the other adds to the head above it. Pure.
 */
import { type ConflictHunk, fillHunks, hunksOf } from '../hunks.js';
import { splitLines } from '../structural/text.js';
import { codeOf } from './code.js';
import type { JudgedResult } from './input.js';

type View = Pick<JudgedResult, 'path' | 'parts'>;

/** Longer additions are looked at to here; what is misplaced in one is so from its beginning. */
const maxLines = 60;

/** Lines that a side adds below a head, and that stand below another one in the result. */
export function headProblems(input: JudgedResult): string[] {
  const hunks = hunksOf(input.parts).filter(addsOnly);
  if (hunks.length === 0) return [];
  const result = readView(input, (hunk) => input.answers.get(hunk.index) ?? '');
  return (['ours', 'theirs'] as const).flatMap((side) => {
    const own = readView(input, (hunk) => hunk[side]);
    return hunks.flatMap((hunk) => misplacedIn(hunk, side, own, result));
  });
}

/** Whether both sides only add to what was there. */
function addsOnly({ base, ours, theirs }: ConflictHunk): boolean {
  const [b, o, t] = [base, ours, theirs].map((text) => splitLines(text)) as [string[], string[], string[]];
  const holds = (lines: readonly string[]) => {
    let next = 0;
    for (const line of lines) if (next < b.length && line === b[next]) next++;
    return next === b.length;
  };
  return holds(o) && holds(t) && o.length > b.length && t.length > b.length;
}

interface HeadedText {
  lines: HeadedLine[];
  /** By the text of a line, the places where it stands. */
  at: ReadonlyMap<string, readonly number[]>;
  /** By the text of a line, the texts of the lines that stand right below it somewhere. */
  below: ReadonlyMap<string, ReadonlySet<string | undefined>>;
  /** Where the lines of each hunk begin and end, by its index. */
  places: Map<number, [start: number, end: number]>;
}

interface HeadedLine {
  text: string;
  depth: number;
  /** It says something besides comments and brackets. */
  isCode: boolean;
  /** Place of the line that it stands under. */
  head: number | undefined;
}

function readView({ path, parts }: View, textOf: (hunk: ConflictHunk) => string): HeadedText {
  const answers = new Map(hunksOf(parts).map((hunk) => [hunk.index, textOf(hunk)]));
  const places = new Map<number, [number, number]>();
  let line = 0;
  for (const part of parts) {
    const many = splitLines(part.type === 'text' ? part.text : textOf(part.hunk)).length;
    if (part.type === 'hunk') places.set(part.hunk.index, [line, line + many]);
    line += many;
  }
  const lines = headedLines(path, fillHunks(parts, answers));
  const below = new Map<string, Set<string | undefined>>();
  const at = new Map<string, number[]>();
  for (const [place, { text }] of lines.entries()) {
    const there = at.get(text);
    if (there) there.push(place);
    else at.set(text, [place]);
    const known = below.get(text) ?? new Set();
    below.set(text, known.add(lines[place + 1]?.text));
  }
  return { lines, at, below, places };
}

const sections: readonly [RegExp, RegExp][] = [
  [
    /\.(?:ini|cfg|conf|toml|service|timer|socket|desktop|inventory)$|(?:^|\/)(?:\.editorconfig|\.git(?:modules|config)|hosts)$/i,
    /^\s*\[.*\]\s*$/,
  ],
  [/\.(?:md|markdown)$/i, /^#{1,6}\s/],
  [/(?:^|\/)(?:Docker|Container)file[^/]*$|\.dockerfile$/i, /^FROM\s/i],
  [/(?:^|\/)(?:ssh_config|sshd_config|config\.ssh)$|\bssh\b[^/]*\.?conf(?:ig)?$/i, /^\s*(?:Host|Match)\s/i],
];
/** Lines of the preprocessor, and labels to jump to, stand at the edge whatever they are in. */
const apart = /^(?:#|\w+:\s*$)/;
const cFamily = /\.(?:c|h|cc|cpp|cxx|hpp|hh|m|mm|cs|swift)$/i;

/** Each line with its head: the section of files that have sections, else the nearest line above that is less deep. */
function headedLines(path: string, text: string): HeadedLine[] {
  const code = splitLines(codeOf(path, text).text);
  const section = sections.find(([file]) => file.test(path))?.[1];
  const underline = /\.rst$/i.test(path) ? /^([=\-~^"'#*+])\1{2,}\s*$|^=+$/ : undefined;
  const open: { indent: number; at: number }[] = [];
  let sectionAt: number | undefined;
  const raw = splitLines(text);
  return raw.map((line, at) => {
    const said = (code[at] ?? '').trim();
    const told: HeadedLine = {
      text: line.trim(),
      depth: depthOf(line),
      isCode: /[\p{L}\p{N}]/u.test(line),
      head: undefined,
    };
    if (section?.test(line)) {
      sectionAt = at;
      open.length = 0;
      return { ...told, isCode: false };
    }
    if (underline && at + 1 < raw.length && line.trim() !== '' && underline.test(raw[at + 1]!)) {
      sectionAt = at;
      return { ...told, isCode: false };
    }
    if (said === '' || (cFamily.test(path) && apart.test(line))) return { ...told, isCode: false };
    const indent = depthOf(line);
    const item = isItem(line);
    while (open.length > 0 && !isAbove(open.at(-1)!, indent, item, raw)) open.pop();
    const head = open.at(-1)?.at ?? sectionAt;
    open.push({ indent, at });
    return { ...told, head };
  });
}

const isItem = (line: string): boolean => /^\s*-(?:\s|$)/.test(line);

/** A line is above deeper ones; a key is also above items that are as deep as it is. */
const isAbove = (
  { indent, at }: { indent: number; at: number },
  depth: number,
  item: boolean,
  raw: readonly string[],
): boolean => indent < depth || (indent === depth && item && !isItem(raw[at]!) && /:\s*$/.test(raw[at]!));

function depthOf(line: string): number {
  let depth = 0;
  for (const sign of line) {
    if (sign === '\t') depth += 8;
    else if (sign === ' ') depth++;
    else break;
  }
  return depth;
}

function misplacedIn(
  hunk: ConflictHunk,
  side: 'ours' | 'theirs',
  own: HeadedText,
  result: HeadedText,
): string[] {
  const known = new Set(splitLines(hunk.base).map((line) => line.trim()));
  const [start, end] = own.places.get(hunk.index)!;
  const [from, to] = result.places.get(hunk.index)!;
  for (let at = start; at < Math.min(end, start + maxLines); at++) {
    const line = own.lines[at]!;
    if (!line.isCode || known.has(line.text)) continue;
    let wrong: { before: string; now: string } | undefined;
    for (const place of result.at.get(line.text) ?? []) {
      // What is indented anew was laid out anew.
      if (place < from || place >= to || result.lines[place]!.depth !== line.depth) continue;
      const other = otherHead(own, at, result, place);
      wrong ??= other;
      if (other === undefined) {
        wrong = undefined;
        break;
      }
    }
    if (wrong) {
      return [
        `hunk ${hunk.index}: ${JSON.stringify(line.text.slice(0, 80))} stands below ${wrong.now}, and in ${side} below ${wrong.before}`,
      ];
    }
  }
  return [];
}

/** The heads of one line in two texts from the inside out, where they differ; undefined where they do not, or may. */
function otherHead(
  own: HeadedText,
  at: number,
  result: HeadedText,
  place: number,
): { before: string; now: string } | undefined {
  const words = (text: HeadedText, head: number | undefined) =>
    head === undefined ? 'nothing' : JSON.stringify(text.lines[head]!.text.slice(0, 80));
  let [a, b] = [own.lines[at]!.head, result.lines[place]!.head];
  while (a !== undefined || b !== undefined) {
    const told = { before: words(own, a), now: words(result, b) };
    if (a === undefined || b === undefined) return told;
    const [one, other] = [own.lines[a]!, result.lines[b]!];
    if (one.text !== other.text) {
      // A head that the result has nowhere was written anew.
      return result.below.has(one.text) ? told : undefined;
    }
    if (isAnother(own, a, at, result, b)) return told;
    [a, b] = [one.head, other.head];
  }
  return undefined;
}

/** Heads of one text are told apart by what stands first below them, where the result has several. */
function isAnother(own: HeadedText, a: number, at: number, result: HeadedText, b: number): boolean {
  const head = own.lines[a]!.text;
  const first = own.lines[a + 1];
  if (!first || a + 1 >= at || first.text === '' || result.lines[b + 1]?.text === first.text) return false;
  return result.below.get(head)?.has(first.text) === true;
}
