/** Settings of test runners, linters, type checkers and coverage that a change makes weaker. */
import { type Settings, settingsOf } from './read-settings.js';
import { type FileTexts, isTestFile } from './test-files.js';
import { byHooks, fewerTests, lineOfSetting, pytestHooks, sessions } from './test-hooks.js';
import type { Weakening } from './weakening.js';
import { type Direction, versionless, weakerValue } from './weaker-value.js';

type Values = readonly string[];

/** By the key: what makes it weaker. The first that fits counts. Names are those that the tools use. */
const directions: readonly [RegExp, Direction][] = [
  [/(?:^|\.)hooks\.stages$/, 'manual'],
  // Styles and pictures hold nothing that is tested.
  [
    /(?:^|\.)(?:moduleNameMapper|alias|paths)\.(?!.*(?:css|s[ac]ss|less|style|svg|png|jpe?g|gif|webp|font|woff|ttf|image|asset))|(?:^|\.)(?:modulePaths|moduleDirectories|resolver|pythonpath|python_paths|baseUrl)$/i,
    'stands in',
  ],
  [/(?:^|\.)issues-exit-code$/, 'zero'],
  [/^issues\.new(?:-from-\w[\w-]*)?$|(?:surefire|failsafe|configuration)\.groups$|^includeTags$/, 'appears'],
  [/(?:^|\.)follow_imports$/, 'looks away'],
  [/(?:^|\.)linter\.enabled$|(?:^|\.)rules\.recommended$/, 'off'],
  [/^test\.required-features$/, 'put off'],
  [/(?:^|\.)(?:testNamePattern|grep|fgrep|invert)$/, 'appears'],
  [/(?:^|\.)(?:lib|bin|test)\.test$|^(?:enabled|onlyIf)$/, 'unless off'],
  [
    /(?:^|\.)(?:testMatch|testRegex|python_files|python_functions|python_classes)$|(?:^|\.)test\.include$/,
    'finds tests',
  ],
  [/(?:^|\.)(?:addopts|PYTEST_ADDOPTS|surefire.*argLine|argLine)$/, 'options'],
  [/(?:^|\.)rules\.|^(?:workspace\.)?lints\./, 'severity'],
  [
    /(?:fail_under|minimum\w*|min_coverage|[cC]overageThreshold\.|threshold\w*\.|(?:^|\.)(?:branches|functions|statements)$|coverage\.status\.\w+\.\w+\.target)/,
    'lower',
  ],
  [
    /(?:^|\.)(?:passWithNoTests|ignore_errors|ignoreFailures|skipTests|skip|maven\.test\.skip|testFailureIgnore|allow_failure|dangerouslyIgnoreUnhandledErrors|noCheck|allowFailure|continue-on-error|failIfNoTests|ignore_outcome|suppress\w*Errors|noEmitOnError_off)$/,
    'on',
  ],
  [
    /(?:^|\.)(?:strict\w*|noImplicit\w*|noUnchecked\w*|noUnused\w*|noFallthrough\w*|exactOptional\w*|alwaysStrict|checkJs|useUnknownInCatchVariables|disallow_\w+|check_untyped_defs|warn_\w+|no_implicit_\w+|xfail_strict|check-coverage|checkCoverage|failOnNoMatchingTests|autotests|harness)$/,
    'off',
  ],
  [
    /(?:^|\.)(?:roots|testpaths|test-paths|select|extend-select|enable|linters\.enable|envlist|env_list|testDir|spec|specPattern|testFiles|testsuite\.directory|testsuite\.file|hooks\.id|repos\.hooks\.id|mypy\.(?:files|packages)|includes?)$/,
    'shrinks',
  ],
  [
    /(?:^|\.)(?:testPathIgnorePatterns|coveragePathIgnorePatterns|modulePathIgnorePatterns|testIgnore|exclude\w*|excludes\.exclude|excludedGroups|extend-exclude|extend-ignore|ignore|ignores|ignorePatterns|ignore_names|ignored_classes|omit|norecursedirs|collect_ignore\w*|disable|linters\.disable|skip-dirs|skip-files|exclude-dirs|exclude-files|disable_error_code|lint\.ignore|per-file-ignores.*|extend-per-file-ignores.*)$/,
    'grows',
  ],
  [/(?:^|\.)(?:testRunner|runner|preset|extends|testCommand|projects|exclude-rules\.linters)$/, 'changes'],
];

/** Keys by which a package of a manifest is found. */
const leads: readonly [RegExp, RegExp][] = [
  [
    /(?:^|\/)package\.json$/,
    /^(?:(?:imports|(?:dev|peer|optional)?[dD]ependencies|resolutions|overrides)\.|(?:main|module|exports)\b)/,
  ],
  [/(?:^|\/)Cargo\.toml$/, /^(?:(?:(?:dev-)?dependencies|patch\.[\w-]+)\.[\w-]+\.path|lib\.path)$/],
];

/** Whether a name by which a package or a place is found says itself that it is for tests. */
const saysSo = (path: string, key: string) =>
  (/test|mock|fake|stub|dumm|double/i.test(key) &&
    (/\.paths\./.test(key) || leads.some(([file]) => file.test(path))) &&
    !/^jest\./.test(key)) ||
  (leads.some(([file, shape]) => file.test(path) && shape.test(key)) && isTestFile(path));

/** Keys of a file that holds much else. */
const sections: readonly [RegExp, RegExp][] = [
  [
    /(?:^|\/)package\.json$/,
    /^(?:imports|(?:dev|peer|optional)?[dD]ependencies|resolutions|overrides|main|module|exports|jest|vitest|mocha|ava|nyc|c8|eslintConfig|tap|karma|xo|standard)\b/,
  ],
  [
    /(?:^|\/)pyproject\.toml$/,
    /^tool\.(?:pytest|coverage|mypy|ruff|pylint|pyright|tox|flake8|isort_off|basedpyright|pytype)\b/,
  ],
  [/(?:^|\/)setup\.cfg$/, /^(?:tool:pytest|coverage|mypy|flake8|pylint|isort_off)/],
  [
    /(?:^|\/)Cargo\.toml$/,
    /^(?:lints|workspace\.lints|(?:(?:dev-)?dependencies|patch\.[\w-]+)\.[\w-]+\.path|lib\.path|package\.autotests|test|lib\.test|bin\.test)\b/,
  ],
  [/(?:^|\/)vite\.config\.\w+$/, /(?:^|\.)test\b/],
  [/(?:^|\/)pom\.xml$/, /(?:surefire|failsafe|skip|test|jacoco|configuration|properties)/i],
  [/(?:^|\/)tox\.ini$/, /^(?:tox|testenv|pytest|flake8|coverage|mypy)/],
];

/** Every setting that the change makes weaker, with the line where it stands. */
export function weakerSettings(file: FileTexts): Weakening[] {
  const { path } = file;
  if (/(?:^|\/)conftest\.py$/.test(path)) return byHooks(file, pytestHooks);
  if (/(?:^|\/)noxfile\.py$|(?:^|\/)Rakefile$/.test(path)) return byHooks(file, sessions);
  if (/(?:^|\/)(?:CMakeLists\.txt|meson\.build)$|CTestCustom/.test(path)) return fewerTests(file);
  if (
    /(?:^|\/)(?:eslint\.config\.\w+|\.eslintrc(?:\.\w+)?)$/.test(path) &&
    isBare(file.after) &&
    !isBare(file.before)
  )
    return [{ path, line: 1, what: 'has no rule any more' }];
  if (/(?:^|\/)\.golangci\.\w+$/.test(path)) return [...comparedSettings(file), ...fewLinters(file)];
  if (/\.gradle(?:\.kts)?$/.test(path)) return [...comparedSettings(file), ...undepended(file)];
  return [...comparedSettings(file), ...(/(?:^|\/)tox\.ini$/.test(path) ? letsFail(file) : [])];
}

/** Only linters that are named are run, and one is not among them that runs unasked. */
function fewLinters({ path, before, after }: FileTexts): Weakening[] {
  const isNone = (settings: Settings) =>
    settings.get('linters.disable-all')?.[0] === 'true' || settings.get('linters.default')?.[0] === 'none';
  const [old, now] = [settingsOf(path, before), settingsOf(path, after)];
  if (before === '' || !isNone(now) || isNone(old)) return [];
  const named = now.get('linters.enable') ?? [];
  const gone = ['errcheck', 'govet', 'ineffassign', 'staticcheck', 'unused'].find(
    (one) => !named.includes(one),
  );
  if (gone === undefined) return [];
  const key = now.has('linters.disable-all') ? 'disable-all' : 'default';
  return [
    { path, line: lineOfSetting(after, key), what: `only named linters are run, and ${gone} is not named` },
  ];
}

/** A task that runs the tests no more. */
function undepended({ path, before, after }: FileTexts): Weakening[] {
  const places = (text: string) => [
    ...text.matchAll(/dependsOn\.clear\(\)|setDependsOn\(\s*(?:\[\]|emptyList|listOf\(\))/g),
  ];
  const now = places(after);
  if (now.length <= places(before).length) return [];
  return [
    {
      path,
      line: after.slice(0, now.at(-1)!.index).split('\n').length,
      what: 'a task does without what it depended on',
    },
  ];
}

/** A configuration of a linter that says nothing; a file that is gone is another matter. */
const isBare = (text: string) =>
  /^\s*(?:export default|module\.exports\s*=)?\s*(?:\[\s*(?:\{\s*\})?\s*\]|\{\s*\})\s*;?\s*$/.test(text);

/** Commands of tox that may fail. */
function letsFail({ path, before, after }: FileTexts): Weakening[] {
  const ofCommands = (text: string) =>
    [...settingsOf(path, text)].flatMap(([key, values]) => (/\.commands$/.test(key) ? values : []));
  const idle = /^(?:true|:|echo\b.*|exit 0|)$/;
  const [had, has] = [ofCommands(before), ofCommands(after)];
  if (has.length > 0 && has.every((line) => idle.test(line)) && !had.every((line) => idle.test(line)))
    return [{ path, line: lineOfSetting(after, 'commands'), what: 'its commands do nothing any more' }];
  const places = (text: string) => [...text.matchAll(/^(?:commands\w*[ \t]*=)?[ \t]+-[ \t]*[\w{.]/gm)];
  const now = places(after);
  if (now.length <= places(before).length) return [];
  const line = after.slice(0, now.at(-1)!.index).split('\n').length;
  return [{ path, line, what: 'a command may fail' }];
}

function comparedSettings({ path, before, after }: FileTexts): Weakening[] {
  const own = sections.find(([shape]) => shape.test(path))?.[1];
  const [old, now] = [settingsOf(path, before), settingsOf(path, after)];
  const keys = [...new Set([...old.keys(), ...now.keys()])].filter(
    (key) => (!own || own.test(key)) && !/(?:^|\.)format\./.test(key),
  );
  const compared = keys.flatMap((key) => {
    const direction = leads.some(([file, shape]) => file.test(path) && shape.test(key))
      ? 'stands in'
      : directions.find(([shape]) => shape.test(key))?.[1];
    if (!direction || (direction === 'stands in' && saysSo(path, key))) return [];
    const [was, is] = [versionless(key, old.get(key)), versionless(key, now.get(key))];
    const what = weakerValue(direction, was && withoutMoved(was, key, is, old, now), is, before === '');
    const isStricter =
      !what && (weakerValue(direction, is, was, after === '') !== undefined || asksForAll(key, was, is));
    return [{ key, what, isStricter, isDegree: degrees.has(direction) }];
  });
  // A linter's new rules come with some that are left out.
  const isStricter = compared.some((one) => one.isStricter && isTaste(one.key));
  const isTrade = compared.some((one) => one.isStricter && one.isDegree);
  return compared.flatMap(({ key, what, isDegree }) => {
    if (!what) return [];
    const told = { path, line: lineOfSetting(after, key), what: `${key} ${what}` };
    if (isStricter && isTaste(key)) return [{ ...told, explained: 'other rules of it became stricter' }];
    return [isTrade && isDegree ? { ...told, held: 'other settings of it became stricter' } : told];
  });
}

/** What a tool is told more or less of, so that one setting may be traded for another. */
const degrees: ReadonlySet<Direction> = new Set(['grows', 'lower', 'severity', 'off']);

/** Linters that golangci-lint 2 runs unless it is told to run none, and those that one of them took in. */
const byDefault = /^(?:errcheck|govet|ineffassign|staticcheck|unused|gosimple|stylecheck)$/;

/** A list without what another list of the same kind has now, or what the tool does unasked. */
function withoutMoved(
  was: Values,
  key: string,
  is: Values | undefined,
  old: Settings,
  now: Settings,
): Values {
  const isList = (name: string) => /^(?:linters|formatters)\.enable$/.test(name);
  if (!isList(key)) return was;
  const lists = [...now].filter(([other]) => other !== key && isList(other));
  const elsewhere = new Set(lists.flatMap(([, values]) => values));
  const off = new Set(
    [...now].filter(([other]) => /(?:^|\.)disable$/.test(other)).flatMap(([, values]) => values),
  );
  // Who names a linter that runs anyway wants it for sure; the second edition of the file names it no more.
  const isRenewed = now.get('version')?.[0] === '2' && !old.has('version');
  const isNone = now.get('linters.default')?.[0] === 'none';
  const runsAnyway = (one: string) => isRenewed && !isNone && key === 'linters.enable' && byDefault.test(one);
  const stays = (one: string) => !off.has(one) && (elsewhere.has(one) || runsAnyway(one));
  return was.filter((one) => is?.includes(one) || !stays(one));
}

/** A linter that is told to apply every rule that it has, and was not. */
const asksForAll = (key: string, was: Values = [], is: Values = []) =>
  /(?:^|\.)(?:extend-)?select$/.test(key) && is.includes('ALL') && !was.includes('ALL');

/** Hooks of which `ruff` applies the rules itself, when it is told to apply all. */
const byRuff =
  /^repos\.hooks\.id has (?:isort|pyupgrade|flake8|pydocstyle|autoflake|bandit|pycln|debug-statements|yesqa|pygrep-hooks) no more$/;

/** Whether the linter that a hook runs is of another edition than before. */
function isOtherEdition({ path, before, after }: FileTexts): boolean {
  const edition = (text: string) => /ruff-pre-commit["']?\s*\n\s*rev:\s*(\S+)/.exec(text)?.[1];
  const [old, now] = [edition(before), edition(after)];
  return (
    /(?:^|\/)\.pre-commit-config\.yaml$/.test(path) && old !== undefined && now !== undefined && old !== now
  );
}

/** Explains hooks that are gone while the linter that is left is told to apply every rule. */
export function explainHooks(found: readonly Weakening[], files: readonly FileTexts[]): Weakening[] {
  const all = files.some(({ path, before, after }) => {
    if (!/(?:^|\/)(?:pyproject|\.?ruff)\.toml$/.test(path)) return false;
    const [old, now] = [settingsOf(path, before), settingsOf(path, after)];
    return [...now].some(([key, values]) => asksForAll(key, old.get(key), values));
  });
  const hasRuff = files.some(
    ({ path, after }) => /pre-commit-config/.test(path) && /^\s*-\s*id:\s*ruff(?:-check)?\s*$/m.test(after),
  );
  const isRaised = files.some(isOtherEdition);
  return found.map((one) => {
    if (all && hasRuff && byRuff.test(one.what))
      return { ...one, explained: 'ruff applies all rules in its place' };
    const isIgnored = /(?:lint\.|ruff\.)(?:extend-)?ignore leaves out /.test(one.what);
    return isIgnored && isRaised && !one.explained
      ? { ...one, held: 'the linter is of another edition, which may have new rules' }
      : one;
  });
}

/** Rules of linters and type checkers; what is run and what is covered is no taste. */
const isTaste = (key: string) =>
  /ruff|lint|mypy|flake8|pylint|rules|disable|select|ignore$/.test(key) &&
  !/pytest|cover|test/i.test(key.replace(/per-file-ignores\..*/, ''));
