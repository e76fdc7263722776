/** Policies judge a task's diff without running anything. Pure: a diff in, verdicts out. */

import { messageOf } from '../platform/errors.js';
import { matchesAny } from '../platform/glob.js';
import type { PolicyConfig } from '../store/config.js';
import type { DiffFile, DiffLine } from './diff.js';
import { pathsOf } from './diff.js';
import { isSecretFile, secretIn } from './secrets.js';
import { changedDefinitions, type FileTexts, holdsTests, weakenedTests } from './tamper.js';
import type { PolicyResult } from './validation.js';

/** Says what is wrong, or undefined when nothing is. Throws when a parameter makes no sense. */
type Judge = (files: readonly DiffFile[], config: PolicyConfig, given: JudgedBesides) => string | undefined;

/** What policies look at besides the diff. */
export interface JudgedBesides {
  /** Why the files come without their lines, when they do; policies that read lines are errors then. */
  unread?: string;
  /** Files that hold tests or define checks, before and after. */
  texts?: readonly FileTexts[];
  /** Commands of the checks. */
  runs?: readonly (readonly string[])[];
  /** Policies that a person lets the task break: they warn. */
  allowed?: readonly string[];
}

/** Names of all policies. */
export const policyNames = (): string[] => Object.keys(judges);

const judges: Record<string, { judge: Judge; reads: 'names' | 'lines' }> = {
  changed_lines: { judge: changedLines, reads: 'names' },
  forbidden_paths: { judge: forbiddenPaths, reads: 'names' },
  conflict_markers: { judge: conflictMarkers, reads: 'lines' },
  secrets: { judge: secrets, reads: 'lines' },
  line_length: { judge: lineLength, reads: 'lines' },
  doc_coverage: { judge: docCoverage, reads: 'lines' },
  weakened_tests: {
    judge: (_, __, { texts = [] }) => some(weakenedTests(texts.filter(({ path }) => holdsTests(path)))),
    reads: 'names',
  },
  check_definitions: {
    judge: (_, __, { texts = [], runs = [] }) => some(changedDefinitions(texts, runs)),
    reads: 'names',
  },
};

/**
 * Applies every policy that is not off. An unknown policy, or one with unusable parameters, is an
 * error: it must not look as if it had been met.
 */
export function judgePolicies(
  files: readonly DiffFile[],
  policies: Readonly<Record<string, PolicyConfig>>,
  given: JudgedBesides = {},
): PolicyResult[] {
  return Object.entries(policies)
    .filter(([, config]) => config.level !== 'off')
    .map(([name, config]) => judgeOne(name, files, config, given));
}

function judgeOne(
  name: string,
  files: readonly DiffFile[],
  config: PolicyConfig,
  given: JudgedBesides,
): PolicyResult {
  const { unread } = given;
  const known = Object.hasOwn(judges, name) ? judges[name] : undefined;
  if (!known) {
    return { name, status: 'error', detail: `no such policy; known: ${Object.keys(judges).join(', ')}` };
  }
  if (unread && known.reads === 'lines') return { name, status: 'error', detail: unread };
  try {
    const problem = known.judge(files, config, given);
    if (!problem) return { name, status: 'pass', detail: '' };
    if (given.allowed?.includes(name)) {
      return { name, status: 'warn', detail: `${problem} (a person allowed it)` };
    }
    return { name, status: config.level === 'fail' ? 'fail' : 'warn', detail: problem };
  } catch (error) {
    return { name, status: 'error', detail: messageOf(error) };
  }
}

function number(config: PolicyConfig, name: string, fallback: number): number {
  const value = config[name] ?? fallback;
  if (typeof value !== 'number' || !(value >= 0)) throw new Error(`${name} must be a number of 0 or more`);
  return value;
}

function changedLines(files: readonly DiffFile[], config: PolicyConfig): string | undefined {
  const max = number(config, 'max', 1500);
  const changed = files.reduce((sum, file) => sum + file.added + file.removed, 0);
  return changed > max ? `${changed} lines changed, more than ${max}` : undefined;
}

function forbiddenPaths(files: readonly DiffFile[], config: PolicyConfig): string | undefined {
  const globs = config.paths ?? [];
  if (!Array.isArray(globs) || globs.some((glob) => typeof glob !== 'string')) {
    throw new Error('paths must be a list of globs');
  }
  return some(pathsOf(files).filter((path) => matchesAny(path, globs as string[])));
}

const marker = /^(?:<{7}|>{7}|\|{7})(?: |\r?$)/;

function conflictMarkers(files: readonly DiffFile[]): string | undefined {
  return some(linesWhere(files, (line) => marker.test(line.text)));
}

function secrets(files: readonly DiffFile[]): string | undefined {
  const named = files.filter((file) => file.change !== 'deleted' && isSecretFile(file.path));
  const found = files.flatMap((file) =>
    addedLines(file).flatMap((line) => {
      const kind = secretIn(line.text);
      return kind ? [`${file.path}:${line.line} (${kind})`] : [];
    }),
  );
  return some([...named.map((file) => file.path), ...found]);
}

function lineLength(files: readonly DiffFile[], config: PolicyConfig): string | undefined {
  const max = number(config, 'max', 120);
  return some(linesWhere(files, (line) => [...line.text.replace(/\r$/, '')].length > max));
}

/** Declarations other code can see, per file ending. */
const publicDeclarations: readonly [RegExp, RegExp][] = [
  [
    /\.[cm]?[jt]sx?$/,
    /^export (?:default )?(?:async )?(?:abstract )?(?:function\b|class\b|interface\b|type\b|const \w+ = (?:async )?(?:\(|function\b))/,
  ],
  [/\.py$/, /^\s*(?:async )?(?:def|class) [A-Za-z]/],
  [/\.go$/, /^(?:func (?:\([^)]*\) )?|type )[A-Z]/],
  [/\.rs$/, /^\s*pub (?:async )?(?:fn|struct|enum|trait)\b/],
];
const comment = /^\s*(?:\/\/|\/\*|\*|#)|\*\/\s*$|^\s*@\w/;
const docstring = /^\s*(?:[rub]*"""|[rub]*''')/i;

function docCoverage(files: readonly DiffFile[], config: PolicyConfig): string | undefined {
  const min = number(config, 'min', 0.8);
  let declared = 0;
  const bare: string[] = [];
  for (const file of files) {
    const declaration = publicDeclarations.find(([ending]) => ending.test(file.path))?.[1];
    if (!declaration) continue;
    for (const hunk of file.hunks) {
      const now = hunk.filter((line) => line.kind !== 'removed');
      for (const [index, line] of now.entries()) {
        if (line.kind !== 'added' || !declaration.test(line.text)) continue;
        declared++;
        const above = now[index - 1]?.text ?? '';
        const below = now[index + 1]?.text ?? '';
        if (!comment.test(above) && !docstring.test(below)) bare.push(`${file.path}:${line.line}`);
      }
    }
  }
  const share = declared === 0 ? 1 : (declared - bare.length) / declared;
  if (share >= min) return undefined;
  return `${Math.round(share * 100)} % of new public declarations are documented, less than ${Math.round(min * 100)} %: ${some(bare)}`;
}

function addedLines(file: DiffFile): DiffLine[] {
  return file.hunks.flat().filter((line) => line.kind === 'added');
}

function linesWhere(files: readonly DiffFile[], test: (line: DiffLine) => boolean): string[] {
  return files.flatMap((file) =>
    addedLines(file)
      .filter(test)
      .map((line) => `${file.path}:${line.line}`),
  );
}

/** The first few, and how many more; undefined for none. */
function some(places: readonly string[]): string | undefined {
  if (places.length === 0) return undefined;
  const more = places.length > 5 ? ` and ${places.length - 5} more` : '';
  return `${places.slice(0, 5).join(', ')}${more}`;
}
