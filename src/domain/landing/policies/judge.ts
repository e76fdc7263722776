/** Policies judge a change without running anything. Pure: a diff and a few texts in, results with evidence out. */
import { messageOf } from '../../platform/errors.js';
import { matchesAny } from '../../platform/glob.js';
import {
  afterChecks,
  type Level,
  type PolicyConfig,
  type PolicyName,
  policyNames,
} from '../../store/policies.js';
import type { DiffFile } from '../diff.js';
import { aroundTests } from '../tamper/around-tests.js';
import { changedValues } from '../tamper/changed-values.js';
import { definesCheck, weakerDefinitions } from '../tamper/definitions.js';
import { explainByFiles } from '../tamper/explained-by-files.js';
import { hollowRunners } from '../tamper/hollow-runners.js';
import { redefined } from '../tamper/redefined.js';
import { rerouted } from '../tamper/rerouted.js';
import { hijackedTools, knowingSources, mayHijack, sourceChange } from '../tamper/sources.js';
import { isUndone } from '../tamper/taken-back.js';
import { allTexts, type FileTexts, holdsTests, isTestFile } from '../tamper/test-files.js';
import { weakenedTests } from '../tamper/weakened-tests.js';
import type { Weakening } from '../tamper/weakening.js';
import type { PolicyEvidence, PolicyResult } from '../validation.js';
import { commitHygiene, droppedCommits, type JudgedCommit } from './commits.js';
import { isManifest, newDependencies } from './dependencies.js';
import { type Declaration, docCoverage } from './doc-coverage.js';
import { binaryFiles, fileSize, forbiddenPaths, manyFiles, manyLines } from './extent.js';
import {
  addsMarkers,
  conflictMarkers,
  forbiddenPatterns,
  licenceHeader,
  lineLength,
  suppressions,
} from './lines.js';
import { secrets } from './secret-places.js';
import { testsRequired } from './tests-required.js';

/** Files whose change can change what tests find. */
const isCode =
  /\.(?:[cm]?[jt]sx?|vue|svelte|py|go|rs|java|kts?|rb|php|cs|c|cc|cpp|cxx|hh?|hpp|swift|scala|exs?|sh|sql)$/;

/** What policies look at. */
export interface JudgedChange {
  files: readonly DiffFile[];
  /** Why the files come without their lines, when they do; policies that read lines are errors then. */
  unread?: string;
  /** Whole texts of the files of which policies want them, before and after. */
  texts: readonly FileTexts[];
  /** Bytes of the changed files as they are. */
  sizes?: ReadonlyMap<string, number>;
  commits?: readonly JudgedCommit[];
  /** Commits of others that the target had and has no more, and that come back with the change. */
  dropped?: readonly { id: string; subject: string }[];
  /** Errors of the validator agent at places that the diff does not have. */
  unplaced?: readonly PolicyEvidence[];
  /** What files declare for other code, by path; where it is not known, the lines of the diff must tell. */
  declarations?: ReadonlyMap<string, readonly Declaration[]>;
  /** What the commits did that the change says to take back. */
  reverted?: readonly (readonly DiffFile[])[];
  /** What the work is to do, in the words of who asked for it. */
  asked?: string;
  /** Commands of the checks. */
  runs: readonly (readonly string[])[];
}

/** What a person said of a change. */
export interface PersonsWord {
  /** What it may break: a policy, or `policy:glob` for the files that match, or `secrets:fingerprint`. */
  allowed?: readonly string[];
  /** A person looked at exactly this commit and approved it. */
  approved?: boolean;
}

/** What is wrong, a place each. Throws when a parameter makes no sense. */
export type Judge = (change: JudgedChange, config: PolicyConfig) => PolicyEvidence[];

const judges: Record<
  Exclude<PolicyName, (typeof afterChecks)[number]>,
  { judge: Judge; reads: 'names' | 'lines' }
> = {
  changed_lines: { judge: manyLines, reads: 'names' },
  changed_files: { judge: manyFiles, reads: 'names' },
  file_size: { judge: fileSize, reads: 'names' },
  binary_files: { judge: binaryFiles, reads: 'names' },
  forbidden_paths: { judge: forbiddenPaths, reads: 'names' },
  protected_paths: { judge: forbiddenPaths, reads: 'names' },
  forbidden_patterns: { judge: forbiddenPatterns, reads: 'lines' },
  conflict_markers: { judge: conflictMarkers, reads: 'lines' },
  secrets: { judge: secrets, reads: 'lines' },
  weakened_tests: {
    judge: ({ texts, files, reverted = [] }) => {
      const source = sourceChange(files, texts, reverted);
      const all = allTexts(files, texts);
      return [
        ...weakenedTests(texts, source),
        ...rerouted(texts, all, source.words),
        ...redefined(texts, all, source.words),
        ...aroundTests(texts),
        ...hollowRunners(texts, all),
        ...knowingSources(files, texts),
      ].map(asPolicyEvidence);
    },
    reads: 'names',
  },
  check_definitions: {
    judge: ({ texts, runs, files, reverted = [] }) =>
      [...explainByFiles(weakerDefinitions(texts, runs), { texts, runs, files }), ...hijackedTools(texts)]
        .map((one) =>
          isUndone(one.path, files, reverted) ? { ...one, held: 'a commit of the base is taken back' } : one,
        )
        .map(asPolicyEvidence),
    reads: 'names',
  },
  changed_expectations: {
    // Without a change of the code, its own check tells whether the new values are right.
    judge: ({ texts, files, asked }) =>
      files.every(({ path }) => isTestFile(path) || !isCode.test(path))
        ? []
        : changedValues(texts, asked).map(asPolicyEvidence),
    reads: 'names',
  },
  suppressions: { judge: suppressions, reads: 'lines' },
  new_dependencies: { judge: newDependencies, reads: 'names' },
  tests_required: { judge: testsRequired, reads: 'names' },
  line_length: { judge: lineLength, reads: 'lines' },
  doc_coverage: { judge: docCoverage, reads: 'lines' },
  licence_header: { judge: licenceHeader, reads: 'names' },
  commit_hygiene: { judge: commitHygiene, reads: 'names' },
  dropped_commits: { judge: droppedCommits, reads: 'names' },
  unplaced_errors: { judge: ({ unplaced = [] }) => [...unplaced], reads: 'names' },
};

function asPolicyEvidence({ path, line, isOld, what, explained, held }: Weakening): PolicyEvidence {
  const why = explained ?? held;
  return {
    path,
    line,
    ...(isOld ? { isOld } : {}),
    what: why ? `${what} (${why})` : what,
    ...(explained ? { mild: true } : held ? { held: true } : {}),
  };
}

/** Does what it is given, and throws when that has taken too long. */
type Within = <T>(work: () => T) => T;

/**
 * Applies every policy that is not off. An unknown policy, or one with unusable parameters, is an error: it must not
 * look as if it had been met.
 * @param word what a person said of it: what that allows is told, and neither fails nor holds the work
 * @param within ends the work of one policy that takes too long: an expression of a person can take for ever on a line
 */
export function judgePolicies(
  change: JudgedChange,
  policies: Readonly<Record<string, PolicyConfig>>,
  word: PersonsWord = {},
  within: Within = (work) => work(),
): PolicyResult[] {
  return Object.entries(policies)
    .filter(([name, config]) => config.level !== 'off' && !afterChecks.some((one) => one === name))
    .map(([name, config]) => judgeOne(name, change, config, word, within));
}

function judgeOne(
  name: string,
  change: JudgedChange,
  config: PolicyConfig,
  word: PersonsWord,
  within: Within,
): PolicyResult {
  const known = Object.hasOwn(judges, name) ? judges[name as keyof typeof judges] : undefined;
  const error = (detail: string): PolicyResult => ({ name, status: 'error', detail, evidence: [] });
  if (!known) return error(`no such policy; known: ${policyNames.join(', ')}`);
  if (change.unread && known.reads === 'lines') return error(change.unread);
  try {
    const found = within(() => known.judge(change, config));
    if (found.length === 0) return { name, status: 'pass', detail: '', evidence: [] };
    const evidence = found.map((one) => withWord(name, one, config, word));
    return { name, status: worstOf(evidence, config.level), detail: some(evidence), evidence };
  } catch (cause) {
    return error(messageOf(cause));
  }
}

/** A place with what a person said of it: a policy or place is allowed by name, what only holds by approving the commit. */
function withWord(
  name: string,
  one: PolicyEvidence,
  { level }: PolicyConfig,
  { allowed = [], approved = false }: PersonsWord,
): PolicyEvidence {
  if (one.mild) return one;
  if (isAllowed(name, one, allowed)) return { ...one, what: `${one.what} (a person allowed it)`, mild: true };
  const isHeld = level === 'hold' || (level === 'fail' && one.held);
  return approved && isHeld ? { ...one, what: `${one.what} (a person approved it)`, mild: true } : one;
}

/** What the gravest place comes to at a level. */
function worstOf(evidence: readonly PolicyEvidence[], level: Level): PolicyResult['status'] {
  const open = evidence.filter(({ mild }) => !mild);
  if (open.length === 0 || level === 'warn' || level === 'off') return 'warn';
  return level === 'fail' && open.some(({ held }) => !held) ? 'fail' : 'held';
}

function isAllowed(name: string, { path, id }: PolicyEvidence, allowed: readonly string[]): boolean {
  return allowed.some((one) => {
    const at = one.indexOf(':');
    if (at < 0) return one === name;
    const what = one.slice(at + 1);
    return (
      one.slice(0, at) === name &&
      ((id !== undefined && id === what) || (path !== '' && matchesAny(path, [what])))
    );
  });
}

/** The first few, what breaks the policy before what is only told, and how many more. */
function some(evidence: readonly PolicyEvidence[]): string {
  const rank = ({ mild, held }: PolicyEvidence) => (mild ? 2 : held ? 1 : 0);
  const ordered = [...evidence].sort((a, b) => rank(a) - rank(b));
  const told = ordered.slice(0, 5).map(({ path, line, what }) => {
    const place = path === '' ? '' : line > 0 ? `${path}:${line}` : path;
    return [place, what].filter(Boolean).join(': ');
  });
  return `${told.join(', ')}${ordered.length > 5 ? ` and ${ordered.length - 5} more` : ''}`;
}

/** Whether policies want the whole text of a file before and after, and not only the lines that changed. */
export function wantsText(file: DiffFile, path: string, runs: readonly (readonly string[])[]): boolean {
  return (
    holdsTests(path) || definesCheck(path, runs) || isManifest(path) || mayHijack(path) || addsMarkers(file)
  );
}
