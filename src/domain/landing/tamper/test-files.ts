/** Which files hold tests, and whether their runner looks where they are. */
import type { DiffFile } from '../diff.js';

/** One file before and after a change; '' where it is not there. */
export interface FileTexts {
  path: string;
  /** Where it was before, when it was renamed. */
  oldPath?: string;
  before: string;
  after: string;
}

const testFile =
  /(?:^|\/)(?:tests?|__tests__|specs?|e2e|clar)\/.+\.(?:[cm]?[jt]sx?|py|go|rs|java|kts?|rb|cs|php|ex|exs|scala|swift|c|cc|cpp|cxx)$|[._-](?:test|spec)s?(?:-d)?\.[cm]?[jt]sx?$|(?:^|\/)(?:src\/)?test\/(?:java|kotlin|scala|groovy)\/|(?:^|\/)tests?_[^/]*\.(?:py|c|cc|cpp)$|(?:^|\/)tests?\.(?:py|rs|[cm]?[jt]s)$|_(?:tests?|unittest)\.(?:py|go|rs|rb|exs|c|cc|cpp|cxx)$|_spec\.rb$|(?:Tests?|TestCase|IT|Spec)\.(?:java|kt|scala|cs|swift|groovy|php)$/;

/** Rust keeps its unit tests beside the code, Python its examples with results. */
const mayHoldTests = /\.rs$/;

/** Where Maven and Gradle look for the program itself: no test of theirs is there. */
const isHandedOut = /(?:^|\/)src\/main\/(?:java|kotlin|scala|groovy)\//;

/** Whether tests are looked for in a file of this name. */
export const holdsTests = (path: string): boolean =>
  (!isHandedOut.test(path) && testFile.test(path) && !/bench(?:mark)?s?(?:[./_-]|$)/i.test(path)) ||
  mayHoldTests.test(path);

/** Whether nothing but tests, and what they need, is in a file of this name. */
export const isTestFile = (path: string): boolean =>
  !isHandedOut.test(path) &&
  (testFile.test(path) || /(?:^|\/)(?:tests?|testing|testdata|__tests__|fixtures|specs?|e2e)\//.test(path));

/** No runner looks into these folders, by custom or by its defaults. */
const unlooked =
  /(?:^|\/)(?:\.[^/]+|_[^/]+|node_modules|vendor|dist|build|out|target|venv|testdata|_{0,2}fixtures?_{0,2}|__mocks__|docs?|examples?|old|attic|archived?|backups?|deprecated|disabled|skip(?:ped)?|ignored?|unused|tmp|temp|trash|legacy|quarantined?)\//i;
/** Kept for later under a name that is no test's. */
const putAside = /\.(?:bak|old|orig|disabled|skip|off|txt|tmp)$/i;

/** Whether a test file that went from one place to the other is looked for no more. */
export function isPutAside(from: string, to: string): boolean {
  if (from === to) return false;
  const away = (path: string) =>
    unlooked.test(path.replace(/(?:^|\/)__tests__\//, '/')) || putAside.test(path);
  return away(to) && !away(from);
}

/** The texts that were read, and every other file of a change as far as its diff tells: new ones whole, lost ones bare. */
export function allTexts(files: readonly DiffFile[], texts: readonly FileTexts[]): FileTexts[] {
  const known = new Set(texts.map(({ path }) => path));
  const others = files
    .filter(({ path, change }) => !known.has(path) && change !== 'modified')
    .map(({ path, oldPath, hunks }) => ({
      path,
      ...(oldPath === undefined ? {} : { oldPath }),
      before: '',
      after: hunks
        .flat()
        .filter(({ kind }) => kind !== 'removed')
        .map(({ text }) => text)
        .join('\n'),
    }));
  return [...texts, ...others];
}
