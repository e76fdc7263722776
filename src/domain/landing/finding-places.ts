/** Where a finding points: its path spelled as the diff spells it, and whether its line can be one of the diff. */
import type { DiffFile } from './diff.js';

/** What can be said of the place that a finding names. */
export type FoundPlace =
  | { kind: 'placed'; path: string }
  /** It names a file of the diff, and a line that no hunk shows. */
  | { kind: 'unshown'; file: DiffFile }
  /** It names a file that the diff provably does not hold. */
  | { kind: 'elsewhere' }
  /** Nothing can be said: it still counts. */
  | { kind: 'unplaced' };

/** Words that stand for the change as a whole. */
const noFile =
  /^(?:n\/a|none|null|undefined|unknown|general|global|overall|all|diff|\/dev\/null|[*.?/-]+)?$/i;

/** The place of a finding in the diff, whatever way its path is spelled. */
export function placeInDiff(spelled: string, line: number, files: readonly DiffFile[]): FoundPlace {
  const file = fileNamed(spelled, files);
  if (file) {
    return isBeyond(file, line) ? { kind: 'unshown', file } : { kind: 'placed', path: file.path };
  }
  const bare = plainPath(spelled);
  if (noFile.test(bare) || bare.includes('[redacted]')) return { kind: 'unplaced' };
  const looksLikeFile = /[^/\s]\/[^/\s]|[^/\s]\.\w+$/.test(bare);
  const isProven =
    looksLikeFile && !isOneOfMany(spelled, files) && !mentions(spelled, files) && !isLike(bare, files);
  return { kind: isProven ? 'elsewhere' : 'unplaced' };
}

/** Git quotes such a name, a model spells it otherwise than it is, or two of them look alike: an agent chooses its names. */
const odd = /[^\x20-\x7e]|["\\%]/;
/** More than one file, or a part of a name. */
const several = /[*?{}]|\.\.\.|…/;

/** The name may stand for a file of the diff that is spelled otherwise. */
const isOneOfMany = (spelled: string, files: readonly DiffFile[]): boolean =>
  several.test(spelled) ||
  odd.test(spelled) ||
  files.some(({ path, oldPath }) => odd.test(path) || odd.test(oldPath ?? ''));

function fileNamed(spelled: string, files: readonly DiffFile[]): DiffFile | undefined {
  const byName = new Map<string, DiffFile>();
  for (const file of files) {
    for (const name of [file.oldPath, file.path]) if (name) byName.set(plainPath(name), file);
  }
  const exact = files.find((file) => file.path === spelled);
  const plain = plainPath(spelled);
  const spellings = [plain, withoutLine(plain), withoutLine(plain).replace(/^[ab]\//, '')];
  const named = exact ?? spellings.map((one) => byName.get(one)).find((file) => file !== undefined);
  if (named) return named;
  // An absolute path ends with the file's, and a shortened one is the end of it.
  const last = withoutLine(plain);
  const near = [...byName].filter(([name]) => last.endsWith(`/${name}`) || name.endsWith(`/${last}`));
  const longest = near.sort(([one], [other]) => other.length - one.length)[0];
  if (longest && last !== '') return longest[1];
  const folded = last.toLowerCase();
  return [...byName].find(([name]) => name.toLowerCase() === folded)?.[1];
}

/** Without quotes, backslashes, `.` and `..`, and the slash of an absolute path. */
function plainPath(path: string): string {
  const bare = path
    .normalize('NFC')
    .trim()
    .replace(/^(?:file:\/\/|[+-]{3} )/, '')
    .replace(/^["'`<([]+|["'`>)\]]+$/g, '')
    .replace(/\\/g, '/');
  const steps: string[] = [];
  for (const step of bare.split('/')) {
    if (step === '..') steps.pop();
    else if (step !== '.' && step !== '') steps.push(step);
  }
  return steps.join('/');
}

/** `a.ts:12`, `a.ts:12:3`, `a.ts:3-9`, `a.ts#L12`, `a.ts(12,3)` and `a.ts, line 12` are all `a.ts`. */
function withoutLine(path: string): string {
  return path
    .replace(/\s*(?:\((?:lines? )?\d+[^)]*|,? (?:at )?lines? \d.*)$/i, '')
    .replace(/(?:#L?|[:@])L?\d[\d:,L-]*$/i, '')
    .replace(/["'`]+$/, '')
    .trim();
}

function mentions(spelled: string, files: readonly DiffFile[]): boolean {
  const text = plainPath(spelled).toLowerCase();
  return files.some((file) =>
    [file.path, file.oldPath].some(
      (name) => name !== undefined && text.includes(plainPath(name).toLowerCase()),
    ),
  );
}

/** Without the ending of its name, its case and its signs, or of no folder, it is the name of a file of the diff. */
function isLike(path: string, files: readonly DiffFile[]): boolean {
  const squeezed = (text: string) => text.toLowerCase().replace(/[^a-z0-9/]/g, '');
  const stem = (text: string) => squeezed(text.replace(/(?<=[^/])\.[^/]*$/, ''));
  const asked = withoutLine(path);
  return files.some(({ path: name, oldPath = name }) =>
    [name, oldPath].some((one) => {
      const own = asked.includes('/') ? one : (one.split('/').at(-1) ?? one);
      return (
        stem(asked) === stem(own) || squeezed(asked).replaceAll('/', '') === squeezed(one).replaceAll('/', '')
      );
    }),
  );
}

/** Whether no hunk of the file shows the line. A file without hunks shows nothing that could prove it. */
function isBeyond(file: DiffFile, line: number): boolean {
  if (line <= 0 || file.hunks.length === 0 || file.binary) return false;
  return !file.hunks.some((hunk) =>
    hunk.some((one) => one.line === line || (one.kind === 'removed' && one.oldLine === line)),
  );
}
