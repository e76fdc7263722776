/** JUnit XML, as most test runners write it. */
import type { XmlElement } from '@rgrove/parse-xml';
import { firstLine, nowhere, placeIn } from './places.js';
import { addCounts, type Problem, type Reader, type Results, type TestCounts } from './results.js';
import { childrenNamed, rootElement } from './xml.js';

export const readJunit: Reader = (text) => {
  const root = rootElement(text);
  if (!root || !/^testsuites?$/.test(root.name)) return undefined;
  const cases = casesIn(root, { name: '', file: '' });
  return {
    tests: addCounts(cases.map(({ counts }) => counts)),
    problems: cases.flatMap(({ problem }) => problem ?? []),
  };
};

interface Case {
  counts: TestCounts;
  problem?: Problem;
}

interface Suite {
  name: string;
  file: string;
}

function casesIn(element: XmlElement, suite: Suite): Case[] {
  const own = childrenNamed(element, 'testcase').map((one) => caseOf(one, suite));
  const below = childrenNamed(element, 'testsuite').flatMap((one) =>
    casesIn(one, { name: one.attributes.name ?? '', file: one.attributes.file ?? suite.file }),
  );
  return [...own, ...below];
}

function caseOf(element: XmlElement, suite: Suite): Case {
  const { name = '', file: ownFile = suite.file, line = '0' } = element.attributes;
  // Node's runner gives every test the class "test"; its suites tell more.
  const classname = element.attributes.classname?.replace(/^test$/, '') || suite.name;
  const [bad] = [...childrenNamed(element, 'failure'), ...childrenNamed(element, 'error')];
  if (!bad) {
    const isSkipped = childrenNamed(element, 'skipped').length > 0;
    return { counts: { passed: isSkipped ? 0 : 1, failed: 0, skipped: isSkipped ? 1 : 0 } };
  }
  const said = bad.text.trim();
  const told = placeIn(said);
  const place = told === nowhere ? { path: ownFile, line: Number(line) || 0 } : told;
  const message = firstLine(bad.attributes.message || said || 'it failed');
  const full = [classname, name].filter((part) => part !== '').join(' > ');
  return {
    counts: { passed: 0, failed: 1, skipped: 0 },
    problem: { kind: 'test', name: full, ...place, message, severity: 'error' },
  };
}

/** A result that a report without any test gives. */
export const isEmpty = ({ tests, problems, coverage }: Results): boolean =>
  problems.length === 0 && !coverage && (!tests || tests.passed + tests.failed + tests.skipped === 0);
