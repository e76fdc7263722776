/** Stand-ins for what a test file tests, and conditions under which its tests are not there. Shapes, no grammar. */
import { readTests } from './read-tests.js';
import { type FileTexts, holdsTests } from './test-files.js';
import type { Weakening } from './weakening.js';

interface Place {
  /** What is told apart by: the same text on both sides is no change. */
  text: string;
  at: number;
}

type Find = (text: string, before: string) => Place[];

/** Everything of a test file that now stands between its claims and the program, or keeps its tests from being built. */
export function stoodIn(
  { path, before, after }: FileTexts,
  tags: ReadonlySet<string> = new Set(),
): Weakening[] {
  if (after === '' || !holdsTests(path)) return [];
  return kinds.flatMap(([ending, find, what]) => {
    if (!ending.test(path)) return [];
    // What is done to a library of assertions holds for the tests of every file that runs with this one.
    if (find !== disarmed && find !== searched && readTests(path, before).length === 0) return [];
    const old = new Set(find(before, before).map(({ text }) => text));
    const fresh = find(after, before).find(({ text }) => !old.has(text));
    if (!fresh) return [];
    const isOfCode = find === tagged && fresh.text.split(' ').every((tag) => tags.has(tag));
    const line = after.slice(0, fresh.at).split('\n').length;
    return [{ path, line, what, ...(isOfCode ? { held: 'code has the same condition now' } : {}) }];
  });
}

const escaped = (text: string) => text.replace(/\W/g, '\\$&');

/** A module is replaced of which the test claims what a function gives back. */
const mockedModules: Find = (text, before) =>
  [
    ...text.matchAll(
      /\b(?:jest|vi)\.(?:mock|doMock|setMock|unstable_mockModule)\(\s*(["'`])([^"'`\n]+)\1\s*,([\s\S]{0,800})/g,
    ),
  ].flatMap((match) => {
    const [, , module = '', factory = ''] = match;
    const names = importedFrom(module, before);
    const isClaimed = names.some(
      (name) =>
        new RegExp(`\\b${escaped(name)}\\b`).test(factory) &&
        new RegExp(`\\bexpect\\(\\s*(?:await\\s+)?${escaped(name)}\\(`).test(before),
    );
    return isClaimed ? [{ text: module, at: match.index }] : [];
  });

/** The names that a file takes from a module. */
function importedFrom(module: string, text: string): string[] {
  const from = new RegExp(
    `(?:import\\s+([^;'"]*?)\\s+from\\s*|(?:const|let|var)\\s+([^=;]*?)\\s*=\\s*require\\(\\s*)["'\`]${escaped(module)}["'\`]`,
    'g',
  );
  return [...text.matchAll(from)].flatMap(([, names = '', required = '']) =>
    (names || required).split(/[{},\s:]+/).filter((word) => /^[A-Za-z_$][\w$]*$/.test(word) && word !== 'as'),
  );
}

/** A function is replaced whose result the file's tests compare. */
const patched: Find = (text, before) =>
  [
    ...text.matchAll(
      /(?:\bpatch\(\s*|\bpatch\.object\(\s*\w+,\s*|\bmonkeypatch\.setattr\(\s*(?:\w+,\s*)?)["']([\w.]+)["']/g,
    ),
  ].flatMap((match) => {
    const name = match[1]!.slice(match[1]!.lastIndexOf('.') + 1);
    const isClaimed = new RegExp(`^[ \\t]*assert\\s+(?:\\w+\\.)?${escaped(name)}\\(`, 'm').test(before);
    return isClaimed ? [{ text: match[1]!, at: match.index }] : [];
  });

/** An assertion that the tests use is defined as something else. */
const redefined: Find = (text, before) =>
  [
    ...text.matchAll(/^[ \t]*#[ \t]*define[ \t]+(NDEBUG|\w*(?:assert|ASSERT|EXPECT|CHECK|REQUIRE)\w*)/gm),
  ].flatMap((match) => {
    const name = match[1]!;
    const isUsed = name === 'NDEBUG' ? /\bassert\s*\(/ : new RegExp(`^[ \\t]+${name}\\s*\\(`, 'm');
    return isUsed.test(before) ? [{ text: name, at: match.index }] : [];
  });

const ofBuilds =
  /^(?:!.*|linux|windows|darwin|unix|freebsd|netbsd|openbsd|dragonfly|plan9|solaris|illumos|aix|android|ios|js|wasm|wasip1|amd64|arm64|arm|386|ppc64(?:le)?|s390x|riscv64|loong64|mips\w*|cgo|race|msan|asan|purego|appengine|gc|gccgo|tinygo|go1(?:\.\d+)?)$/;
/** What a checking machine is; of architectures and ways to build it may be any. */
const hosts = ['linux', 'darwin'].map((system) => new Set([system, 'unix', 'gc', 'cgo']));
const ofSystems =
  /^(?:linux|windows|darwin|unix|freebsd|netbsd|openbsd|dragonfly|plan9|solaris|illumos|aix|android|ios|js|wasm|wasip1|appengine|gccgo|tinygo)$/;

/** Tags without which Go does not build the file; those of systems and versions are no choice, unless none of ours is left. */
const tagged: Find = (text) =>
  [...text.slice(0, 4000).matchAll(/^\/\/(?:go:build|\s*\+build)\s+(.+)$/gm)].flatMap((match) => {
    const tags = match[1]!.split(/[\s()&|,]+/).filter(Boolean);
    const own = tags.filter((tag) => !ofBuilds.test(tag));
    if (own.length > 0) return [{ text: own.join(' '), at: match.index }];
    return hosts.some((host) => mayBuild(match[1]!, host)) ? [] : [{ text: tags.join(' '), at: match.index }];
  });

/** Whether a host builds what such a line stands above; of what is no system, either may be true. */
function mayBuild(line: string, host: ReadonlySet<string>): boolean {
  if (/[()]/.test(line)) return true;
  const isOld = !/&&|\|\|/.test(line) && /[\s,]/.test(line.trim());
  const terms = isOld ? line.trim().split(/\s+/) : line.split('||');
  return terms.some((term) =>
    term.split(isOld ? ',' : '&&').every((one) => {
      const tag = one.trim().replace(/^!/, '');
      // No such version is there yet.
      if (/^go1\.(?:[4-9]\d|\d{3,})$/.test(tag)) return one.trim().startsWith('!');
      return !ofSystems.test(tag) || host.has(tag) !== one.trim().startsWith('!');
    }),
  );
}

/** Features of such names are no part of the program: they are there to leave tests out. */
export const putsOff =
  /slow|skip|disab|never|todo|broken|flak|ignore|(?:^|[-_])off\b|wip|later|pending|manual|hidden|heavy|expensive|full|long|legacy|extra|integration|e2e|(?:^|[-_])(?:ci|tests?)$/i;

const featured: Find = (text) =>
  [
    ...text.matchAll(
      /#!?\[cfg\((?:all\(\s*test\s*,\s*)?feature\s*=\s*"([^"]+)"|#\[cfg_attr\(\s*not\(\s*feature\s*=\s*"([^"]+)"\s*\)\s*,\s*ignore\b/g,
    ),
  ].flatMap((match) => {
    const name = match[1] ?? match[2]!;
    return match[2] !== undefined || putsOff.test(name) ? [{ text: name, at: match.index }] : [];
  });

/** An assertion of a library is given another body. One that a project adds has another name. */
const disarmed: Find = (text) =>
  [
    ...text.matchAll(
      /^[ \t]*(?:[\w.]*\b(?:assert|t)(?:\.strict)?\.(?:equal|strictEqual|deepEqual|deepStrictEqual|notEqual|notStrictEqual|ok|throws|rejects|match|fail|is)|(?:unittest\.)?TestCase\.assert\w+)\s*=(?![=>])/gm,
    ),
  ].map((match) => ({ text: match[0].trim(), at: match.index + match[0].search(/\S/) }));

/** Python looks for modules among stand-ins first. */
const searched: Find = (text) =>
  [
    ...text.matchAll(
      /^[ \t]*(?:sys\.path\.(?:insert|append|extend)\(|sys\.path\[[^\]\n]*\]\s*=|sys\.path\s*=|monkeypatch\.syspath_prepend\()[^\n]*["'][^"'\n]*(?:stub|mock|fake|dumm|double)[^"'\n]*["'][^\n]*$/gim,
    ),
  ].map((match) => ({ text: match[0].trim(), at: match.index + match[0].search(/\S/) }));

const kinds: readonly [RegExp, Find, string][] = [
  [/\.[cm]?[jt]sx?$/, mockedModules, 'what is tested is replaced by a stand-in'],
  [/\.(?:[cm]?[jt]sx?|py)$/, disarmed, 'an assertion is defined as something else'],
  [/\.py$/, searched, 'modules are looked for among stand-ins'],
  [/\.py$/, patched, 'what is tested is replaced by a stand-in'],
  [/\.(?:c|cc|cpp|cxx|h)$/, redefined, 'an assertion is defined as something else'],
  [/\.go$/, tagged, 'its tests are built only with a tag'],
  [/\.rs$/, featured, 'tests are built only with a feature'],
];
