/** One hunk as a patch that `git apply` understands. */
import type { DiffFile, DiffLine } from '../diff.js';

const signs = { added: '+', removed: '-', context: ' ' } as const;

/** The patch of a hunk by its index. Applied in reverse, it takes the hunk out of the new file. */
export function patchOf(file: DiffFile, at: number): string {
  const hunk = file.hunks[at]!;
  const before = quoted(`a/${file.path}`);
  const after = quoted(`b/${file.path}`);
  const olds = hunk.filter(({ kind }) => kind !== 'added');
  const news = hunk.filter(({ kind }) => kind !== 'removed');
  return [
    `diff --git ${before} ${after}`,
    `--- ${before}`,
    `+++ ${after}`,
    `@@ -${rangeOf(olds, olds[0]?.oldLine)} +${rangeOf(news, news[0]?.line)} @@`,
    ...hunk.flatMap(({ kind, text, unended }) => [
      `${signs[kind]}${text}`,
      ...(unended ? ['\\ No newline at end of file'] : []),
    ]),
    '',
  ].join('\n');
}

/** An empty side stands after line 0: only whole files have one. */
const rangeOf = (lines: readonly DiffLine[], first: number | undefined): string =>
  `${lines.length === 0 ? 0 : first},${lines.length}`;

const letters: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
  '"': '\\"',
  '\\': '\\\\',
};

/** A name as git quotes it in a patch. */
function quoted(name: string): string {
  if (!/[\x00-\x1f\x7f"\\]/.test(name)) return name;
  const inner = name.replace(
    /[\x00-\x1f\x7f"\\]/g,
    (char) => letters[char] ?? `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
  return `"${inner}"`;
}
