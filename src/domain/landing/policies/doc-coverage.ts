/** How much of the public interface that a change adds is documented. Test code is no public interface. */
import type { PolicyConfig } from '../../store/policies.js';
import type { DiffFile } from '../diff.js';
import { isTestFile } from '../tamper/test-files.js';
import type { PolicyEvidence } from '../validation.js';
import type { JudgedChange } from './judge.js';
import { number } from './parameters.js';

/** Something that other code can see. */
export interface Declaration {
  name: string;
  line: number;
  isDocumented: boolean;
}

/** Declarations other code can see, per file ending: for files that no grammar could read. */
const publicDeclarations: readonly [RegExp, RegExp][] = [
  [
    /\.[cm]?[jt]sx?$/,
    /^export (?:default )?(?:async )?(?:abstract )?(?:function\b|class\b|interface\b|type\b|enum\b|const \w+ = (?:async )?(?:\(|function\b))/,
  ],
  [/\.py$/, /^(?: {4})?(?:async )?(?:def|class) [A-Za-z]/],
  [/\.go$/, /^(?:func (?:\([^)]*\) )?|type )[A-Z]/],
  [/\.rs$/, /^\s*pub (?:async )?(?:unsafe )?(?:const )?(?:fn|struct|enum|trait|type|mod|macro)\b/],
  [
    /\.java$/,
    /^\s*(?:public|protected) (?:(?:static|final|abstract|sealed|synchronized|default) )*(?:<[^>]+> )?(?:class|interface|enum|record|[\w.<>[\], ?]+ \w+\s*\()/,
  ],
  [
    /\.h(?:h|pp)?$/,
    /^(?!static|typedef|#|\s|return|else)(?:[A-Z_]+\([^)]*\)\s*|extern\s+|const\s+|unsigned\s+|struct\s+)*[\w*]+[\s*]+\w+\s*\([^;{]*\)?[;{,]?\s*$/,
  ],
];
const comment = /^\s*(?:\/\/|\/\*|\*|#(?!\[|include|define|if|endif|else))|\*\/\s*$|^\s*(?:@\w|#\[|\[\w)/;
const docstring = /^\s*(?:[rub]*"""|[rub]*''')/i;

/** New public declarations without a word about them, when their share is too large. */
export function docCoverage({ files, declarations }: JudgedChange, config: PolicyConfig): PolicyEvidence[] {
  const min = number(config, 'min');
  const told = files
    .filter(({ path }) => hasDeclarations(path))
    .flatMap((file) => {
      const added = new Set(file.hunks.flat().flatMap(({ kind, line }) => (kind === 'added' ? [line] : [])));
      const all = declarations?.get(file.path)?.filter(({ line }) => added.has(line));
      return (all ?? byShape(file)).map((one) => ({ ...one, path: file.path }));
    });
  const bare = told.filter(({ isDocumented }) => !isDocumented);
  const share = told.length === 0 ? 1 : (told.length - bare.length) / told.length;
  if (share >= min) return [];
  return bare.map(({ path, line, name }) => ({
    ...{ path, line },
    what: `${name === '' ? '' : `${name} `}is public and not documented`,
  }));
}

/** Whether a file may declare what other code sees. Test code is no public interface. */
export const hasDeclarations = (path: string): boolean =>
  !isTestFile(path) && publicDeclarations.some(([ending]) => ending.test(path));

function byShape({ path, hunks }: DiffFile): Declaration[] {
  const declaration = publicDeclarations.find(([ending]) => ending.test(path))?.[1];
  if (!declaration) return [];
  return hunks.flatMap((hunk) => {
    const now = hunk.filter((line) => line.kind !== 'removed');
    return now.flatMap((line, index) => {
      if (line.kind !== 'added' || !declaration.test(line.text)) return [];
      const above = now[index - 1]?.text ?? '';
      const head = now.slice(index, index + 15).findIndex(({ text }) => /:\s*(?:#.*)?$/.test(text));
      const below = now[index + 1 + Math.max(0, head)]?.text ?? '';
      const isDocumented = comment.test(above) || (path.endsWith('.py') && docstring.test(below));
      return [{ name: '', line: line.line, isDocumented }];
    });
  });
}
