import { judgeResolution } from '../../src/domain/landing/gate/judge.js';
import { type Part, parseConflicts } from '../../src/domain/landing/hunks.js';

export interface Case {
  path: string;
  /** The file before and after the hunk. */
  around?: [string, string];
  base?: string;
  ours: string;
  theirs: string;
  answer: string;
  reason?: string;
}

export function judge({
  path,
  around: [before, after] = ['', ''],
  base = '',
  ours,
  theirs,
  answer,
  reason,
}: Case) {
  const hunk = `<<<<<<< a\n${ours}||||||| b\n${base}=======\n${theirs}>>>>>>> c\n`;
  const parts = parseConflicts(before + hunk + after) as Part[];
  return judgeResolution({
    path,
    parts,
    base: before + base + after,
    ours: before + ours + after,
    theirs: before + theirs + after,
    result: before + answer + after,
    ...(reason ? { reasons: new Map([[1, reason]]) } : {}),
  });
}

const inside: [string, string] = ['function total(items) {\n  let sum = 0;\n', '  return sum;\n}\n'];
export const loop = {
  path: 'src/price.js',
  around: inside,
  base: '  sum += item.price;\n',
  ours: '  if (item.refunded) continue;\n  sum += item.price;\n',
  theirs: '  const discount = item.discount ?? 0;\n  sum += item.price * discount;\n',
};
export const good =
  '  if (item.refunded) continue;\n  const discount = item.discount ?? 0;\n  sum += item.price * discount;\n';
