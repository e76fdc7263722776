/** Nothing that neither side has: no call, no import, no value. */
import { wordsOf } from '../hunks.js';
import { isImport } from '../structural/imports.js';
import { splitLines, trimmed } from '../structural/text.js';
import { codeOf, codeOfHunks, isProse } from './code.js';
import type { JudgedResult } from './input.js';

/** Followed by a bracket, and no calls. */
const notCalls = new Set(
  'if for while switch match catch return function fn func def and or not in when with await elif else super sizeof typeof new class fun'.split(
    ' ',
  ),
);
/** Values that say nothing by themselves. */
const plainNumbers = new Set(['0', '1']);

export function inventedProblems({ path, parts, answers, ours, theirs }: JudgedResult): string[] {
  if (isProse(path)) return [];
  const known = new Set([...wordsOf(ours), ...wordsOf(theirs)]);
  const code = codeOfHunks(path, parts, ({ index }) => answers.get(index) ?? '');
  return [...answers].flatMap(([index, answer]) =>
    [
      ...newCalls(code.get(index) ?? '', known),
      ...newImports(answer, known),
      ...newNumbers(code.get(index) ?? '', known),
      ...newStrings(codeOf(path, answer).strings, known),
      ...newWords(path, code.get(index) ?? '', known),
      ...newBlocks(path, code.get(index) ?? '', known),
      ...newNegatives(code.get(index) ?? '', [ours, theirs]),
    ].map((problem) => `hunk ${index}: neither side ${problem}`),
  );
}

type Words = ReadonlySet<string>;

function newCalls(code: string, known: Words): string[] {
  const names = [...code.matchAll(/([\p{L}_$][\p{L}\p{N}_$]*)\s*!?\(/gu)].map((match) => match[1]!);
  return names.filter((name) => !known.has(name) && !notCalls.has(name)).map((name) => `calls ${name}`);
}

/** Ways to bring something in that are no lines of a list of imports. */
const bringsIn =
  /^(?:using\s+(?:static\s+)?[\w.=\s]+;|require(?:_relative|_once)?\s*[('"].*|include(?:_once)?\s*[('"].*|#\s*import\b.*|@testable\s+import\b.*|load\(.*\))$/;

function newImports(answer: string, known: Words): string[] {
  return trimmed(splitLines(answer))
    .filter((line) => isImport(line) || bringsIn.test(line))
    .flatMap((line) => {
      const strange = wordsOf(line).find((word) => !known.has(word));
      return strange ? [`imports ${strange} (${JSON.stringify(line)})`] : [];
    });
}

/** Numbers, and names with a number in them: versions, sizes, identifiers. */
function newNumbers(code: string, known: Words): string[] {
  return wordsOf(code)
    .filter((word) => /\d/.test(word) && !plainNumbers.has(word) && !known.has(word))
    .map((word) => `has the value ${word}`);
}

function newStrings(strings: readonly string[], known: Words): string[] {
  return strings.flatMap((string) => {
    const strange = wordsOf(string).find((word) => !known.has(word));
    return strange ? [`has ${JSON.stringify(string.slice(0, 60))} (${strange})`] : [];
  });
}

/**
 * Formats without words of one's own: every word is a key, a value, an instruction or a command.
 * The group holds words that may come with another layout of the same.
 */
const declarative: readonly [RegExp, ReadonlySet<string>][] = [
  [
    /\.(?:ya?ml|toml|ini|cfg|conf|properties|env|service|timer|socket|tf|tfvars|hcl|css|graphql|gql|proto|thrift|prisma|xml|csproj|props|plist|mk|cmake|gitignore|dockerignore)$|(?:^|\/)(?:\.env[^/]*|\.?gitignore|CODEOWNERS|Procfile|crontab|GNUmakefile|[Mm]akefile|CMakeLists\.txt|(?:Docker|Container)file[^/]*)$|\.dockerfile$|requirements[^/]*\.(?:txt|in)$/i,
    new Set(),
  ],
  [/\.sql$/i, new Set(['as', 'inner', 'asc', 'and'])],
  [
    /\.(?:sh|bash|zsh)$/i,
    new Set('if then else elif fi for in while do done case esac local function not'.split(' ')),
  ],
];

function newWords(path: string, code: string, known: Words): string[] {
  const layout = declarative.find(([shape]) => shape.test(path))?.[1];
  if (!layout) return [];
  const isSql = /\.sql$/i.test(path);
  const said = isSql ? new Set([...known].map((word) => word.toLowerCase())) : known;
  return wordsOf(code)
    .map((word) => (isSql ? word.toLowerCase() : word))
    .filter((word) => !/\d/.test(word) && !said.has(word) && !layout.has(word))
    .map((word) => `has ${word}`);
}

/** Languages in which a word before a bracket calls what it names, with the block as its argument. */
const callsBlocks = /\.(?:kts?|groovy|gradle|swift|scala|rb|pl|pm|dart)$|(?:^|\/)Jenkinsfile[^/]*$/i;
const opensBlock =
  /^(?:else|do|try|finally|loop|unsafe|async|return|default|get|set|init|deinit|companion|object|static|then|begin|defer|repeat|BEGIN|END|when|catch|willSet|didSet|enum|struct)$/;

function newBlocks(path: string, code: string, known: Words): string[] {
  if (!callsBlocks.test(path)) return [];
  return [...code.matchAll(/([\p{L}_$][\p{L}\p{N}_$]*)\s*\{/gu)]
    .map((match) => match[1]!)
    .filter((name) => !known.has(name) && !opensBlock.test(name))
    .map((name) => `has a block of ${name}`);
}

/** A sign before a number, which no word shows. */
function newNegatives(code: string, sides: readonly string[]): string[] {
  return [...code.matchAll(/(?<=[:=(,[{<>!]\s*)-(?:\d[\w.%]*)/g)]
    .map(([value]) => value)
    .filter((value) => !sides.some((side) => side.includes(value)))
    .map((value) => `has the value ${value}`);
}
