/** What may be there once only: a declaration, a key, an arm, a selector; and a number that stands for one name. */
import { isProse } from './code.js';
import type { JudgedResult } from './judge.js';
import { numberIn } from './numbers.js';
import { placeOf, type Scope, type ScopedLine, scopedLines } from './scopes.js';

interface Slot {
  scope: Scope;
  kind: string;
  name: string;
}

/** Formats in which the same line may well come twice, or that other checks read. */
const others = /\.(?:json\w?|ya?ml|toml|ini|cfg|properties|xml|html?|svg|csproj|txt|csv|sh|bash|zsh|lock)$/i;

export function slotProblems({ path, ours, theirs, result }: JudgedResult): string[] {
  if (isProse(path) || others.test(path)) return [];
  const lines = [ours, theirs, result].map((text) => scopedLines(path, text)) as [
    ScopedLine[],
    ScopedLine[],
    ScopedLine[],
  ];
  return [...takenTwice(path, lines), ...numberedTwice(path, lines)];
}

type Three = [ours: ScopedLine[], theirs: ScopedLine[], result: ScopedLine[]];

/** Most often that one block of this place has the slot. */
function countSlots(path: string, lines: readonly ScopedLine[]): Map<string, number> {
  const inBlock = new Map<string, number>();
  const most = new Map<string, number>();
  for (const line of lines) {
    for (const { scope, kind, name } of slotsOf(path, line)) {
      const own = `${scope.id} ${kind} ${name}`;
      const times = (inBlock.get(own) ?? 0) + 1;
      inBlock.set(own, times);
      const key = `${kind} ${name}`;
      const place = `${placeOf(scope)}\n${key}`;
      most.set(place, Math.max(most.get(place) ?? 0, times));
    }
  }
  return most;
}

function takenTwice(path: string, [ours, theirs, result]: Three): string[] {
  const [o, t] = [countSlots(path, ours), countSlots(path, theirs)];
  const problems: string[] = [];
  for (const [place, times] of countSlots(path, result)) {
    if (times < 2 || times <= Math.max(o.get(place) ?? 0, t.get(place) ?? 0)) continue;
    problems.push(`the ${place.slice(place.lastIndexOf('\n') + 1)} stands there ${times} times`);
  }
  return problems;
}

const modifiers =
  '(?:(?:export|default|declare|pub(?:\\([^)]*\\))?|public|private|protected|internal|static|final|abstract|async|override|unsafe|inline|open|data|sealed|virtual|extern|readonly|partial|const(?=\\s+(?:fn|enum)))\\s+)*';
const declaration = new RegExp(
  `^${modifiers}(function\\*?|fn|func|fun|def|class|interface|struct|enum|trait|type|union|record|object|protocol|mod|module|namespace|message|service|rpc|const|let|val|static)\\s+\\*?([\\p{L}_$][\\p{L}\\p{N}_$.!?]*)`,
  'u',
);
const overloads = /\.(?:java|cs|kts?|swift|scala|groovy|gradle|c|cc|cpp|cxx|h|hh|hpp|dart|m|mm)$/i;
const styleSheet = /\.(?:css|scss|less)$/i;

function slotsOf(path: string, line: ScopedLine): Slot[] {
  const { code, raw, scope, before } = line;
  const slot = (kind: string, name: string): Slot[] => [{ scope, kind, name }];
  if (styleSheet.test(path)) return styleSlots(line);
  const define = /^#\s*define\s+(\w+)/.exec(code)?.[1];
  if (define && !/^#\s*(?:if|else|elif|endif)/.test(before)) return slot('definition', define);
  if (code.startsWith('#')) return [];
  const method = /^func\s+\(\w*\s*\*?(\w+)[^)]*\)\s*(\w+)/.exec(code);
  if (method) return slot('declaration', `${method[1]}.${method[2]}`);
  const arm = armOf(line);
  if (arm) return slot('arm', arm);
  const found = declaration.exec(code);
  if (found) {
    const [, word, name] = found as unknown as [string, string, string];
    // Said again in Rust, a name is a new one; with a decorator or without a body, a function has another shape.
    if (word === 'let' && path.endsWith('.rs')) return [];
    if (
      /^@/.test(before) ||
      (/^(?:function|fun|func|def|rpc)/.test(word) && /;$/.test(code) && word !== 'rpc')
    )
      return [];
    if (/^(?:fun|func|def|static|object)$/.test(word) && overloads.test(path)) return [];
    if (word === 'type' && /[:=,]\s*$/.test(name)) return [];
    return slot('declaration', name);
  }
  const unpacked = /^(?:export\s+)?(?:const|let)\s+[{[]([^}\]]*)[}\]]\s*=/.exec(code)?.[1];
  if (unpacked) {
    return unpacked
      .split(',')
      .map((part) => part.split(':').at(-1)!.split('=')[0]!.trim())
      .filter((name) => /^[\w$]+$/.test(name))
      .flatMap((name) => slot('declaration', name));
  }
  const short = path.endsWith('.go') ? /^(\w+)\s*:=/.exec(code)?.[1] : undefined;
  if (short && short !== '_') return slot('declaration', short);
  const created =
    /^CREATE\s+(?:OR\s+REPLACE\s+)?(?:UNIQUE\s+)?(TABLE|INDEX|VIEW|TYPE|FUNCTION)\s+(?:IF\s+NOT\s+EXISTS\s+)?([\w."]+)/i.exec(
      raw,
    );
  if (created && !/^CREATE\s+OR/i.test(raw)) return slot(created[1]!.toLowerCase(), created[2]!);
  return memberSlots(path, line);
}

/** An arm of a switch or a match; one with a guard is another one. */
function armOf({ code, raw, scope, before }: ScopedLine): string | undefined {
  const labelled = /^(case\s+.+?|default)\s*:(?!:)/.exec(raw) ?? /^(when\s+.+)$/.exec(raw);
  if (labelled && !/\bif\b|\bwhen\b.*\bwhen\b/.test(labelled[1]!)) return labelled[1]!.replace(/\s+/g, ' ');
  if (!/\b(?:match|when|switch|case|select)\b/.test(scope.header)) return undefined;
  const arrow = /^([^=].*?)\s*(?:=>|->)/.exec(code);
  if (!arrow || / if /.test(arrow[1]!) || /^\|/.test(code) || /^#\[cfg/.test(before)) return undefined;
  return raw.slice(0, raw.search(/\s*(?:=>|->)/)).trim();
}

const notFields =
  /^(?:return|using|import|throw|package|goto|delete|new|await|yield|case|break|continue|else|typedef|friend|extern)\b/;

/** Members of what is in brackets: keys of an object, fields of a structure, names of an enumeration. */
function memberSlots(path: string, { code, raw, scope, before }: ScopedLine): Slot[] {
  const slot = (kind: string, name: string): Slot[] => [{ scope, kind, name }];
  const { header } = scope;
  const python = /\.pyi?$/.test(path);
  if (python) {
    const assigned = /^([A-Z_]\w*)\s*(?::[^=]+)?=(?!=)/.exec(code)?.[1];
    if (assigned && /^class\b.*\b(?:\w*Enum|Flag|IntFlag|Choices)\b/.test(header))
      return slot('member', assigned);
    return [];
  }
  if (!/[{(]$/.test(header)) return [];
  if (/\benum\b/.test(header)) {
    const member = /^(?:case\s+)?([\p{L}_]\w*)\s*(?:[=,({]|$)/u.exec(code)?.[1];
    return member ? slot('member', member) : [];
  }
  if (/^(?:const|var)\s*\($/.test(header)) {
    const member = /^(\w+)\b/.exec(code)?.[1];
    return member && member !== '_' ? slot('member', member) : [];
  }
  if (/\bstruct\s*\{$/.test(header) && path.endsWith('.go')) {
    const member = /^(\w+)\s+\S/.exec(code)?.[1];
    return member ? slot('field', member) : [];
  }
  if (/\b(?:struct|class|message|union|oneof|record)\b.*\{$/.test(header) && !notFields.test(code)) {
    const field = /^(?:[\w<>[\],.*&:?]+\s+)+\*?(\w+)\s*(?:=[^;]*)?;/.exec(code)?.[1];
    if (field) return slot('field', field);
  }
  const literal = /(?:=|:|\(|,|\breturn|=>|\binterface\b.*|\bstruct\b.*|\btype\b.*|\]\w+|\w+)\s*\{$/.test(
    header,
  );
  const isBlock =
    /^(?:if|for|while|else|try|do|switch|match|select|function|func|fn|finally|catch|\)|async|loop|unsafe)\b|\)\s*(?::[^{]*)?\{$|=>\s*\{$|->\s*\{$|\bimpl\b/.test(
      header,
    );
  if (literal && !isBlock) {
    const key =
      /^(?:pub\s+|readonly\s+)?((?:"[^"]*"|'[^']*'|`[^`]*`|[\p{L}_$][\p{L}\p{N}_$.-]*))\??\s*:(?![:=])/u.exec(
        raw,
      )?.[1];
    if (key && !/^#\[cfg|^@/.test(before)) return slot('key', key.replace(/^["'`]|["'`]$/g, ''));
  }
  const method =
    /^(?:(?:async|static|public|private|protected|override)\s+)*((?:get|set)\s+)?(#?[\w$]+)\s*\([^;]*\)\s*(?::[^{;]+)?\{$/.exec(
      code,
    );
  if (
    method &&
    /\bclass\b.*\{$/.test(header) &&
    !overloads.test(path) &&
    !/^(?:if|for|while|switch|catch)$/.test(method[2]!)
  ) {
    return slot('method', `${method[1] ?? ''}${/\bstatic\b/.test(code) ? 'static ' : ''}${method[2]}`);
  }
  return [];
}

function styleSlots({ code, raw, scope }: ScopedLine): Slot[] {
  if (/\{$/.test(code))
    return [{ scope, kind: 'selector', name: raw.replace(/\s*\{.*$/, '').replace(/\s+/g, ' ') }];
  const property = /^([\w$@-]+)\s*:\s*[^{]*;?$/.exec(code)?.[1];
  return property && scope.parent ? [{ scope, kind: 'property', name: property }] : [];
}

/** Numbers that one block gives to two names, though neither side does. */
function numberedTwice(path: string, [ours, theirs, result]: Three): string[] {
  const [o, t] = [namesByNumber(path, ours), namesByNumber(path, theirs)];
  const problems: string[] = [];
  for (const [slot, names] of namesByNumber(path, result)) {
    const known = [o, t].some((side) => [...names].every((name) => side.get(slot)?.has(name)));
    if (names.size < 2 || known) continue;
    problems.push(`${slot.slice(slot.lastIndexOf('\n') + 1)} stands for ${[...names].join(' and ')}`);
  }
  return problems;
}

function namesByNumber(path: string, lines: readonly ScopedLine[]): Map<string, Set<string>> {
  const names = new Map<string, Set<string>>();
  for (const line of lines) {
    const found = numberIn(path, line);
    if (!found) continue;
    const slot = `${placeOf(line.scope)}\n${found.group}\n${found.number}`;
    names.set(slot, (names.get(slot) ?? new Set()).add(found.name));
  }
  return names;
}
