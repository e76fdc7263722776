/**
 * The gate every resolution passes, whoever made it: a person earlier (rerere), a rule or a model.
 * Pure; the checks of the repository run on the merged tree besides.
 */
import {
  answersIn,
  type ConflictHunk,
  hunksOf,
  missingWords,
  newMarkers,
  type Part,
  wordsOf,
} from './hunks.js';
import { secretIn } from './secrets.js';

export interface GateInput {
  path: string;
  /** The file as git left it, with its hunks. */
  parts: readonly Part[];
  /** Whole files of the three stages; base is '' when both sides added the file. */
  base: string;
  ours: string;
  theirs: string;
  /** The resolved file. */
  result: string;
  /** Why, by hunk, as far as the resolver said. */
  reasons?: ReadonlyMap<number, string>;
  /** Hunks whose answer may leave words out without naming them: those a person resolved before. */
  trusted?: boolean;
}

/** Everything wrong with a resolution; empty: it may go on to the checks. */
export function judgeResolution(input: GateInput): string[] {
  const answers = answersIn(input.parts, input.result);
  if (!answers) return ['text outside the conflict was changed'];
  const problems: string[] = [];
  if (newMarkers(input.result, [input.ours, input.theirs]).length > 0)
    problems.push('conflict markers remain');
  for (const title of lostTests(input)) problems.push(`the test ${title} is missing`);
  const skips = skipsIn(input.result);
  if (skips > Math.max(skipsIn(input.ours), skipsIn(input.theirs))) problems.push('a test was skipped');
  const secret = secretIn([...answers.values()].join('\n'));
  if (secret) problems.push(`an answer holds what looks like a secret (${secret})`);
  if (!input.trusted) {
    for (const { hunk, words } of droppedWords(input.parts, input.result)) {
      const reason = new Set(wordsOf(input.reasons?.get(hunk.index) ?? ''));
      const unnamed = words.filter((word) => !reason.has(word));
      if (unnamed.length > 0) {
        problems.push(
          `hunk ${hunk.index} drops ${unnamed.slice(0, 12).join(', ')} and its reason does not say so`,
        );
      }
    }
  }
  return problems;
}

/** Per hunk, the words one side had added that are nowhere in the result. */
export function droppedWords(
  parts: readonly Part[],
  result: string,
): { hunk: ConflictHunk; words: string[] }[] {
  const present = new Set(wordsOf(result));
  return hunksOf(parts)
    .map((hunk) => ({ hunk, words: missingWords(hunk, present) }))
    .filter(({ words }) => words.length > 0);
}

const declaredTests = [
  /\b(?:it|test|describe|specify|scenario|context)(?:\.\w+)*\s*\(\s*(["'`])((?:\\.|(?!\1).)+)\1/g,
  /\bdef\s+()(test_\w+)/g,
  /\bfunc\s+()(Test\w+|Benchmark\w+|Fuzz\w+)/g,
  /#\[(?:\w+::)?test\]\s*(?:#\[[^\]]*\]\s*)*(?:pub\s+)?(?:async\s+)?fn\s+()(\w+)/g,
  /@(?:Test|ParameterizedTest)\b[^{;]*?\s()(\w+)\s*\(/g,
];

function testsIn(text: string): Set<string> {
  return new Set(declaredTests.flatMap((shape) => [...text.matchAll(shape)].map((match) => match[2]!)));
}

/** Tests that should be there after a merge: those either side has, less those either side removed on purpose. */
function lostTests(input: GateInput): string[] {
  const [base, ours, theirs, result] = [input.base, input.ours, input.theirs, input.result].map(testsIn);
  const kept = (title: string) => !base!.has(title) || (ours!.has(title) && theirs!.has(title));
  return [...new Set([...ours!, ...theirs!])].filter((title) => kept(title) && !result!.has(title));
}

const skipShapes =
  /\b(?:it|test|describe)\.(?:skip|todo|only|failing)\b|\bx(?:it|test|describe)\s*\(|\bskip:\s*true|@(?:pytest\.mark\.skip|unittest\.skip|Disabled|Ignore)\w*|\bt\.Skip\w*\(|#\[ignore/g;

function skipsIn(text: string): number {
  return text.match(skipShapes)?.length ?? 0;
}

const generated = [
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|Cargo\.lock|go\.sum|poetry\.lock|uv\.lock|Pipfile\.lock|Gemfile\.lock|composer\.lock|flake\.lock|mix\.lock|packages\.lock\.json|gradle\.lockfile)$/,
  /\.min\.(?:js|css)$|\.snap$|\.pb\.go$|_pb2\.py$|\.pot?$/,
  /(?:^|\/)(?:dist|vendor|node_modules|third_party)\//,
  /(?:^|\/)[^/]*zz_generated/,
];

/** Files that a tool writes: merging them as text gives something no tool would have written. */
export function isGenerated(path: string): boolean {
  return generated.some((shape) => shape.test(path));
}
