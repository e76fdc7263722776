/**
 * A unified diff as data: which files, which lines. Parsed from `git diff` with `a/` and `b/` prefixes. The policies,
 * the validator agent and the review of a person all read this one model.
 */

export interface DiffLine {
  kind: 'added' | 'removed' | 'context';
  text: string;
  /** Line number in the new file; for a removed line, of the line after it. */
  line: number;
  /** Line number in the old file; an added line has none. */
  oldLine?: number;
  /** The file ends with this line, and without a newline. */
  unended?: true;
}

export interface DiffFile {
  path: string;
  /** Old name of a renamed or copied file. */
  oldPath?: string;
  change: 'added' | 'deleted' | 'modified' | 'renamed' | 'copied';
  /** No lines to judge. */
  binary: boolean;
  /** Modes before and after, where they differ. */
  modes?: readonly [before: string, after: string];
  /** It is a commit of a nested repository. */
  submodule?: true;
  /** The blobs before and after, as git abbreviates them: what tells two versions of a binary file apart. */
  blobs?: string;
  added: number;
  removed: number;
  hunks: DiffLine[][];
}

/** Parses the output of `git diff`. Unknown header lines are passed over. */
export function parseDiff(text: string): DiffFile[] {
  const files: DiffFile[] = [];
  let file: DiffFile | undefined;
  let hunk: DiffLine[] | undefined;
  const at: Position = { line: 0, oldLine: 0, oldLeft: 0, newLeft: 0 };
  for (const raw of text.split('\n')) {
    if (file && hunk && (at.oldLeft > 0 || at.newLeft > 0)) {
      const read = readLine(raw, at);
      if (read) hunk.push(read);
      else markUnended(hunk);
      if (read && read.kind !== 'context') file[read.kind]++;
      continue;
    }
    if (raw.startsWith('diff --git ')) {
      file = { path: headerPath(raw), change: 'modified', binary: false, added: 0, removed: 0, hunks: [] };
      hunk = undefined;
      files.push(file);
    } else if (!file) continue;
    else if (raw.startsWith('@@ ')) {
      const range = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(raw);
      if (!range) continue;
      at.oldLine = Number(range[1]);
      at.oldLeft = Number(range[2] ?? 1);
      at.line = Number(range[3]);
      at.newLeft = Number(range[4] ?? 1);
      hunk = [];
      file.hunks.push(hunk);
    } else if (hunk && raw.startsWith('\\')) markUnended(hunk);
    else readHeader(file, raw);
  }
  return files;
}

/** The lines of a file, as a diff counts them: what stands behind the last newline is one where it is not empty. */
export function linesIn(text: string): string[] {
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

/** A file with this text that was not there before. */
export function addedFile(path: string, text: string): DiffFile {
  const lines = linesIn(text).map((line, at): DiffLine => ({ kind: 'added', text: line, line: at + 1 }));
  if (lines.length > 0 && !text.endsWith('\n')) markUnended(lines);
  return { path, change: 'added', binary: false, added: lines.length, removed: 0, hunks: [lines] };
}

/** Where in a hunk the reading is: the lines of both files, and how many lines of each are to come. */
interface Position {
  line: number;
  oldLine: number;
  oldLeft: number;
  newLeft: number;
}

/** One line of a hunk, `at` moved on behind it. Undefined for the remark that a file ends without a newline. */
function readLine(raw: string, at: Position): DiffLine | undefined {
  const text = raw.slice(1);
  if (raw.startsWith('+')) {
    at.newLeft--;
    return { kind: 'added', text, line: at.line++ };
  }
  if (raw.startsWith('-')) {
    at.oldLeft--;
    return { kind: 'removed', text, line: at.line, oldLine: at.oldLine++ };
  }
  if (raw.startsWith('\\')) return undefined;
  at.oldLeft--;
  at.newLeft--;
  return { kind: 'context', text, line: at.line++, oldLine: at.oldLine++ };
}

/** The remark stands behind the line that it is about. */
function markUnended(hunk: readonly DiffLine[]): void {
  const last = hunk.at(-1);
  if (last) last.unended = true;
}

function readHeader(file: DiffFile, raw: string): void {
  if (/^(?:new file mode|deleted file mode|new mode|index \S+) 160000$/.test(raw)) file.submodule = true;
  if (raw.startsWith('new file mode')) file.change = 'added';
  else if (raw.startsWith('deleted file mode')) file.change = 'deleted';
  else if (raw.startsWith('old mode ')) file.modes = [raw.slice('old mode '.length), ''];
  else if (raw.startsWith('new mode ')) file.modes = [file.modes?.[0] ?? '', raw.slice('new mode '.length)];
  else if (raw.startsWith('index ')) file.blobs = raw.split(' ')[1]!;
  else if (raw.startsWith('rename from ')) {
    file.change = 'renamed';
    file.oldPath = unquote(raw.slice('rename from '.length));
  } else if (raw.startsWith('copy from ')) {
    file.change = 'copied';
    file.oldPath = unquote(raw.slice('copy from '.length));
  } else if (raw.startsWith('rename to ')) file.path = unquote(raw.slice('rename to '.length));
  else if (raw.startsWith('copy to ')) file.path = unquote(raw.slice('copy to '.length));
  else if (raw.startsWith('Binary files ') || raw === 'GIT binary patch') file.binary = true;
  else if (raw.startsWith('+++ ') && raw !== '+++ /dev/null') file.path = withoutPrefix(raw.slice(4));
  else if (raw.startsWith('--- ') && raw !== '--- /dev/null') {
    if (file.change === 'deleted') file.path = withoutPrefix(raw.slice(4));
  }
}

/** Only files without a `+++` line keep this: binary, mode or empty ones, whose two names are the same. */
function headerPath(raw: string): string {
  const rest = raw.slice('diff --git '.length);
  if (rest.startsWith('"')) return withoutPrefix(rest.slice(0, rest.indexOf('" ') + 1));
  return rest.slice((rest.length + 1) / 2 + 2);
}

/** git ends a name that has a space in it with a tab. */
function withoutPrefix(name: string): string {
  return unquote(name.replace(/\t$/, '')).slice(2);
}

const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' };

/** Undoes git's C-style quoting; octal escapes are UTF-8 bytes. */
function unquote(name: string): string {
  if (!name.startsWith('"')) return name;
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  for (const [part, octal, letter] of name.slice(1, -1).matchAll(/\\([0-7]{3})|\\(.)|[^\\]+/gsu)) {
    if (octal) bytes.push(Number.parseInt(octal, 8));
    else bytes.push(...encoder.encode(letter ? (escapes[letter] ?? letter) : part));
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}

/** Every path a diff touches, old names of renames included. */
export function pathsOf(files: readonly DiffFile[]): string[] {
  return [...new Set(files.flatMap((file) => (file.oldPath ? [file.path, file.oldPath] : [file.path])))];
}
