/** What a test calls through the helpers of its file. */
import { type ReadTest, readTests } from './read-tests.js';
import { namingWords } from './weakening.js';

const defined = /\b(?:function\*?|func|def|fn|const|let|var|sub)\s+(?:\([^)]*\)\s*)?([A-Za-z_$][\w$]*)/;
/** They run with every test of their file. */
const prepares =
  /\b(?:before|beforeEach|beforeAll|setUp|setup\w*|TestMain)\s*\(|@(?:Before\w*|pytest\.fixture)/;

/** Names that are called outside of all tests: by what runs before each, and by helpers that this test names. */
export function helperCalls(text: string, { path, text: own }: ReadTest): string[] {
  const ofTests = new Set(
    readTests(path, text).flatMap((test) => test.text.split('\n').map((line) => line.trim())),
  );
  const words = new Set(namingWords(own));
  let reached = false;
  return text.split('\n').flatMap((line) => {
    if (ofTests.has(line.trim()) && !prepares.test(line)) return [];
    const name = defined.exec(line)?.[1];
    if (prepares.test(line)) reached = true;
    else if (name !== undefined && /^\S/.test(line)) reached = words.has(name);
    return reached ? [...line.matchAll(/\b([A-Za-z_$][\w$]{3,})\s*\(/g)].map(([, called]) => called!) : [];
  });
}
