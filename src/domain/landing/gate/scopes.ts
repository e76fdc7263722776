/** Lines of code with the block that each stands in, told from brackets, or from indentation where that is what counts. */
import { splitLines } from '../structural/text.js';
import { codeOf } from './code.js';

export interface Scope {
  id: number;
  /** What opens the block: its line up to the bracket. */
  header: string;
  parent: Scope | undefined;
}

export interface ScopedLine {
  /** The line without comments and strings, and as it is. */
  code: string;
  raw: string;
  /** The block in which the line begins. */
  scope: Scope;
  /** The line of code before it. */
  before: string;
}

const byIndentation = /\.(?:pyi?|rb|coffee|nim|ex|exs|cr|lua|ya?ml)$|(?:^|\/)[Mm]akefile$|\.mk$/;

/** Headers from the outermost block on: equal for one place in two versions of a file. */
export function scopePath(scope: Scope): string {
  return scope.parent ? `${scopePath(scope.parent)} > ${scope.header}` : '';
}

export function scopedLines(path: string, text: string): ScopedLine[] {
  const code = splitLines(codeOf(path, text).text);
  const raw = splitLines(text);
  return byIndentation.test(path) ? indented(code, raw) : bracketed(code, raw);
}

function bracketed(code: readonly string[], raw: readonly string[]): ScopedLine[] {
  let next = 0;
  let scope: Scope = { id: next++, header: '', parent: undefined };
  let before = '';
  const found: ScopedLine[] = [];
  for (const [at, line] of code.entries()) {
    const bare = line.trim();
    if (bare === '') continue;
    const closers = /^[)\]}]*/.exec(bare)![0].length;
    for (let close = 0; close < closers; close++) scope = scope.parent ?? scope;
    const rest = bare.slice(closers);
    if (rest.trim() !== '') found.push({ code: rest.trim(), raw: raw[at]!.trim(), scope, before });
    const opens = raw[at]!.indexOf(rest.trim()[0] ?? '');
    for (const [offset, sign] of [...rest].entries()) {
      if (sign === '(' || sign === '[' || sign === '{') {
        const own = raw[at]!.slice(opens, opens + offset).trim();
        // A bracket on a line of its own belongs to the line above.
        const header = own === '' ? before : own;
        scope = { id: next++, header: `${header} ${sign}`, parent: scope };
      } else if (sign === ')' || sign === ']' || sign === '}') scope = scope.parent ?? scope;
    }
    before = bare;
  }
  return found;
}

function indented(code: readonly string[], raw: readonly string[]): ScopedLine[] {
  let next = 0;
  const top: Scope = { id: next++, header: '', parent: undefined };
  const open: { indent: number; scope: Scope }[] = [{ indent: -1, scope: top }];
  let before = '';
  let depth = 0;
  /** Blocks of the brackets that are open. */
  const inner: Scope[] = [];
  const found: ScopedLine[] = [];
  for (const [at, line] of code.entries()) {
    const bare = line.trim();
    if (bare === '') continue;
    const indent = line.length - line.trimStart().length;
    // Inside of brackets indentation says nothing.
    if (depth <= 0) {
      while (open.length > 1 && open.at(-1)!.indent >= indent) open.pop();
      found.push({ code: bare, raw: raw[at]!.trim(), scope: open.at(-1)!.scope, before });
      open.push({ indent, scope: { id: next++, header: raw[at]!.trim(), parent: open.at(-1)!.scope } });
      before = bare;
    } else
      found.push({ code: bare, raw: raw[at]!.trim(), scope: inner.at(-1) ?? open.at(-1)!.scope, before: '' });
    for (const sign of bare) {
      if (sign === '(' || sign === '[' || sign === '{') {
        depth++;
        const header = bare.slice(0, bare.indexOf(sign) + 1);
        inner.push({ id: next++, header, parent: inner.at(-1) ?? open.at(-1)!.scope });
      }
      if (sign === ')' || sign === ']' || sign === '}') {
        depth--;
        inner.pop();
      }
    }
    if (depth < 0) depth = 0;
  }
  return found;
}
