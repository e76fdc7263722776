/** Coverage by lines: lcov's tracefiles and Cobertura's XML. */
import type { Reader } from './results.js';
import { elementsNamed, rootElement } from './xml.js';

export const readLcov: Reader = (text) => {
  if (!/^SF:/m.test(text) || !/^end_of_record$/m.test(text)) return undefined;
  const coverage = new Map<string, Map<number, number>>();
  let lines = new Map<number, number>();
  for (const row of text.split(/\r?\n/)) {
    if (row.startsWith('SF:')) lines = linesOf(coverage, row.slice(3));
    const [, line, hits] = /^DA:(\d+),(-?\d+)/.exec(row) ?? [];
    if (line) addHits(lines, Number(line), Number(hits));
  }
  return { problems: [], coverage };
};

export const readCobertura: Reader = (text) => {
  const root = rootElement(text);
  if (root?.name !== 'coverage') return undefined;
  const coverage = new Map<string, Map<number, number>>();
  for (const one of elementsNamed(root, 'class')) {
    const lines = linesOf(coverage, one.attributes.filename ?? '');
    for (const { attributes } of elementsNamed(one, 'line')) {
      addHits(lines, Number(attributes.number), Number(attributes.hits));
    }
  }
  return { problems: [], coverage };
};

function linesOf(coverage: Map<string, Map<number, number>>, path: string): Map<number, number> {
  const lines = coverage.get(path) ?? new Map<number, number>();
  coverage.set(path, lines);
  return lines;
}

const addHits = (lines: Map<number, number>, line: number, hits: number) =>
  lines.set(line, Math.max(lines.get(line) ?? 0, hits));
