/** Numbers that stand for a name in a block: fields of a message, values of an enumeration, bits, versions. */
import type { ScopedLine } from './scopes.js';

export interface Numbered {
  /** Names of one group share no number. */
  group: string;
  number: string;
  name: string;
}

const value = String.raw`(-?(?:0[xXbBoO])?[\da-fA-F_]+(?:u|U|l|L|ul|UL)*|\(?1(?:u|U|n|L|UL)?\s*<<\s*\d+\)?)`;
const assigned = new RegExp(
  String.raw`^(?:[\w<>:.]+\s+)*([\p{L}_$][\p{L}\p{N}_$]*)\s*(?::[^=]+)?[=:(]\s*${value}\s*\)?\s*(?:\[.*\])?\s*[,;]?\s*$`,
  'u',
);
const defined = new RegExp(String.raw`^#\s*define\s+(\w+)\s+\(?${value}\)?\s*$`);
const constant = new RegExp(
  String.raw`^(?:(?:export|pub(?:\([^)]*\))?|public|private|protected|internal|static|final|readonly|constexpr)\s+)*(?:const|static|final|constexpr|val|let|var|int|long)\s+(?:mut\s+)?(?:[\w<>]+\s+)*([A-Z]\w*)\b\s*(?::\s*[\w<>]+)?\s*(?:[A-Za-z]\w*\s*)?=\s*${value}\s*;?\s*$`,
);
const enumerations =
  /\benum\b|\bEnum\b|\w*Enum\)|\bFlags?\b|\bIntFlag\b|\bmessage\b|\boneof\b|\bextend\b|^(?:const|var)\s*\(|\bChoices\b|\bbitflags\b/;
const numbered =
  /flags?|codes?|status|opcodes?|errors?|levels?|bits?|perm|kinds?|types?|events?|roles?|versions?/i;

const plain = (number: string): string =>
  number
    .replace(/[()\s_]/g, '')
    .replace(/(?<=\d)[uUlLn]+/g, '')
    .toLowerCase();

/** The number a line gives to a name; undefined where numbers are only values. */
export function numberIn(path: string, { code, raw, scope }: ScopedLine): Numbered | undefined {
  const { header } = scope;
  const thrift = /^(\d+)\s*:\s*(?:required\s+|optional\s+)?[\w<>,. ]+?\s+(\w+)\s*(?:=[^,;]*)?[,;]?$/.exec(
    code,
  );
  if (thrift) return { group: '', number: thrift[1]!, name: thrift[2]! };
  const macro = defined.exec(code);
  if (macro) return byPrefix(macro[1]!, macro[2]!);
  const alone = constant.exec(code);
  if (alone) return byPrefix(alone[1]!, alone[2]!);
  const proto = /\.proto$/.test(path) && /(\w+)\s*=\s*(\d+)\s*(?:\[.*\])?;/.exec(code);
  if (proto) return { group: '', number: proto[2]!, name: proto[1]! };
  const found = assigned.exec(code);
  if (found) {
    const [, name, number] = found as unknown as [string, string, string];
    if (enumerations.test(header)) return { group: '', number: plain(number), name };
    const constantName = /^[A-Z][A-Z0-9_]+$/.test(name);
    if (constantName && numbered.test(header)) return { group: 'constants', number: plain(number), name };
    if (constantName && /<</.test(number)) return { group: 'bits', number: plain(number), name };
    return undefined;
  }
  return migrationIn(raw, code, scope);
}

/** Constants that belong together begin alike: FLAG_A, FLAG_B. */
function byPrefix(name: string, number: string): Numbered | undefined {
  const prefix = name.includes('_')
    ? name.slice(0, name.indexOf('_'))
    : /^([A-Z][a-z]+)[A-Z]/.exec(name)?.[1];
  const isBit = /<</.test(number);
  if (!prefix && !isBit) return undefined;
  // Sizes and limits may well be equal.
  if (
    !isBit &&
    /(?:SIZE|LEN|MAX|MIN|LIMIT|TIMEOUT|COUNT|DEFAULT|WIDTH|HEIGHT|PORT|Max|Min|Default|Timeout)/.test(name)
  )
    return undefined;
  return { group: prefix ?? 'bits', number: plain(number), name };
}

const step =
  /^(?:\{\s*)?["']?(version|revision|migration|schemaVersion|schema_version|step|opcode|errno|code|bit)["']?\s*[:=]\s*["']?([\w.-]+)["']?/i;
const call =
  /^(?:[\w.]*\.)?(\w*(?:migrat|version|register|upgrade|step)\w*)\(\s*["']?(\d[\w.-]*)["']?\s*,\s*(.+)$/i;
const listed = /^\[\s*(\d+)\s*,\s*(.+?)\]?,?$/;

/** A step of a row of migrations: the rest of the line, or the line itself, is its name. */
function migrationIn(raw: string, code: string, scope: ScopedLine['scope']): Numbered | undefined {
  const registered = call.exec(raw);
  if (registered) return { group: registered[1]!, number: registered[2]!, name: registered[3]!.slice(0, 60) };
  const pair = /\[$/.test(scope.header) && listed.exec(raw);
  if (pair) return { group: 'steps', number: pair[1]!, name: pair[2]!.slice(0, 60) };
  const found = /^\{/.test(code) && /\[$/.test(scope.header) ? step.exec(raw) : undefined;
  if (!found) return undefined;
  return {
    group: found[1]!.toLowerCase(),
    number: found[2]!,
    name: raw
      .slice(found[0].length)
      .replace(/^\s*,\s*/, '')
      .slice(0, 60),
  };
}
