/**
 * What judges a change, and is itself part of the change: scripts, targets, and the settings of test runners, linters,
 * type checkers and coverage. What a change makes weaker is told, with the line; what it adds beside is not.
 */
import { isNarrower } from './commands.js';
import { changedRecipes, targetsOf } from './makefile.js';
import { isNamed, isRun } from './named-files.js';
import { changedScripts, scriptsOf } from './package-scripts.js';
import { explainHooks, weakerSettings } from './settings.js';
import type { FileTexts } from './test-files.js';
import type { Weakening } from './weakening.js';

const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);

/** Files by which runners, linters, type checkers and coverage are told what to do, wherever they lie. */
const settingsFile =
  /^(?:package\.json|pyproject\.toml|setup\.cfg|tox\.ini|pytest\.ini|\.pytest\.ini|noxfile\.py|conftest\.py|\.coveragerc|mypy\.ini|\.mypy\.ini|\.?ruff\.toml|\.flake8|\.pylintrc|pylintrc|pyrightconfig\.json|tsconfig[^/]*\.json|jsconfig\.json|(?:jest|vitest|vite|karma|playwright|cypress|ava|wdio|web-test-runner|testem|nightwatch)(?:[.-][\w.-]+)?\.(?:config\.)?(?:[cm]?[jt]s|json)|\.mocharc(?:\.\w+)?|\.nycrc(?:\.\w+)?|\.c8rc(?:\.\w+)?|\.eslintrc(?:\.\w+)?|eslint\.config\.\w+|\.eslintignore|biome\.jsonc?|\.oxlintrc\.json|\.golangci\.(?:ya?ml|toml|json)|clippy\.toml|\.clippy\.toml|Cargo\.toml|pom\.xml|build\.gradle(?:\.kts)?|CMakeLists\.txt|CTestCustom\.cmake|meson\.build|Rakefile|\.rspec|\.rubocop\.yml|\.simplecov|phpunit\.xml(?:\.dist)?|codecov\.ya?ml|\.codecov\.ya?ml|\.pre-commit-config\.yaml|\.testignore)$|\.(?:csproj|runsettings)$/;

/** What lies there is handed out, or is data of tests: nothing here is judged by it. */
const notOurs =
  /(?:^|\/)(?:templates?|template-[^/]*|_{0,2}fixtures?_{0,2}|fixtures?|playgrounds?|examples?|samples?|docs?|website|testdata|cases|test-?cases)\//i;

const isMakefile = (path: string) => /^(?:GNUm|m|M)akefile$|\.mk$/.test(nameOf(path));
const isJustfile = (path: string) => /^\.?justfile$/i.test(nameOf(path));

/** Whether the file may say how a change is judged: by its name, or because a check's command names it. */
export function definesCheck(path: string, runs: readonly (readonly string[])[]): boolean {
  return (
    settingsFile.test(nameOf(path)) ||
    isMakefile(path) ||
    isJustfile(path) ||
    /(?:^|\/)(?:\w*_?test\.go|go\.mod)$/.test(path) ||
    runs.some((run) => isNamed(path, run))
  );
}

/** How the change defines anew what judges it. `runs` are the commands of the checks. */
export function weakerDefinitions(
  files: readonly FileTexts[],
  runs: readonly (readonly string[])[],
): Weakening[] {
  const found = files.flatMap((file): Weakening[] => {
    const { path, before, after } = file;
    if (before === after) return [];
    if (notOurs.test(path) && !runs.some((run) => isNamed(path, run))) return [];
    if (before !== '' && runs.some((run) => isRun(path, run))) {
      return isNarrower(before, after)
        ? [{ path, line: 1, what: 'a check runs it, and it is another now' }]
        : [];
    }
    if (before !== '' && after.trim() === '' && runs.some((run) => isNamed(path, run))) {
      return [{ path, line: 1, what: 'a check reads it, and it is empty now' }];
    }
    if (/_test\.go$/.test(path)) return testMain(file);
    if (nameOf(path) === 'go.mod') return replacedModules(file);
    if (isMakefile(path) || isJustfile(path)) return changedRecipes(file, targetsOf(runs));
    if (!settingsFile.test(nameOf(path))) return [];
    const scripts = nameOf(path) === 'package.json' ? changedScripts(file, scriptsOf(runs)) : [];
    return [...scripts, ...weakerSettings(file)];
  });
  return explainHooks(found, files);
}

/** Go runs its tests only when this function says so, and reports what it says. */
function testMain({ path, before, after }: FileTexts): Weakening[] {
  const mainOf = (text: string) => /^func TestMain\([^)]*\) \{\n[\s\S]*?^\}/m.exec(text)?.[0];
  const [old, now] = [mainOf(before), mainOf(after)];
  if (now === undefined || now === old) return [];
  const line = after.slice(0, after.indexOf(now)).split('\n').length;
  const told = (what: string) => [{ path, line, what: `TestMain ${what}` }];
  const code = now.replace(/\/\/.*$/gm, '');
  if (!/\.Run\(|\bgoleak\.VerifyTestMain|testmain\./i.test(code)) return told('runs no test');
  if (/os\.Exit\(\s*0\s*\)/.test(code) && !/os\.Exit\(\s*0\s*\)/.test(old ?? ''))
    return told('ends well whatever the tests say');
  if (/recover\(\)/.test(code) && !/recover\(\)/.test(old ?? '')) return told('swallows what fails');
  return [];
}

/** A module of Go is taken from among the tests, or from what is called like a stand-in. */
function replacedModules({ path, before, after }: FileTexts): Weakening[] {
  const places = (text: string) => [
    ...text.matchAll(/^(?:replace)?[ \t]*(\S+)(?:[ \t]+v\S+)?[ \t]+=>[ \t]+(\.{1,2}\/\S+)/gm),
  ];
  const known = new Set(places(before).map(([, module, place]) => `${module} ${place}`));
  const fresh = places(after).find(
    ([, module = '', place = '']) =>
      !known.has(`${module} ${place}`) &&
      /(?:^|[/_-])(?:tests?|testing|testdata|stubs?|mocks?|fakes?|dumm(?:y|ies)|doubles?)(?:[/_-]|$)/i.test(
        place,
      ) &&
      !/test|mock|fake|stub/i.test(module),
  );
  if (!fresh) return [];
  const line = after.slice(0, fresh.index).split('\n').length;
  return [{ path, line, what: `${fresh[1]} is replaced by ${fresh[2]}` }];
}
