/** How much of the public interface that a change adds is documented. Test code is no public interface. */
import type { PolicyConfig } from '../../store/policies.js';
import { isTestFile } from '../tamper/test-files.js';
import type { PolicyEvidence } from '../validation.js';
import type { JudgedChange } from './judge.js';
import { number } from './parameters.js';

/** Declarations other code can see, per file ending. */
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
export function docCoverage({ files }: JudgedChange, config: PolicyConfig): PolicyEvidence[] {
  const min = number(config, 'min');
  let declared = 0;
  const bare: PolicyEvidence[] = [];
  for (const { path, hunks } of files) {
    const declaration = publicDeclarations.find(([ending]) => ending.test(path))?.[1];
    if (!declaration || isTestFile(path)) continue;
    for (const hunk of hunks) {
      const now = hunk.filter((line) => line.kind !== 'removed');
      for (const [index, line] of now.entries()) {
        if (line.kind !== 'added' || !declaration.test(line.text)) continue;
        declared++;
        const above = now[index - 1]?.text ?? '';
        const head = now.slice(index, index + 15).findIndex(({ text }) => /:\s*(?:#.*)?$/.test(text));
        const below = now[index + 1 + Math.max(0, head)]?.text ?? '';
        if (!comment.test(above) && !(path.endsWith('.py') && docstring.test(below))) {
          bare.push({ path, line: line.line, what: 'is public and not documented' });
        }
      }
    }
  }
  const share = declared === 0 ? 1 : (declared - bare.length) / declared;
  return share >= min ? [] : bare;
}
