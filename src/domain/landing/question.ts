/** What a model is told of a conflict: each hunk with its sides and surroundings, no secrets, and not too much. Pure. */
import { fence } from '../agents/prompt.js';
import { type ConflictHunk, hunksOf, type Part, wordsOf } from './hunks.js';
import { ruleValues } from './policies/secret-rules.js';
import { redactSecrets, secretIn } from './secrets.js';

const contextLines = 20;
/** About 15,000 tokens. */
const maxHunkChars = 60_000;
const maxContextChars = 4_000;
const maxAllChars = 120_000;

/** Values that are given to names of secrets: they tell a model nothing about a merge. */
const assigned =
  /((?:pass(?:word|wd|phrase)?|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential)\w*["']?\s*[:=]+\s*)(["'`])(?:\\.|(?!\2).){6,}\2/gi;

/** In longer lines services' secrets are not looked for: none that is sent is longer. */
const maxSearched = maxHunkChars;

/** The text without what looks like a secret. */
export const withoutSecrets = (text: string): string => withoutRuleValues(withoutPassages(text));

/** Without secrets that may go over lines, or are told by a name beside them. */
const withoutPassages = (text: string): string => redactSecrets(text).replace(assigned, '$1$2[redacted]$2');

const withoutRuleValues = (text: string): string =>
  text
    .split('\n')
    .map((line) => secretsOf(line).reduce((clean, { value }) => clean.replaceAll(value, '[redacted]'), line))
    .join('\n');

const secretsOf = (line: string) => (line.length > maxSearched ? [] : [...ruleValues(line)]);

/**
 * Why a file's conflict cannot be shown to a model; undefined: it can.
 * @param room how much the model takes, where that is known
 */
export function whyNotShown(
  parts: readonly Part[],
  room?: { tokens: number; chars: number },
): string | undefined {
  const hunks = hunksOf(parts);
  const sides = hunks.map((hunk) => `${hunk.ours}\n${hunk.base}\n${hunk.theirs}`);
  const [ruled] = sides.flatMap((side) => side.split('\n').flatMap(secretsOf));
  const secret = secretIn(sides.join('\n')) ?? (endsInKey(parts) ? 'private key' : ruled?.name);
  if (secret) return `the conflict holds what looks like a secret (${secret})`;
  const large = hunks.find((_, at) => sides[at]!.length > maxHunkChars);
  if (large) return `hunk ${large.index} is too large to be shown to a model`;
  const all = sides.reduce((sum, side) => sum + side.length, 0);
  if (all > maxAllChars) return 'its hunks are too large to be shown to a model';
  return room && all > room.chars
    ? `its hunks are too large for a model that takes ${room.tokens} tokens (model.context)`
    : undefined;
}

/** How much text the sides of a file's hunks are. */
export const questionSize = (parts: readonly Part[]): number =>
  hunksOf(parts).reduce((sum, { ours, base, theirs }) => sum + ours.length + base.length + theirs.length, 0);

/** Whether a hunk begins in the middle of a private key: nothing in the hunk itself tells. */
function endsInKey(parts: readonly Part[]): boolean {
  return parts.some(
    (part, at) =>
      part.type === 'text' &&
      at < parts.length - 1 &&
      part.text.lastIndexOf('PRIVATE KEY-----') >
        part.text.lastIndexOf('-----END ') + '-----END '.length + 30 &&
      /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----(?![\s\S]*-----END )/.test(part.text),
  );
}

/** The lines before and after a hunk, without secrets. */
export function linesAround(parts: readonly Part[], hunk: ConflictHunk): { before: string; after: string } {
  const at = parts.findIndex((part) => part.type === 'hunk' && part.hunk.index === hunk.index);
  const lines = (part: Part | undefined) =>
    part?.type === 'text' ? withoutPassages(part.text).split(/(?<=\n)/) : [];
  const before = lines(parts[at - 1])
    .slice(-contextLines)
    .join('');
  const after = lines(parts[at + 1])
    .slice(0, contextLines)
    .join('');
  return {
    before: withoutRuleValues(before.slice(-4 * maxContextChars)).slice(-maxContextChars),
    after: withoutRuleValues(after.slice(0, 4 * maxContextChars)).slice(0, maxContextChars),
  };
}

/** One hunk for the request; `tried`: what rules would have answered, and why that was refused. */
export function hunkQuestion(parts: readonly Part[], hunk: ConflictHunk, tried?: string): string {
  const { before, after } = linesAround(parts, hunk);
  return [
    `## Hunk ${hunk.index}`,
    `The lines before it, which stay:\n\n${fence(before)}`,
    `Base, before either change:\n\n${fence(withoutSecrets(hunk.base))}`,
    `Ours:\n\n${fence(withoutSecrets(hunk.ours))}`,
    `Theirs:\n\n${fence(withoutSecrets(hunk.theirs))}`,
    `The lines after it, which stay:\n\n${fence(after)}`,
    ...(tried ? [`Rules did not answer it: ${tried.slice(0, 500)}`] : []),
  ].join('\n\n');
}

const declared =
  /\b(?:function|fn|func|fun|def|class|interface|struct|enum|trait|type|const|let|var|val)\s+\*?([\p{L}_$][\p{L}\p{N}_$]*)/gu;
const maxNames = 30;

/** Names and signatures that a side brought in, or took out, anywhere in the file. */
export function nameChanges(base: string, side: string): string {
  const names = (text: string) => new Set([...text.matchAll(declared)].map((match) => match[1]!));
  const signatures = (text: string) =>
    new Set(
      text
        .split('\n')
        .map((line) => line.trim())
        .filter(
          (line) => line.length < 200 && new RegExp(declared.source, 'u').test(line) && line.includes('('),
        ),
    );
  const [before, after] = [names(base), names(side)];
  const words = new Set(wordsOf(side));
  const added = [...after].filter((name) => !before.has(name));
  const gone = [...before].filter((name) => !words.has(name));
  const old = signatures(base);
  const changed = [...signatures(side)].filter((line) => !old.has(line));
  const list = (title: string, items: readonly string[]) =>
    items.length > 0 ? [`${title}: ${items.slice(0, maxNames).join(', ')}`] : [];
  return withoutSecrets(
    [...list('brings in', added), ...list('takes out', gone), ...list('has the signatures', changed)].join(
      '\n',
    ),
  );
}
