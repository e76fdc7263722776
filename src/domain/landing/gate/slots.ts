/** What may be there once only: a declaration, a key, an arm, a selector; and a number that stands for one name. */
import { isProse } from './code.js';
import type { JudgedResult } from './input.js';
import { isKeyed, keyIn } from './keyed.js';
import { withoutBrackets } from './listed.js';
import { numbersIn } from './numbers.js';
import { type Scope, type ScopedLine, scopedLines, scopePath } from './scopes.js';

interface Slot {
  scope: Scope;
  kind: string;
  name: string;
}

/** Formats in which the same line may well come twice, or that other checks read. */
const others = /\.(?:json\w?|ya?ml|toml|ini|cfg|properties|xml|html?|svg|csproj|txt|csv|sh|bash|zsh|lock)$/i;

export function slotProblems({
  path,
  ours,
  theirs,
  result,
}: Pick<JudgedResult, 'path' | 'ours' | 'theirs' | 'result'>): string[] {
  if (!isKeyed(path) && (isProse(path) || others.test(path))) return [];
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
      const place = `${scopePath(scope)}\n${key}`;
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

type Reader = (path: string, line: ScopedLine) => Found | undefined;

interface Found {
  kind: string;
  /** Empty: the line takes no place, and nothing else is to be looked for. */
  names: readonly string[];
}

/** The first that knows the line says what it takes. */
const readers: readonly Reader[] = [
  definition,
  method,
  arm,
  keyed,
  declared,
  unpacked,
  shortDeclared,
  created,
  terraform,
  enumerated,
  member,
  field,
  key,
  classMember,
  signature,
  arrayKey,
  rule,
  instruction,
];

function slotsOf(path: string, line: ScopedLine): Slot[] {
  const { scope } = line;
  if (styleSheet.test(path)) return styleSlots(line);
  const known = isProse(path) || others.test(path) ? [keyed] : readers;
  for (const read of known) {
    const found = read(path, line);
    if (found) return found.names.map((name) => ({ scope, kind: found.kind, name }));
  }
  return [];
}

const one = (kind: string, name: string | undefined): Found | undefined =>
  name ? { kind, names: [name] } : undefined;
const nothing: Found = { kind: '', names: [] };

function definition(_: string, { code, before }: ScopedLine): Found | undefined {
  if (!code.startsWith('#')) return undefined;
  const name = /^#\s*define\s+(\w+)/.exec(code)?.[1];
  return name && !/^#\s*(?:if|else|elif|endif)/.test(before) ? one('definition', name) : nothing;
}

function method(_: string, { code }: ScopedLine): Found | undefined {
  const found = /^func\s+\(\w*\s*\*?(\w+)[^)]*\)\s*(\w+)/.exec(code);
  return found ? one('declaration', `${found[1]}.${found[2]}`) : undefined;
}

function arm(_: string, line: ScopedLine): Found | undefined {
  return one('arm', armOf(line));
}

function keyed(path: string, line: ScopedLine): Found | undefined {
  const found = keyIn(path, line);
  return found && one(found.kind, found.name);
}

function declared(path: string, { code, before }: ScopedLine): Found | undefined {
  const found = declaration.exec(code);
  if (!found) return undefined;
  const [, word, name] = found as unknown as [string, string, string];
  // Said again in Rust, a name is a new one; with a decorator or without a body, a function has another shape.
  const again =
    (word === 'let' && path.endsWith('.rs')) ||
    /^@/.test(before) ||
    (/^(?:function|fun|func|def)/.test(word) && /;$/.test(code)) ||
    (/^(?:fun|func|def|static|object)$/.test(word) && overloads.test(path)) ||
    // What follows is a type there.
    (/^(?:const|static)$/.test(word) && /\.(?:c|h|cc|cpp|cxx|hpp|hh|m|mm)$/i.test(path));
  if (again) return nothing;
  const isScript = /\.(?:[cm]?[jt]sx?|vue|svelte)$/i.test(path) && /^(?:const|let)$/.test(word);
  return { kind: 'declaration', names: isScript ? declaredIn(code, name) : [name] };
}

/** All names of `let a = 1, b = f(2, 3)`. */
function declaredIn(code: string, first: string): string[] {
  const more = withoutBrackets(code).split(',').slice(1);
  return [first, ...more.flatMap((part) => /^\s*([\w$]+)\s*(?:[=:;!]|$)/.exec(part)?.[1] ?? [])];
}

function unpacked(_: string, { code }: ScopedLine): Found | undefined {
  const inside = /^(?:export\s+)?(?:const|let)\s+[{[]([^}\]]*)[}\]]\s*=/.exec(code)?.[1];
  if (inside === undefined) return undefined;
  const names = inside.split(',').map((part) => part.split(':').at(-1)!.split('=')[0]!.trim());
  return { kind: 'declaration', names: names.filter((name) => /^[\w$]+$/.test(name)) };
}

function shortDeclared(path: string, { code }: ScopedLine): Found | undefined {
  const name = path.endsWith('.go') ? /^(\w+)\s*:=/.exec(code)?.[1] : undefined;
  return name === '_' ? undefined : one('declaration', name);
}

function created(_: string, { raw }: ScopedLine): Found | undefined {
  const found =
    /^CREATE\s+(?:UNIQUE\s+)?(TABLE|INDEX|VIEW|TYPE|FUNCTION)\s+(?:IF\s+NOT\s+EXISTS\s+)?([\w."]+)/i.exec(
      raw,
    );
  return found ? one(found[1]!.toLowerCase(), found[2]) : undefined;
}

/** A block with its labels, and an attribute of a block, in Terraform. */
function terraform(path: string, { code, raw, scope }: ScopedLine): Found | undefined {
  if (!/\.(?:tf|tfvars|hcl)$/i.test(path)) return undefined;
  const labelled = /^(?:variable|resource|data|module|output)(?:\s+"[^"]+")+/.exec(raw)?.[0];
  if (labelled && !scope.parent) return one('block', labelled.replace(/\s+/g, ' '));
  return one('attribute', /^([\w-]+)\s*=(?![=>])/.exec(code)?.[1]);
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

const isPython = (path: string): boolean => /\.pyi?$/.test(path);

/** Names of an enumeration. */
function enumerated(path: string, { code, scope: { header } }: ScopedLine): Found | undefined {
  if (isPython(path)) {
    const name = /^([A-Z_]\w*)\s*(?::[^=]+)?=(?!=)/.exec(code)?.[1];
    if (/\{$/.test(header)) return undefined;
    return /^class\b.*\b(?:\w*Enum|Flag|IntFlag|Choices)\b/.test(header) ? one('member', name) : nothing;
  }
  if (!/\benum\b.*[{(]$/.test(header)) return undefined;
  return one('member', /^(?:case\s+)?([\p{L}_]\w*)\s*(?:[=,({]|$)/u.exec(code)?.[1]);
}

/** Names in a group of constants, or in a structure, of Go. */
function member(path: string, { code, raw, scope: { header } }: ScopedLine): Found | undefined {
  const name = /^(\w+)\b/.exec(code)?.[1];
  if (/^(?:const|var)\s*\($/.test(header)) return name === '_' ? undefined : one('member', name);
  if (!path.endsWith('.go') || !/\bstruct\s*\{$/.test(header)) return undefined;
  const own = /^(\w+)\s+\S/.exec(code)?.[1];
  // What is read and written under one key is one field as well.
  const keys = [...raw.matchAll(/\b(json|yaml|toml|xml|db|bson):"([^",]+)/g)];
  const tags = keys.flatMap(([, format, name]) => (name === '-' ? [] : [`${format}:${name}`]));
  return own ? { kind: 'field', names: [own, ...tags] } : undefined;
}

function field(_: string, { code, scope: { header } }: ScopedLine): Found | undefined {
  if (!/\b(?:struct|class|message|union|oneof|record)\b.*\{$/.test(header) || notFields.test(code))
    return undefined;
  return one('field', /^(?:[\w<>[\],.*&:?]+\s+)+\*?(\w+)\s*(?:=[^;]*)?;/.exec(code)?.[1]);
}

const literal = /(?:=|:|\(|,|\breturn|=>|\binterface\b.*|\bstruct\b.*|\btype\b.*|\]\w+|\w+)\s*\{$/;
const block =
  /^(?:if|for|while|else|try|do|switch|match|select|function|func|fn|finally|catch|\)|async|loop|unsafe)\b|\)\s*(?::[^{]*)?\{$|=>\s*\{$|->\s*\{$|\b(?:impl|trait|where)\b/;

/** A key of an object, of a map or of a structure. */
function key(_: string, { raw, scope: { header }, before }: ScopedLine): Found | undefined {
  if (!literal.test(header) || block.test(header) || /^#\[cfg|^@|^where\b/.test(before)) return undefined;
  const name =
    /^(?:pub\s+|readonly\s+)?((?:"[^"]*"|'[^']*'|`[^`]*`|[\p{L}_$][\p{L}\p{N}_$.-]*))\??\s*:(?![:=])/u.exec(
      raw,
    )?.[1];
  return one('key', name?.replace(/^["'`]|["'`]$/g, ''));
}

const methodShape =
  /^(?:(?:async|static|public|private|protected|override)\s+)*((?:get|set)\s+)?(#?[\w$]+)\s*\([^;]*\)\s*(?::[^{;]+)?\{$/;

function classMember(path: string, { code, scope: { header } }: ScopedLine): Found | undefined {
  if (!/\bclass\b.*\{$/.test(header) || overloads.test(path)) return undefined;
  const found = methodShape.exec(code);
  if (!found || /^(?:if|for|while|switch|catch)$/.test(found[2]!)) return undefined;
  return one('method', `${found[1] ?? ''}${/\bstatic\b/.test(code) ? 'static ' : ''}${found[2]}`);
}

/** A method with the very same parameters, where names may be overloaded. */
function signature(path: string, { code, scope: { header } }: ScopedLine): Found | undefined {
  if (!overloads.test(path) || !/\b(?:class|interface|enum|record|struct|object)\b.*\{$/.test(header))
    return undefined;
  const found = /^(?:[\w<>[\],.?@]+\s+)+(\w+\s*\([^()]*\))[^;]*\{/.exec(code)?.[1];
  return one('method', found?.replace(/\s+/g, ' '));
}

/** A key of an array of PHP. */
function arrayKey(path: string, { raw, scope: { header } }: ScopedLine): Found | undefined {
  if (!path.endsWith('.php') || !/(?:\[|\barray\s*\()$/.test(header)) return undefined;
  return one('key', /^(["'][^"']+["']|\w+)\s*=>/.exec(raw)?.[1]);
}

/** A target or a variable of a Makefile; what begins with a dot may be said again. */
function rule(path: string, { code, scope }: ScopedLine): Found | undefined {
  if (!/(?:^|\/)(?:GNU)?[Mm]akefile$|\.mk$/.test(path) || scope.parent) return undefined;
  const variable = /^([\w-]+)\s*(?:=|:=|::=|\?=)/.exec(code)?.[1];
  return variable
    ? one('variable', variable)
    : one('target', /^([\w%/-][\w.%/-]*)\s*:(?![:=])/.exec(code)?.[1]);
}

/** What a stage of a Dockerfile has once: of two, the last one counts. */
function instruction(path: string, { code }: ScopedLine): Found | undefined {
  if (!/(?:^|\/)(?:Docker|Container)file(?:\.\w+)?$|\.dockerfile$/i.test(path)) return undefined;
  return one('instruction', /^(CMD|ENTRYPOINT|HEALTHCHECK)\b/i.exec(code)?.[1]);
}

function styleSlots({ code, raw, scope }: ScopedLine): Slot[] {
  if (/\{$/.test(code))
    return [{ scope, kind: 'selector', name: raw.replace(/\s*\{.*$/, '').replace(/\s+/g, ' ') }];
  const property = /^([\w$@-]+)\s*:\s*[^{]*;?$/.exec(code)?.[1];
  // Variables of Sass and Less stand outside of every block as well.
  const placed = property && (scope.parent || /^[$@]/.test(property));
  return placed ? [{ scope, kind: 'property', name: property }] : [];
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

/** Fields of a choice are numbered with those of the message around it. */
const messageOf = (scope: Scope): Scope =>
  /^oneof\b/.test(scope.header) && scope.parent ? messageOf(scope.parent) : scope;

function namesByNumber(path: string, lines: readonly ScopedLine[]): Map<string, Set<string>> {
  const names = new Map<string, Set<string>>();
  for (const line of lines) {
    for (const { group, number, name } of numbersIn(path, line)) {
      const slot = `${scopePath(messageOf(line.scope))}\n${group}\n${number}`;
      names.set(slot, (names.get(slot) ?? new Set()).add(name));
    }
  }
  return names;
}
