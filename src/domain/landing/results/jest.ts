/** Jest and Vitest: what they print for people, and the JSON that both can write. */
import { asArray, asObject, jsonOf } from './json.js';
import { firstLine, nowhere, placeIn } from './places.js';
import type { Problem, Reader, TestCounts } from './results.js';

export const readJestJson: Reader = (text) => {
  const root = asObject(jsonOf(text));
  if (!root || typeof root.numTotalTests !== 'number' || !Array.isArray(root.testResults)) return undefined;
  const problems = root.testResults.flatMap((one) => {
    const file = asObject(one) ?? {};
    const path = String(file.name ?? '');
    const cases = asArray(file.assertionResults).flatMap((test) => caseOf(asObject(test) ?? {}, path));
    const broken = file.status === 'failed' && asArray(file.assertionResults).length === 0;
    return broken ? [brokenFile(path, String(file.message ?? ''))] : cases;
  });
  const count = (name: string) => Number(root[name] ?? 0);
  const tests = {
    passed: count('numPassedTests'),
    failed: count('numFailedTests'),
    skipped: count('numPendingTests') + count('numTodoTests'),
  };
  return { tests, problems };
};

function caseOf(test: Record<string, unknown>, path: string): Problem[] {
  if (test.status !== 'failed') return [];
  const said = asArray(test.failureMessages).map(String).join('\n');
  const place = placeIn(said);
  const titles = [...asArray(test.ancestorTitles), test.title].map(String).filter(Boolean);
  return [
    {
      ...{ kind: 'test', name: titles.join(' > '), severity: 'error' },
      ...(place === nowhere ? { path, line: Number(asObject(test.location)?.line ?? 0) } : place),
      message: firstLine(said) || 'it failed',
    },
  ];
}

const brokenFile = (path: string, said: string): Problem => ({
  ...{ kind: 'test', name: path, path, line: 0, severity: 'error' },
  message: firstLine(said.replace(/^.*Test suite failed to run.*$/m, '')) || 'it could not be run',
});

export const readJest: Reader = (text) => {
  const told = /^Tests: {2,}(.*\d+ total)$/m.exec(text)?.[1];
  if (told === undefined || !/^Test Suites: /m.test(text)) return undefined;
  // What failed is told where it failed, and once more at the end of a long output.
  const seen = new Map<string, Problem>();
  let file = '';
  for (const block of text.split(/^(?=(?:FAIL|PASS) \S| {2}● )/m)) {
    file = /^(?:FAIL|PASS) (\S+)/.exec(block)?.[1] ?? file;
    const [, title, said = ''] = /^ {2}● (.*)\n([\s\S]*)$/.exec(block) ?? [];
    if (title === undefined || title === 'Console' || /^(?:Deprecation|Validation) Warning/.test(title))
      continue;
    if (title === 'Test suite failed to run') {
      seen.set(file, brokenFile(file, said));
      continue;
    }
    const name = title.split(' › ').join(' > ');
    const place = placeIn(said);
    const where = place === nowhere ? { path: file, line: 0 } : place;
    const message = firstLine(said) || 'it failed';
    seen.set(`${file} ${name}`, { kind: 'test', name, ...where, message, severity: 'error' });
  }
  return { tests: countsIn(told), problems: [...seen.values()] };
};

export const readVitest: Reader = (text) => {
  const told = /^ +Tests {2}(.*)$/m.exec(text)?.[1];
  if (told === undefined || !/^ +Test Files {2}/m.test(text)) return undefined;
  const problems = text.split(/^(?= FAIL {2})/m).flatMap((block): Problem[] => {
    const [, head, said = ''] = /^ FAIL {2}(.*)\n([\s\S]*)$/.exec(block) ?? [];
    if (head === undefined) return [];
    const [path = '', ...titles] = head.replace(/^\|.*?\| /, '').split(' > ');
    const file = path.replace(/ \[.*\]$/, '').trim();
    if (titles.length === 0) return [brokenFile(file, said)];
    const place = placeIn(said);
    const where = place === nowhere ? { path: file, line: 0 } : place;
    const message = firstLine(said) || 'it failed';
    return [{ kind: 'test', name: titles.join(' > '), ...where, message, severity: 'error' }];
  });
  return { tests: countsIn(told), problems };
};

function countsIn(told: string): TestCounts {
  const count = (what: string) => Number(new RegExp(`(\\d+) ${what}`).exec(told)?.[1] ?? 0);
  return {
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('skipped') + count('todo'),
  };
}
