/** What pytest prints: the counts of its last line, its short summary, and the places in its tracebacks. */
import { firstLine, nowhere, placeIn, type ToldPlace } from './places.js';
import type { Problem, Reader } from './results.js';

const closing =
  /^=*[ \t]*((?:\d+ (?:failed|passed|skipped|xfailed|xpassed|deselected|errors?|warnings?)(?:, )?)+) in [\d.:hms ()]+=*$/m;

export const readPytest: Reader = (text) => {
  const told = [...text.matchAll(new RegExp(closing, 'gm'))].at(-1)?.[1];
  if (told === undefined) return undefined;
  const count = (what: string) => Number(new RegExp(`(\\d+) ${what}`).exec(told)?.[1] ?? 0);
  const blocks = tracebacks(text);
  const problems = [...text.matchAll(/^(FAILED|ERROR) (\S+?(?:\[.*?\])?)(?: - (.*))?$/gm)].map(
    ([, , id = '', said = '']): Problem => {
      const [path = '', ...names] = id.split('::');
      const block = blocks.get(names.join('.')) ?? blocks.get(path);
      return {
        kind: 'test',
        name: id,
        ...(block ? placeOf(block, path) : { path, line: 0 }),
        message: firstLine(said || errorIn(block) || 'it failed'),
        severity: 'error',
      };
    },
  );
  return {
    tests: {
      passed: count('passed') + count('xpassed'),
      failed: count('failed') + count('error'),
      skipped: count('skipped') + count('xfailed'),
    },
    problems,
  };
};

/** The tracebacks by what stands above each: a test, the set-up of one, or a file that could not be collected. */
function tracebacks(text: string): Map<string, string> {
  const parts = text.split(/^_{3,} (.+?) _{3,}$/m);
  const blocks = new Map<string, string>();
  for (let at = 1; at < parts.length; at += 2) {
    const name = parts[at]!.replace(/^ERROR (?:at (?:setup|teardown) of|collecting) /, '');
    blocks.set(name, parts[at + 1]!.split(/^={3,}/m)[0]!);
  }
  return blocks;
}

/** The last line of the traceback in the test's own file; else the last one that it has. */
function placeOf(block: string, path: string): ToldPlace {
  const places = block
    .split('\n')
    .map((line) => /^(\S[^:\n]*):(\d+): /.exec(line))
    .flatMap((found) => (found ? [{ path: found[1]!, line: Number(found[2]) }] : []));
  const own = places.filter((place) => place.path === path || place.path.endsWith(`/${path}`));
  const last = own.at(-1) ?? places.at(-1) ?? placeIn(block);
  return last === nowhere ? { path, line: 0 } : last;
}

const errorIn = (block = '') => /^E\s+(.*)$/m.exec(block)?.[1];
