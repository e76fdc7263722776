/** `go test`: its events with `-json`, and what it prints without. */
import { asObject, jsonOf } from './json.js';
import { firstLine, nowhere, type ToldPlace } from './places.js';
import { joined, type Problem, type Reader, type Results } from './results.js';

interface Event {
  Action?: string;
  Package?: string;
  Test?: string;
  Output?: string;
}

export const readGoJson: Reader = (text) => {
  const rows = text.split('\n').filter((row) => row.startsWith('{"'));
  const events = rows.flatMap((row) => (asObject(jsonOf(row)) as Event | undefined) ?? []);
  if (!events.some(({ Action, Package }) => Action !== undefined && Package !== undefined)) return undefined;
  const outputs = new Map<string, string>();
  const ends = new Map<string, Event>();
  for (const event of events) {
    const id = `${event.Package} ${event.Test ?? ''}`;
    if (event.Action === 'output') outputs.set(id, (outputs.get(id) ?? '') + (event.Output ?? ''));
    if (/^(?:pass|fail|skip)$/.test(event.Action ?? '')) ends.set(id, event);
  }
  const all = [...ends.values()].filter(({ Test }) => Test !== undefined);
  // A test with tests of its own fails because one of them does.
  const leaves = all.filter(
    ({ Package, Test }) => !all.some((one) => one.Package === Package && one.Test!.startsWith(`${Test}/`)),
  );
  const count = (action: string) => leaves.filter(({ Action }) => Action === action).length;
  const failed = leaves.filter(({ Action }) => Action === 'fail');
  const problems = failed.map(({ Package = '', Test = '' }) =>
    testProblem(Package, Test, outputs.get(`${Package} ${Test}`) ?? ''),
  );
  const built = buildProblems(
    text
      .split('\n')
      .filter((row) => !row.startsWith('{"'))
      .join('\n'),
  );
  return {
    tests: { passed: count('pass'), failed: failed.length, skipped: count('skip') },
    problems: [...problems, ...built],
  };
};

export const readGo: Reader = (text) => {
  if (
    !/^(?:ok {2}|FAIL|---|\?)[\t ]/m.test(text) ||
    !/^(?:ok {2}\t|FAIL\t|\? {3}\t|--- FAIL: |PASS$)/m.test(text)
  )
    return undefined;
  return joined(text.split(/^(?<=^(?:FAIL|ok {2})\t.*\n)/m).map(readPackage));
};

/** What is printed of one package, with its name at the end. */
function readPackage(text: string): Results {
  const name = /^(?:FAIL|ok {2})\t(\S+)/m.exec(text)?.[1] ?? '';
  const blocks = text.split(/^(?= *--- (?:FAIL|PASS|SKIP): |(?:FAIL|ok {2}|PASS)(?:\t|$))/m);
  const results = blocks.flatMap((block) => {
    const [, status, name] = /^ *--- (FAIL|PASS|SKIP): (\S+)/.exec(block) ?? [];
    return name ? [{ status: status!, name, said: block.split('\n').slice(1).join('\n') }] : [];
  });
  const leaves = results.filter(({ name }) => !results.some((one) => one.name.startsWith(`${name}/`)));
  const count = (status: string) => leaves.filter((one) => one.status === status).length;
  const problems = leaves
    .filter(({ status }) => status === 'FAIL')
    .map((one) => testProblem(name, one.name, one.said));
  // Only with `-v` it names what passed.
  const tests = { passed: count('PASS'), failed: count('FAIL'), skipped: count('SKIP') };
  const isVerbose = /^=== RUN /m.test(text);
  return { ...(isVerbose ? { tests } : {}), problems: [...problems, ...buildProblems(text)] };
}

/** Files are named without the folder of their package, whose name ends with it. */
function testProblem(folder: string, test: string, said: string): Problem {
  const [, path, line, message] = /^ +(\S+\.go):(\d+): (.*)$/m.exec(said) ?? [];
  const inPackage = folder === '' ? path : `${folder}/${path}`;
  const place: ToldPlace = path === undefined ? nowhere : { path: inPackage!, line: Number(line) };
  const name = folder === '' ? test : `${folder}.${test}`;
  return {
    kind: 'test',
    name,
    ...place,
    message: firstLine(message ?? said) || 'it failed',
    severity: 'error',
  };
}

/** What the compiler says, below `# package`. */
function buildProblems(text: string): Problem[] {
  return [...text.matchAll(/^(\S+\.go):(\d+):\d+: (.*)$/gm)].map(([, path = '', line, message = '']) => ({
    ...{ kind: 'finding', name: 'go', path, line: Number(line), message, severity: 'error' },
  }));
}
