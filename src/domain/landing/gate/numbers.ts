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

/** The numbers that a line gives to a name, or takes out of use; none where numbers are only values. */
export function numbersIn(path: string, line: ScopedLine): Numbered[] {
  const reserved = /\.proto$/.test(path) && /^reserved\s+(\d[\d\s,to]*);/.exec(line.code)?.[1];
  if (!reserved) return [numberIn(path, line) ?? []].flat();
  return reserved.split(',').flatMap((part) => {
    const [from = 0, to = from] = part.split('to').map(Number);
    const many = Math.min(to - from, maxReserved);
    return Array.from({ length: many + 1 }, (_, at) => ({
      group: '',
      number: `${from + at}`,
      name: 'reserved',
    }));
  });
}

/** A row with the id that it is found by. */
const insertedRow =
  /^INSERT\s+INTO\s+(\S+?)\s*\(\s*["'`[]?(?:id|uid|code|key)["'`\]]?\s*,[^)]*\)\s*VALUES\s*\(\s*(\d+)\s*,\s*(.*)$/i;

/** Of a longer range, only its beginning is looked at. */
const maxReserved = 1000;

/** Of a longer line only the beginning is looked at: a tool made it, and it would be read in quadratic time. */
const longest = 1000;

function numberIn(path: string, { code, raw, scope }: ScopedLine): Numbered | undefined {
  const { header } = scope;
  const thrift = /^(\d+)\s*:\s*(?:required\s+|optional\s+)?[\w<>,. ]+?\s+(\w+)\s*(?:=[^,;]*)?[,;]?$/.exec(
    code,
  );
  if (thrift) return { group: '', number: thrift[1]!, name: thrift[2]! };
  const capnp = /\.capnp$/.test(path) && /^(\w+)\s*@(\d+)/.exec(code);
  if (capnp) return { group: '', number: capnp[2]!, name: capnp[1]! };
  const buffers = /\.fbs$/.test(path) && /^(\w+)\s*:.*\bid:\s*(\d+)/.exec(code);
  if (buffers) return { group: '', number: buffers[2]!, name: buffers[1]! };
  const applied = /^INSERT\s+INTO\s+\S*(?:migrat|version)\S*.*?\bVALUES\s*\(\s*['"]?(\d+)['"]?\s*(.*)$/i.exec(
    raw.slice(0, longest),
  );
  if (applied) return { group: 'applied', number: applied[1]!, name: applied[2]!.slice(0, 60) };
  const row = insertedRow.exec(raw.slice(0, longest));
  if (row) return { group: `rows of ${row[1]!.toLowerCase()}`, number: row[2]!, name: row[3]!.slice(0, 60) };
  if (raw.length > longest) return undefined;
  const typed = /\.go$/.test(path) && /^(\w+)\s+[A-Z]\w*\s*=\s*(\d+|1\s*<<\s*\d+)\s*$/.exec(code);
  if (typed && /^const\s*\(/.test(header)) return { group: '', number: plain(typed[2]!), name: typed[1]! };
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
  return backedCase(path, raw, header) ?? migrationIn(raw, code, scope);
}

/** A value that stands for one case of an enumeration. */
function backedCase(path: string, raw: string, header: string): Numbered | undefined {
  if (!/\.(?:php|swift)$/.test(path) || !/\benum\b/.test(header)) return undefined;
  const found = /^case\s+(\w+)\s*=\s*(["'][^"']*["']|\d+)\s*;?$/.exec(raw);
  return found ? { group: 'cases', number: found[2]!, name: found[1]! } : undefined;
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
