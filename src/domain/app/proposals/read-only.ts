/** Commands that mend what they find, and their form that only tells it. */

type Form = readonly string[] | 'none';
const without = (words: readonly string[], flag: RegExp) => words.filter((word) => !flag.test(word));
const has = (words: readonly string[], flag: RegExp) => words.some((word) => flag.test(word));

/** A flag makes the tool write: the same without it, or with another in its place. */
const byFlag =
  (flag: RegExp, instead: readonly string[] = []) =>
  (words: readonly string[]): Form | undefined =>
    has(words, flag) ? [...without(words, flag), ...instead] : undefined;

/** The tool writes unless one of these flags keeps it from that. */
const unless =
  (harmless: RegExp, add: readonly string[], drop = /^$/) =>
  (words: readonly string[]): Form | undefined =>
    has(words, harmless) ? undefined : [...without(words, drop), ...add];

const gofmt = (words: readonly string[]): Form | undefined => {
  if (!has(words, /^-\w*w/)) return undefined;
  const rest = words.slice(1).filter((word) => !word.startsWith('-'));
  return [
    'sh',
    '-c',
    `test -z "$(${words[0]} -l ${rest.length > 0 ? rest.join(' ') : '.'} | tee /dev/stderr)"`,
  ];
};
const cargo = (words: readonly string[]): Form | undefined => {
  const at = words.findIndex((word) => /^(?:fmt|fix|clippy|update|add|insta|sort|sqlx)$/.test(word));
  const verb = words[at];
  if (verb === 'fmt')
    return has(words, /^--check$/)
      ? undefined
      : [...words, ...(words.includes('--') ? [] : ['--']), '--check'];
  if (verb === 'clippy') return byFlag(/^--(?:fix|allow-(?:dirty|staged|no-vcs))$/)(words);
  if (verb === 'sort') return unless(/^(?:--check|-c)$/, ['--check'])(words);
  if (verb === 'insta') return has(words, /^(?:accept|review|--accept)$/) ? 'none' : undefined;
  return verb === 'fix' || verb === 'update' || verb === 'add' ? 'none' : undefined;
};
const go = (words: readonly string[]): Form | undefined => {
  const line = words.join(' ');
  if (words[1] === 'fmt') return ['sh', '-c', 'test -z "$(gofmt -l . | tee /dev/stderr)"'];
  if (/^go mod tidy/.test(line)) return has(words, /^-diff$/) ? undefined : ['go', 'mod', 'tidy', '-diff'];
  if (
    words[1] === 'fix' ||
    words[1] === 'generate' ||
    words[1] === 'get' ||
    /^go mod (?:vendor|edit|init)/.test(line)
  ) {
    return 'none';
  }
  return undefined;
};
const ruff = (words: readonly string[]): Form | undefined =>
  words[1] === 'format'
    ? unless(/^--(?:check|diff)$/, ['--check'])(words)
    : has(words, /^(?:--fix|--fix-only|--add-noqa|--unsafe-fixes)$/) && !has(words, /^(?:--diff|--no-fix)$/)
      ? [
          ...without(words, /^(?:--fix|--fix-only|--add-noqa|--unsafe-fixes|--exit-non-zero-on-fix)$/),
          '--no-fix',
        ]
      : undefined;
const dotnet = (words: readonly string[]): Form | undefined =>
  words[1] === 'format' ? unless(/^--verify-no-changes$/, ['--verify-no-changes'])(words) : undefined;
const maven = (words: readonly string[]): Form | undefined => {
  const forms: readonly [RegExp, string][] = [
    [/^spotless:apply$/, 'spotless:check'],
    [/^(.*fmt-maven-plugin.*:|fmt:)format$/, 'fmt:check'],
    [/^formatter:format$/, 'formatter:validate'],
  ];
  const changed = words.map((word) => forms.find(([shape]) => shape.test(word))?.[1] ?? word);
  if (has(words, /^(?:license:format|versions:(?:set|use-).*|release:.*|deploy)$/)) return 'none';
  return changed.join(' ') === words.join(' ') ? undefined : changed;
};
const gradle = (words: readonly string[]): Form | undefined => {
  const changed = words.map((word) =>
    word
      .replace(/(^|:)spotlessApply$/, '$1spotlessCheck')
      .replace(/(^|:)ktlintFormat$/, '$1ktlintCheck')
      .replace(/(^|:)(?:googleJavaFormat|formatKotlin)$/, '$1verifyGoogleJavaFormat'),
  );
  if (has(words, /(?:^|:)(?:apiDump|publish\w*|updateLegacyAbi|wrapper)$/)) return 'none';
  return changed.join(' ') === words.join(' ') ? undefined : changed;
};
const phpFixer = (words: readonly string[]): Form | undefined =>
  has(words, /^fix$/) ? unless(/^--dry-run$/, ['--dry-run', '--diff'])(words) : undefined;
const snapshots = byFlag(/^(?:-u|--update|--updateSnapshot|--update-snapshots?|--snapshot-update)(?:=.*)?$/);
const deno = (words: readonly string[]): Form | undefined =>
  words[1] === 'fmt' ? unless(/^--check$/, ['--check'])(words) : byFlag(/^--fix$/)(words);

const tools: Record<string, (words: readonly string[]) => Form | undefined> = {
  eslint: byFlag(/^--fix(?:-type(?:=.*)?)?$/),
  stylelint: byFlag(/^--fix$/),
  oxlint: byFlag(/^--fix(?:-\w+)?$/),
  xo: byFlag(/^--fix$/),
  standard: byFlag(/^--fix$/),
  'ts-standard': byFlag(/^--fix$/),
  'markdownlint-cli2': byFlag(/^--fix$/),
  markdownlint: byFlag(/^(?:--fix|-f)$/),
  knip: byFlag(/^--fix$/),
  prettier: byFlag(/^(?:--write|-w)$/, ['--check']),
  oxfmt: (words) =>
    has(words, /^(?:--check|--list-different)$/) ? undefined : [...without(words, /^--write$/), '--check'],
  biome: (words) => {
    const read = byFlag(/^--(?:write|fix|apply(?:-unsafe)?|unsafe)$/)(words);
    return read ?? (words[1] === 'migrate' ? 'none' : undefined);
  },
  rome: byFlag(/^--(?:write|apply)$/),
  dprint: (words) => (words[1] === 'fmt' ? ['dprint', 'check', ...words.slice(2)] : undefined),
  jest: snapshots,
  vitest: snapshots,
  ava: snapshots,
  tap: byFlag(/^--(?:snapshot|only)$/),
  'npm-package-json-lint': () => undefined,
  'sort-package-json': unless(/^(?:--check|-c)$/, ['--check']),
  ruff,
  black: unless(/^(?:--check|--diff)$/, ['--check']),
  isort: unless(/^(?:--check(?:-only)?|-c|--diff)$/, ['--check-only']),
  autopep8: byFlag(/^(?:-i|--in-place)$/, ['--diff', '--exit-code']),
  yapf: byFlag(/^(?:-i|--in-place)$/, ['--diff']),
  autoflake: byFlag(/^(?:-i|--in-place)$/, ['--check']),
  docformatter: byFlag(/^(?:-i|--in-place)$/, ['--check']),
  pyupgrade: () => 'none',
  codespell: byFlag(/^(?:-w|--write-changes)$/),
  pytest: snapshots,
  gofmt,
  gofumpt: gofmt,
  goimports: gofmt,
  gci: (words) => (words[1] === 'write' ? ['gci', 'diff', ...words.slice(2)] : undefined),
  'golangci-lint': (words) =>
    words[1] === 'fmt' ? unless(/^(?:--diff|-d)$/, ['--diff'])(words) : byFlag(/^--fix(?:=true)?$/)(words),
  go,
  cargo,
  rustfmt: unless(/^--check$/, ['--check']),
  taplo: (words) =>
    /^(?:fmt|format)$/.test(words[1] ?? '') ? unless(/^--check$/, ['--check'])(words) : undefined,
  typos: byFlag(/^(?:-w|--write-changes)$/),
  mvn: maven,
  mvnw: maven,
  gradle,
  gradlew: gradle,
  ktlint: byFlag(/^(?:-F|--format)$/),
  'clang-format': byFlag(/^-i$/, ['--dry-run', '--Werror']),
  'cmake-format': byFlag(/^(?:-i|--in-place)$/, ['--check']),
  shfmt: byFlag(/^(?:-w|--write)$/, ['-d']),
  dotnet,
  csharpier: unless(/^(?:check|--check)$/, ['--check']),
  rubocop: byFlag(/^(?:-a|-A|--auto-?correct(?:-all)?|--fix-layout|-x)$/),
  standardrb: byFlag(/^--fix(?:-unsafely)?$/),
  phpcbf: (words) => ['phpcs', ...words.slice(1)],
  'php-cs-fixer': phpFixer,
  rector: (words) =>
    /^(?:process|p)$/.test(words[1] ?? 'process')
      ? unless(/^(?:-n|--dry-run)$/, ['--dry-run'])(words)
      : undefined,
  pint: unless(/^--test$/, ['--test']),
  ecs: byFlag(/^--fix$/),
  terraform: (words) => (words[1] === 'fmt' ? unless(/^-check/, ['-check'])(words) : undefined),
  buf: (words) => (words[1] === 'format' ? [...without(words, /^-w$/), '-d', '--exit-code'] : undefined),
  deno,
  mix: (words) =>
    words[1] === 'format'
      ? unless(/^--(?:check-formatted|dry-run)$/, ['--check-formatted'])(words)
      : undefined,
  swiftformat: unless(/^--lint$/, ['--lint']),
  swiftlint: byFlag(/^(?:--fix|--autocorrect)$/),
  zig: (words) => (words[1] === 'fmt' ? unless(/^--check$/, ['--check'])(words) : undefined),
  sed: (words) => (has(words, /^(?:-\w*i.*|--in-place.*)$/) ? 'none' : undefined),
};

/**
 * What stands in for a command that writes: its read-only form, or 'none' where the tool has none. undefined: the
 * command is not known to write.
 * @param words the tool and its arguments, without what starts it
 */
export function readOnlyForm(words: readonly string[]): Form | undefined {
  const name = programName(words[0] ?? '');
  const form = Object.hasOwn(tools, name) ? tools[name]!([name, ...words.slice(1)]) : undefined;
  if (form === undefined || form === 'none' || form[0] !== name) return form;
  return [words[0]!, ...form.slice(1)];
}

/** A program's name without its folder and ending. */
export const programName = (program: string): string =>
  program.slice(program.lastIndexOf('/') + 1).replace(/\.(?:exe|cmd|bat|phar)$/, '');
