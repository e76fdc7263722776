/** Helpers of tests, in files that hold no test, which compared something and compare nothing any more. */
import { readTests } from './read-tests.js';
import { type FileTexts, holdsTests } from './test-files.js';
import type { Weakening } from './weakening.js';

/** Of a file, not of a function: what stands further in is a part of what it stands in. */
const definition =
  /^(?:export\s+)?(?:default\s+)?(?:async\s+)?(?:function\*?|const|let|var|def|fn|func|pub fn)\s+(\w+)/gm;
/** Only what is called like a comparison: others may stop throwing for many reasons. */
const compares = /check|assert|verify|expect|ensure|should|compare|must/i;
const claim =
  /\bthrow\b|\braise\b|\bpanic!?\(|\b[tb]\.(?:Error|Fatal)f?\(|\b\w*(?:assert|expect|check|verify|ensure|compare|must|fail)\w*(?:\.\w+)*!?\s*\(|^\s*assert\s/im;

/** Each helper that is still there and lost all that it claimed, with its line. */
export function quietHelpers({ path, before, after }: FileTexts): Weakening[] {
  if (before === '' || after === '' || !holdsTests(path)) return [];
  if (readTests(path, before).length > 0) return [];
  const now = new Map(definitionsIn(after).map((one) => [one.name, one]));
  return definitionsIn(before).flatMap(({ name, body }) => {
    const kept = now.get(name);
    if (!kept || !compares.test(name) || !claim.test(body) || claim.test(kept.body)) return [];
    const line = after.slice(0, kept.at).split('\n').length;
    return [{ path, line, what: `the helper ${name} claims nothing any more` }];
  });
}

/** What a file defines by name, each with its text up to the next one. */
function definitionsIn(text: string): { name: string; at: number; body: string }[] {
  const found = [...text.matchAll(definition)];
  return found.map((match, index) => {
    const at = match.index + match[0].length;
    return { name: match[1]!, at, body: text.slice(at, found[index + 1]?.index) };
  });
}
