/** Which names a change takes away, renames or gives another signature, and which it uses in new lines. Pure. */
import type { DiffFile, DiffLine } from './diff.js';
import { codeOf, isProse } from './gate/code.js';
import { isGenerated } from './generated.js';
import { wordsOf } from './hunks.js';

export interface ChangedName {
  name: string;
  kind: 'deleted' | 'renamed' | 'signature';
  /** What it is called, or what its signature is, now. */
  now?: string;
  path: string;
  line: number;
  /** Languages whose files can name each other's definitions. */
  family: string;
}

export interface UsedName {
  path: string;
  line: number;
  family: string;
}

/** What one side of a merge touches. */
export interface Touched {
  changed: ChangedName[];
  /** Where new lines use a word more often than the lines they replace. */
  used: Map<string, UsedName[]>;
  /** Names that new lines declare. */
  declared: Set<string>;
  /** Paths of new files. */
  added: string[];
  /** Paths of files that were there before. */
  edited: string[];
  /** Paths that files had before they were renamed. */
  gone: string[];
}

interface Declaration {
  word: string;
  name: string;
  /** Parameters and what stands behind them; empty for what takes none. */
  signature: string;
  path: string;
  line: number;
}

const families: readonly [RegExp, string][] = [
  [/\.(?:[cm]?[jt]sx?|vue|svelte|astro)$/i, 'script'],
  [/\.(?:c|h|cc|cpp|cxx|hpp|hh|m|mm)$/i, 'c'],
  [/\.(?:java|kts?|scala|groovy)$/i, 'jvm'],
  [/\.(?:pyi?|pyx)$/i, 'python'],
  [/\.(\w+)$/i, ''],
];
const code =
  /\.(?:[cm]?[jt]sx?|vue|svelte|astro|c|h|cc|cpp|cxx|hpp|hh|m|mm|java|kts?|scala|groovy|pyi?|pyx|go|rs|rb|php|swift|cs|dart|proto|ex|exs|lua)$/i;

/** Undefined for what holds no code. */
export function familyOf(path: string): string | undefined {
  if (!code.test(path) || isProse(path) || isGenerated(path)) return undefined;
  const [shape, name] = families.find(([ending]) => ending.test(path)) ?? [];
  return name || shape?.exec(path)?.[1]?.toLowerCase();
}

/** A word that is in so many new lines is looked for in these only. */
const maxPlaces = 3;
/** Longer lines are data or made by a tool. */
const maxLine = 400;

/** What a change touches, by its lines. */
export function touchedBy(files: readonly DiffFile[]): Touched {
  const touched: Touched = {
    changed: [],
    used: new Map(),
    declared: new Set(),
    added: [],
    edited: [],
    gone: [],
  };
  const [gone, come]: [Declaration[], Declaration[]] = [[], []];
  for (const file of files) {
    (file.change === 'added' ? touched.added : touched.edited).push(file.path);
    if (file.change === 'renamed' && file.oldPath !== undefined) touched.gone.push(file.oldPath);
    const family = familyOf(file.path);
    if (!family || file.binary) continue;
    const lines = file.hunks.flat().filter(({ text }) => text.length <= maxLine);
    const [removed, added] = [codeLines(file.path, lines, 'removed'), codeLines(file.path, lines, 'added')];
    gone.push(...removed.flatMap((line) => declarationIn(file.path, line) ?? []));
    come.push(...added.flatMap((line) => declarationIn(file.path, line) ?? []));
    noteUses(touched, file.path, family, removed, added);
  }
  touched.declared = new Set(come.map(({ name }) => name));
  touched.changed = changesIn(gone, come);
  return touched;
}

/** Lines of one kind without comments and strings, each with its place. */
function codeLines(path: string, lines: readonly DiffLine[], kind: DiffLine['kind']) {
  const own = lines.filter((line) => line.kind === kind);
  const text = codeOf(path, own.map((line) => line.text).join('\n')).text.split('\n');
  // What is gone stands where it was before.
  return own.map(({ line, oldLine }, at) => ({
    line: kind === 'removed' ? (oldLine ?? line) : line,
    code: text[at] ?? '',
  }));
}

type CodeLine = ReturnType<typeof codeLines>[number];

function noteUses(
  { used }: Touched,
  path: string,
  family: string,
  removed: readonly CodeLine[],
  added: readonly CodeLine[],
): void {
  const left = new Map<string, number>();
  for (const { code } of removed) for (const word of wordsOf(code)) left.set(word, (left.get(word) ?? 0) + 1);
  for (const { line, code } of added) {
    for (const word of new Set(wordsOf(code))) {
      const before = left.get(word) ?? 0;
      left.set(word, before - 1);
      if (before > 0 || word.length < 3) continue;
      const places = used.get(word) ?? [];
      if (places.length < maxPlaces) used.set(word, [...places, { path, line, family }]);
    }
  }
}

const keyword =
  /^(\s*)(?:(?:export|default|declare|pub(?:\([^)]*\))?|public|private|protected|internal|static|final|abstract|async|override|unsafe|inline|open|data|sealed|virtual|extern|const(?=\s+(?:fn|enum)))\s+)*(function\*?|fn|func|fun|def|class|interface|struct|enum|trait|type|record|object|protocol|message|service|rpc|module|const|let|var|val)\s+(?:\([^)]*\)\s*)?\*?([\p{L}_$][\p{L}\p{N}_$]*)\s*(.*)$/u;
const values = /^(?:const|let|var|val|type)$/;
const functions = /^(?:function\*?|fn|func|fun|def|rpc)$/;
const method =
  /^\s+(?:(?:async|static|public|private|protected|override|final|abstract|synchronized)\s+)*(?:[\w<>[\],.?]+\s+)?([\p{L}_$][\p{L}\p{N}_$]*)\s*(\([^;{]*\)[^;{=]*)\{\s*$/u;
const ofC = /^(?:[\w*]+\s+)+\*?(\w+)\s*(\([^;]*\))\s*\{?\s*$/;
const notNames =
  /^(?:if|for|while|switch|catch|return|new|else|function|constructor|do|with|super|main|init|setup|test|get|set)$/;

/** What the line declares, where that can be used from elsewhere. */
export function declarationIn(path: string, { line, code }: CodeLine): Declaration | undefined {
  const found = keyword.exec(code);
  if (found) {
    const [, indent, word, name, rest] = found as unknown as [string, string, string, string, string];
    // Inside of a block a value cannot be used from elsewhere.
    if (values.test(word) && indent !== '') return undefined;
    const signature = functions.test(word) ? signatureOf(rest) : '';
    return notNames.test(name) ? undefined : { word, name, signature, path, line };
  }
  const shape = /\.(?:[cm]?[jt]sx?|java|cs|dart|kts?|php|swift)$/i.test(path)
    ? method
    : /\.(?:c|h|cc|cpp|cxx|hpp|hh)$/i.test(path)
      ? ofC
      : undefined;
  const [, name, rest] = shape?.exec(code) ?? [];
  if (!name || notNames.test(name)) return undefined;
  return { word: 'method', name, signature: signatureOf(rest ?? ''), path, line };
}

/** Parameters and result, without the body and without what a caller may leave out. */
function signatureOf(rest: string): string {
  const head = rest.replace(/\{.*$|=>.*$|:\s*$/, '');
  const open = head.indexOf('(');
  if (open < 0) return '';
  const close = head.lastIndexOf(')');
  // It goes on in the next lines, which other changes share.
  if (close < open) return '';
  const needed = withoutNesting(head.slice(open + 1, close))
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '' && !/=|\?:|\?$|^\*|^\.\.\./.test(part));
  return `(${needed.join(', ').replace(/\s+/g, ' ')})${head
    .slice(close + 1)
    .replace(/\s+/g, ' ')
    .trimEnd()}`;
}

/** Parameters without the commas inside of their brackets. */
function withoutNesting(parameters: string): string {
  let depth = 0;
  return [...parameters]
    .map((sign) => {
      if ('([{<'.includes(sign)) depth++;
      if (')]}>'.includes(sign)) depth--;
      return sign === ',' && depth > 0 ? ';' : sign;
    })
    .join('');
}

function changesIn(gone: readonly Declaration[], come: readonly Declaration[]): ChangedName[] {
  const before = new Set(gone.map(({ name }) => name));
  const byName = listedBy(come, ({ name }) => name);
  const byPlace = listedBy(come, ({ word, path }) => `${word} ${path}`);
  const changes = new Map<string, ChangedName>();
  for (const old of gone) {
    const family = familyOf(old.path)!;
    const place = { name: old.name, path: old.path, line: old.line, family };
    const again = (byName.get(old.name) ?? []).filter(({ path }) => familyOf(path) === family);
    const same = again.some(({ signature }) => signature === old.signature);
    if (same || changes.has(old.name)) continue;
    if (again.length > 0) {
      const now = again.find(({ path }) => path === old.path) ?? again[0]!;
      const told = old.signature !== '' && now.signature !== '';
      if (told)
        changes.set(old.name, {
          ...place,
          kind: 'signature',
          now: `${old.name}${now.signature}`,
          path: now.path,
          line: now.line,
        });
      continue;
    }
    const fresh = byPlace
      .get(`${old.word} ${old.path}`)
      ?.find(
        ({ name, signature, line }) =>
          !before.has(name) &&
          (signature !== '' ? signature === old.signature : Math.abs(line - old.line) <= 2),
      );
    changes.set(
      old.name,
      fresh
        ? { ...place, kind: 'renamed', now: fresh.name, line: fresh.line }
        : { ...place, kind: 'deleted' },
    );
  }
  return [...changes.values()];
}

function listedBy(all: readonly Declaration[], keyOf: (one: Declaration) => string) {
  const lists = new Map<string, Declaration[]>();
  for (const one of all) {
    const list = lists.get(keyOf(one));
    if (list) list.push(one);
    else lists.set(keyOf(one), [one]);
  }
  return lists;
}
