/** What the validator agent says of each acceptance criterion. Only what the diff itself bears out counts. */
import type { DiffFile } from './diff.js';
import { placeInDiff } from './finding-places.js';
import { withoutZeros } from './unreadable.js';

export type CriterionAnswer = 'met' | 'not met' | 'cannot tell';

export interface CriterionResult {
  text: string;
  answer: CriterionAnswer;
  /** '' and 0 where the answer has no place; a place is one that the diff has. */
  path: string;
  line: number;
  /** Why, in the agent's words. */
  evidence: string;
}

/** One answer as a model gives it. */
export interface RawCriterion {
  /** Number of the criterion, from 1. */
  criterion: number;
  answer: CriterionAnswer;
  path: string;
  line: number;
  /** The line of the diff that shows it, word for word. */
  quote: string;
  evidence: string;
}

const mostWords = 500;

/**
 * The answers with what could be verified of them. An answer that names a place must quote it from the diff: one that
 * invents its place says nothing, and is counted. Met is only what has a place; not met may lack one, since what is
 * missing is nowhere.
 * @param answers of all parts of the diff together: of several about one criterion the best shown one counts
 */
export function judgeCriteria(
  criteria: readonly string[],
  answers: readonly RawCriterion[],
  files: readonly DiffFile[],
): { results: CriterionResult[]; invented: number } {
  const results = criteria.map(
    (text): CriterionResult => ({ text, answer: 'cannot tell', path: '', line: 0, evidence: '' }),
  );
  let invented = 0;
  for (const raw of answers) {
    const result = results[raw.criterion - 1];
    if (!result) {
      invented++;
      continue;
    }
    const place = placeOf(raw, files);
    if (place === 'invented') {
      invented++;
      continue;
    }
    const answer = raw.answer === 'met' && !place ? 'cannot tell' : raw.answer;
    const fresh = {
      ...result,
      answer,
      evidence: raw.evidence.slice(0, mostWords),
      path: '',
      line: 0,
      ...place,
    };
    if (rank(fresh) > rank(result)) Object.assign(result, fresh);
  }
  return { results, invented };
}

/** A shown failure outweighs a shown success, which another part of the diff may have; both outweigh mere words. */
function rank({ answer, path, evidence }: CriterionResult): number {
  if (answer === 'not met') return path === '' ? 2 : 4;
  if (answer === 'met') return 3;
  return evidence === '' ? 0 : 1;
}

/** Where the quoted line stands in the diff; undefined: the answer names no place. */
function placeOf(
  { path, line, quote, answer }: RawCriterion,
  files: readonly DiffFile[],
): { path: string; line: number } | 'invented' | undefined {
  if (answer === 'cannot tell') return undefined;
  if (path.trim() === '' && quote.trim() === '') return undefined;
  const found = placeInDiff(path, 0, files);
  if (found.kind !== 'placed') return 'invented';
  const wanted = plain(quote.replace(/^[+-](?=\s|\S)/, ''));
  const whole = plain(quote);
  if (whole.length < 3) return 'invented';
  const lines = files.find((file) => file.path === found.path)!.hunks.flat();
  const held = lines.filter(({ text }) => {
    const said = plain(text);
    return said.includes(whole) || (wanted.length >= 3 && said.includes(wanted));
  });
  const at = (one: (typeof lines)[number]) => (one.kind === 'removed' ? (one.oldLine ?? one.line) : one.line);
  const near = [...held].sort((a, b) => Math.abs(at(a) - line) - Math.abs(at(b) - line))[0];
  return near ? { path: found.path, line: at(near) } : 'invented';
}

const plain = (text: string) => withoutZeros(text).replace(/\s+/g, ' ').trim();

/** Criteria that the diff shows not to be met. */
export const brokenCriteria = (criteria: readonly CriterionResult[] = []) =>
  criteria.filter(({ answer, path }) => answer === 'not met' && path !== '');

/**
 * Whether what the agent said lets a change count as judged: some criterion is shown to be met, and none is said not to be.
 * @param criteria undefined: it was not asked about any
 */
export const speaksFor = (criteria: readonly CriterionResult[] | undefined): boolean =>
  !criteria?.length ||
  (criteria.some(({ answer }) => answer === 'met') && criteria.every(({ answer }) => answer !== 'not met'));

/** One line: "met: a is there (src/a.js:1: the export)". */
export function criterionWords({ text, answer, path, line, evidence }: CriterionResult): string {
  const why = [path && `${path}:${line}`, evidence].filter(Boolean).join(': ');
  return why ? `${answer}: ${text} (${why})` : `${answer}: ${text}`;
}
