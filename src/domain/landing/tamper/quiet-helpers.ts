/** Helpers of tests which compared something, and compare nothing any more or swallow what they find. */
import { type DefinedFunction, functionsIn } from './functions.js';
import { swallowsIn } from './less-in-test.js';
import { readTests } from './read-tests.js';
import { type FileTexts, holdsTests } from './test-files.js';
import type { Weakening } from './weakening.js';

/** Only what is called like a comparison: others may stop throwing for many reasons. */
const compares = /check|assert|verify|expect|ensure|should|compare|must/i;
const claim =
  /\bthrow\b|\braise\b|\bpanic!?\(|\b[tb]\.(?:Error|Fatal|FailNow|Fail)f?\(|\b\w*(?:assert|expect|require|check|verify|ensure|compare|must|fail|refute|should)\w*[?!]?(?:\.\w+)*!?\s*[({]|^\s*(?:assert|fail|refute\w*|assert_\w+|must_\w+)\s/im;

/** Whether a function says something when what it is given is wrong. */
export const claims = ({ body }: Pick<DefinedFunction, 'body'>): boolean =>
  claim.test(body) && !leavesAtOnce.test(body) && !never.test(body);

/** The first that it does is to leave. */
const leavesAtOnce =
  /^\s*\([^{]*\{\s*return\s*(?:[;\n}]|true\b|null\b|nil\b)|^[^:]*:\s*return\b[^\n]*\n|^\s*(?:\([^)\n]*\))?\s*\n\s*return\s*\n/;
const never = /&&\s*false\b|\bif\s*\(?\s*(?:false|False|0)\b|\band False\b/;

/** Each helper that is still there and lost all that it claimed, with its line. */
export function quietHelpers({ path, before, after }: FileTexts): Weakening[] {
  if (before === '' || after === '' || before === after || !holdsTests(path)) return [];
  const old = functionsIn(path, before).filter(({ name }) => compares.test(name));
  if (old.length === 0) return [];
  const now = functionsIn(path, after);
  return old.flatMap((was) => {
    // Of a name there may be several, by the machine or by what they are given.
    const same = now.filter(({ name }) => name === was.name);
    const kept = same.find(claims) ?? same[0];
    if (!kept || !claims(was)) return [];
    if (same.some(({ body }) => body === was.body)) return [];
    if (readTests(path, before).some(({ title }) => title === was.name)) return [];
    const line = after.slice(0, kept.at).split('\n').length;
    const told = (what: string) => [{ path, line, what: `the helper ${was.name} ${what}` }];
    if (claims(kept))
      return swallowsIn(kept.body) > swallowsIn(was.body) ? told('swallows what it finds') : [];
    // Another function of the file says it.
    const called = new Set([...kept.body.matchAll(/\b(\w+)\s*[!(]/g)].map(([, name]) => name!));
    return now.some((one) => called.has(one.name) && claims(one)) ? [] : told('claims nothing any more');
  });
}
