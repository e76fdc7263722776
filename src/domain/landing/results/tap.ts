/** The Test Anything Protocol, with the nested tests and the YAML of node's runner. */
import { firstLine, nowhere, placeIn } from './places.js';
import type { Problem, Reader } from './results.js';

const point = /^( *)(not )?ok\b *\d*(?: - | )?(.*?)(?:(?<!\\) #\s*(skip|todo)\b.*)?$/i;

export const readTap: Reader = (text) => {
  if (!/^(?:TAP version \d+|1\.\.\d+)/m.test(text) || !/^(?:not )?ok\b/m.test(text)) return undefined;
  const tests = { passed: 0, failed: 0, skipped: 0 };
  const problems: Problem[] = [];
  const parents: string[] = [];
  /** Depths that had a test since the last test above them. */
  const filled = new Set<number>();
  const rows = text.split(/\r?\n/);
  for (const [at, row] of rows.entries()) {
    const [, lead, title] = /^( *)# Subtest: (.*)$/.exec(row) ?? [];
    if (title !== undefined) {
      parents.splice(lead!.length / 4, Number.POSITIVE_INFINITY, title);
      continue;
    }
    const [, indent, not, name = '', directive] = point.exec(row) ?? [];
    if (indent === undefined) continue;
    const depth = indent.length / 4;
    const isSuite = filled.delete(depth + 1);
    if (depth > 0) filled.add(depth);
    if (isSuite) continue;
    if (directive) tests.skipped++;
    else if (!not) tests.passed++;
    else {
      tests.failed++;
      const full = [...parents.slice(0, depth), name].join(' > ');
      problems.push({ kind: 'test', name: full, ...saidBelow(rows, at, indent), severity: 'error' });
    }
  }
  const [, why] = /^ *Bail out!(.*)$/m.exec(text) ?? [];
  if (why !== undefined) {
    problems.push({ kind: 'finding', name: 'bail out', ...nowhere, message: why.trim(), severity: 'error' });
  }
  return { tests, problems };
};

/** Place and words of a failure, from the lines that belong to it. */
function saidBelow(rows: readonly string[], at: number, indent: string) {
  const own: string[] = [];
  for (const row of rows.slice(at + 1)) {
    if (!row.startsWith(`${indent}  `) && row.trim() !== '') break;
    own.push(row);
  }
  const said = own.join('\n');
  const error = /^ *(?:error|message): (?:'(.*)'|"(.*)"|\|-\n(.*)|(.*))$/m.exec(said);
  const words = error?.slice(1).find(Boolean) ?? own.find((row) => /\w/.test(row)) ?? '';
  const [, location = ''] = /^ *location: '?(.*?)'?$/m.exec(said) ?? [];
  const stack = /^ *stack: [\s\S]*/m.exec(said)?.[0] ?? said.replace(/^ *location: .*$/m, '');
  const place = placeIn(stack);
  return { ...(place === nowhere ? placeIn(location) : place), message: firstLine(words) || 'it failed' };
}
