/** What a hunk and a file's change are called, so that a later attempt's are known again: by their content alone. */
import type { DiffFile, DiffLine } from '../diff.js';

const known = new WeakMap<DiffFile, { hunks: string[]; file: string }>();

/** The identities of a file's hunks, in order. The same change elsewhere in the file, or with other context, keeps its own. */
export function hunkIds(file: DiffFile): readonly string[] {
  return idsOf(file).hunks;
}

/** The identity of all that is changed in a file: a viewed mark holds for exactly this. */
export function changeId(file: DiffFile): string {
  return idsOf(file).file;
}

function idsOf(file: DiffFile): { hunks: string[]; file: string } {
  const before = known.get(file);
  if (before) return before;
  const seen = new Map<string, number>();
  const hunks = file.hunks.map((hunk) => {
    const id = digest(hunk.flatMap(changedLine));
    const nth = seen.get(id) ?? 0;
    seen.set(id, nth + 1);
    return nth === 0 ? id : `${id}.${nth}`;
  });
  const bare = file.hunks.length === 0 ? [file.blobs ?? ''] : [];
  const ids = {
    hunks,
    file: digest([file.change, file.oldPath ?? '', ...(file.modes ?? []), ...bare, ...hunks]),
  };
  known.set(file, ids);
  return ids;
}

const changedLine = ({ kind, text, unended }: DiffLine): string[] =>
  kind === 'context' ? [] : [`${kind === 'added' ? '+' : '-'}${text}${unended ? '\\' : ''}`];

/** 64 bits of the texts, as two FNV-1a sums: it names, and guards nothing. */
function digest(texts: readonly string[]): string {
  let a = 0x811c9dc5;
  let b = 0x01000193;
  for (const text of texts) {
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      a = Math.imul(a ^ code, 0x01000193);
      b = Math.imul(b ^ code, 0x85ebca6b);
    }
    a = Math.imul(a ^ 10, 0x01000193);
    b = Math.imul(b ^ 10, 0x85ebca6b);
  }
  return [a, b].map((sum) => (sum >>> 0).toString(16).padStart(8, '0')).join('');
}

/** The hunk of a file that shows a line of its new or old side, by its index; undefined when none does. */
export function hunkAt(file: DiffFile, side: 'new' | 'old', line: number): number | undefined {
  const found = file.hunks.findIndex((hunk) => hunk.some((one) => isLine(one, side, line)));
  return found < 0 ? undefined : found;
}

/** Whether a line of a hunk is this line of that side. */
export function isLine(one: DiffLine, side: 'new' | 'old', line: number): boolean {
  return side === 'new' ? one.kind !== 'removed' && one.line === line : one.oldLine === line;
}
