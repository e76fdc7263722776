/** Tests that a change has no more, and what may excuse that. */
import { strong } from './less-in-test.js';
import type { TestSides } from './pairs.js';
import type { ReadTest } from './read-tests.js';
import { type FileTexts, isPutAside } from './test-files.js';
import { type Found, namingWords } from './weakening.js';

/** Words that every test has. */
export const ofFrameworks =
  /^(?:test\w*|it|describe|expect\w*|assert\w*|require|should|toBe\w*|toEqual|toStrictEqual|toThrow\w*|async|await|const|self|func|void|public|class|return|import|from|function|true|false|None|null|undefined|this|static|final|String|string|Fatal\w*|Error\w*|Equal\w*|True|False|with|pass|Test|cl_\w+)$/;

/** Tests that are nowhere now, less those whose place new ones took: as many, that claim something. */
export function lostTests(
  lost: readonly ReadTest[],
  fresh: readonly ReadTest[],
  { before, after }: TestSides,
  files: readonly FileTexts[],
): Found[] {
  if (lost.length === 0) return [];
  const real = ({ skipped, claims }: ReadTest) =>
    !skipped && claims.some(({ weight }) => weight !== 'trivial');
  const old = new Set(before.flatMap(({ text }) => text.split('\n').map((line) => line.trim())));
  const news = after
    .filter(real)
    .flatMap(({ text }) => text.split('\n').filter((line) => !old.has(line.trim())));
  const said = new Set(news.flatMap(namingWords));
  const now = after.map(({ text }) => text).join('\n');
  const cases = (tests: readonly ReadTest[]) => tests.reduce((sum, test) => sum + test.rows.length, 0);
  const why = (test: ReadTest): string | undefined => {
    if (new RegExp(`\\b${test.title.replace(/\W/g, '\\$&')}\\(`).test(now)) return 'other tests call it';
    if (cases(after) - cases(before) >= lost.length) return 'there are as many cases more';
    const own = [...new Set(namingWords(withoutComments(test)))].filter(
      (word) => !ofFrameworks.test(word) && word !== test.title,
    );
    const covered = own.filter((word) => said.has(word)).length;
    const enough = fresh.filter(real).length > 0 || after.filter(real).length >= before.filter(real).length;
    return enough && own.length > 1 && covered >= own.length * 0.7
      ? 'other tests speak of the same'
      : undefined;
  };
  const away = new Map(
    files.map(({ path, oldPath = path, after: text }) => [oldPath, text === '' ? undefined : path]),
  );
  return lost.map((test) => {
    const to = away.get(test.path);
    const where =
      to !== undefined && isPutAside(test.path, to)
        ? `: ${to} is no place or name that its runner looks for`
        : '';
    const what = `the test ${test.title} is missing${where}`;
    const told = { path: test.path, line: test.line, isOld: true as const, what };
    const excuse = why(test);
    return excuse
      ? { ...told, explained: excuse }
      : { ...told, about: test.text, of: { test, claims: Math.max(1, strong(test).length) } };
  });
}

/** Its lines that hold code: what a comment speaks of is not tested. */
function withoutComments({ text, code }: ReadTest): string {
  const from = text.split('\n').length - code.split('\n').length;
  const lines = code.split('\n');
  return text
    .split('\n')
    .filter((_, at) => at <= from || /[\w$]/.test(lines[at - from]!))
    .join('\n');
}
