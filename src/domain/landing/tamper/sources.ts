/** What a change says outside of its tests: words that went, and files by which tools are told to do otherwise. */
import type { DiffFile, DiffLine } from '../diff.js';
import { claimsIn } from './claims.js';
import { type ChangedLines, definedIn, goneMembers, goneNames } from './gone-names.js';
import { takenBack } from './taken-back.js';
import { type FileTexts, isTestFile } from './test-files.js';
import { namingWords, type SourceChange, type Weakening } from './weakening.js';

const source =
  /\.(?:[cm]?[jt]sx?|vue|svelte|py|pyi|go|rs|java|kts?|c|cc|cpp|cxx|h|hh|hpp|cs|rb|php|swift|scala|exs?|css|scss|proto)$/;

/**
 * What a change does to the sources. Words that it removes, and that it adds or keeps nowhere beside, are gone: so is
 * what was called by them.
 * @param reverted what the commits did that the change says to take back
 */
export function sourceChange(
  files: readonly DiffFile[],
  texts: readonly FileTexts[],
  reverted: readonly (readonly DiffFile[])[] = [],
): SourceChange {
  const sources = files.filter(({ path }) => !isTestFile(path) && source.test(path));
  const deleted = sources.filter(({ change }) => change === 'deleted');
  const lines = sources.flatMap((file) => linesOfSource(file, texts));
  const of = (kind: DiffLine['kind']) => lines.filter((line) => line.kind === kind).map(({ text }) => text);
  // What only a comment speaks of still is not there any more.
  const stays = [...of('added'), ...of('context')].filter((text) => !isComment.test(text));
  const kept = new Set(stays.flatMap(namingWords));
  const stems = deleted.flatMap(({ path, oldPath }) => namingWords(stemOf(oldPath ?? path)));
  const words = new Set([...stems, ...of('removed').flatMap(namingWords)].filter((word) => !kept.has(word)));
  // It may be called still: another thing has the name now, or has come in its place.
  const added = new Set(definedIn(of('added')));
  for (const name of definedIn(of('removed'))) if (!added.has(name)) words.add(name);
  const changed: ChangedLines = {
    removed: of('removed'),
    added: of('added'),
    after: [...stays, ...linesAfter(sources, texts)],
  };
  for (const name of goneMembers(changed)) words.add(name);
  const folderOf = (path: string) => path.slice(0, path.lastIndexOf('/') + 1);
  return {
    words,
    names: goneNames(words, changed),
    folders: new Set(
      deleted
        .filter(({ path }) => path.includes('/') && !path.endsWith('.rs'))
        .map(({ path }) => folderOf(path)),
    ),
    back: takenBack(files, reverted),
    tags: new Set(of('added').flatMap(tagsIn)),
    data: files
      .filter(({ path, change }) => change === 'modified' && isTestFile(path) && !source.test(path))
      .reduce((sum, { added }) => sum + added, 0),
    isChanged: of('added').length + of('removed').length > 0,
    claims: of('added').filter((text) => claimsIn(text, text).some(({ weight }) => weight === 'strong')),
  };
}

/** Tags by which Go, with such a line, builds a file or leaves it out. */
const tagsIn = (line: string): string[] =>
  /^\/\/(?:go:build|\s*\+build)\s+(.+)$/
    .exec(line)?.[1]
    ?.split(/[\s()&|,!]+/)
    .filter(Boolean) ?? [];

/** All that the sources say afterwards, where their texts were read. */
function linesAfter(sources: readonly DiffFile[], texts: readonly FileTexts[]): string[] {
  const paths = new Set(sources.map(({ path }) => path));
  return texts
    .filter(({ path }) => paths.has(path))
    .flatMap(({ after }) => after.split('\n').filter((line) => !isComment.test(line)));
}

const isComment = /^\s*(?:\/\/|\/?\*|#(?!\s*(?:define|include|if|el|end|pragma|\[)))/;

/** Lines of a file that are no tests beside the code. */
function linesOfSource({ path, hunks }: DiffFile, texts: readonly FileTexts[]): DiffLine[] {
  const whole = texts.find((one) => one.path === path);
  const tests = { old: testsFrom(path, whole?.before), now: testsFrom(path, whole?.after) };
  return hunks
    .flat()
    .filter(({ line, oldLine }) => (oldLine === undefined ? line < tests.now : oldLine < tests.old));
}

const asksForTests =
  /\b(?:NODE_TEST_CONTEXT|JEST_WORKER_ID|VITEST(?:_WORKER_ID|_POOL_ID)?|PYTEST_CURRENT_TEST|PYTEST_VERSION)\b|["']pytest["']\s+in\s+sys\.modules|\btesting\.Testing\(\)|\bcfg!\(test\)|["'](?:org\.junit|junit)\.[\w.]*["'].*(?:stack|Class\.forName)/i;

/** Sources that ask whether they are being tested: what is tested is not what runs then. */
export function knowingSources(files: readonly DiffFile[], texts: readonly FileTexts[] = []): Weakening[] {
  return files
    .filter(({ path }) => !isTestFile(path) && source.test(path) && !settings.test(path))
    .flatMap(({ path, change, hunks }) => {
      const isSetUp =
        change === 'added' && texts.some((text) => settings.test(text.path) && setsUpBy(path, text));
      return hunks
        .flat()
        .filter(({ kind, text }) => kind === 'added' && asksForTests.test(text))
        .map(({ line }) => ({
          ...{ path, line, what: 'asks whether it is being tested' },
          ...(isSetUp ? { held: 'tests are set up by it, and nothing else may run it' } : {}),
        }));
    });
}

/** Whether the settings of a runner name the file among those that are run before its tests. */
const setsUpBy = (path: string, { after }: FileTexts) =>
  [...after.matchAll(/\b(?:setupFiles\w*|globalSetup)\b\s*:\s*(?:\[(?:[^\](]|\([^)]*\))*\]|[^\n]*)/g)].some(
    ([list]) => list.includes(path.slice(path.lastIndexOf('/') + 1)),
  );

const settings =
  /(?:^|\/)[^/]*(?:config|setup|teardown|environment|reporter|rc)\.[cm]?[jt]sx?$|(?:^|\/)(?:conftest|noxfile|setup)\.py$/i;

/** The line from which on a Rust file is tests. */
function testsFrom(path: string, text = ''): number {
  const at = path.endsWith('.rs') ? text.search(/^#\[cfg\((?:all\()?test\b|^\s*#\[(?:\w+::)*test\b/m) : -1;
  return at < 0 ? Number.POSITIVE_INFINITY : text.slice(0, at).split('\n').length;
}

const stemOf = (path: string) => path.slice(path.lastIndexOf('/') + 1).replace(/\..*$/, '');

/** Files that a tool reads unasked, and what in them makes it another tool. */
const hijacks: readonly [RegExp, RegExp, string][] = [
  [/(?:^|\/)(?:sitecustomize|usercustomize)\.py$/, /\S/, 'runs with every Python program'],
  [/\.pth$/, /\bimport\b/, 'runs with every Python program'],
  [
    /(?:^|\/)\.npmrc$/,
    /^\s*(?:script-shell|node-options|ignore-scripts|shell|prefix)\s*=/m,
    'says how scripts are run',
  ],
  [
    /(?:^|\/)\.yarnrc(?:\.yml)?$/,
    /\b(?:yarnPath|yarn-path|plugins|enableScripts)\b/,
    'says which program is run',
  ],
  [
    /(?:^|\/)\.cargo\/config(?:\.toml)?$/,
    /\b(?:runner|rustc|rustc-wrapper|linker|alias)\b/,
    'says how programs are run',
  ],
  [
    /(?:^|\/)\.mvn\/(?:maven\.config|jvm\.config|extensions\.xml)$/,
    /skip|testFailureIgnore|extension|-D\w*test/i,
    'says how the build is run',
  ],
  [/(?:^|\/)gradle\.properties$/, /skip|ignoreFailures|\btest\w*\s*=\s*false/i, 'says how the build is run'],
  [
    /(?:^|\/)(?:\.bazelrc|\.buckconfig)$/,
    /test_(?:filter|tag_filters)|--build_tests_only|keep_going/,
    'says how the build is run',
  ],
  [
    /(?:^|\/)(?:nodemon|\.swcrc|\.env\.test)$/,
    /NODE_OPTIONS|PYTEST_ADDOPTS|GOFLAGS|RUSTFLAGS|MAVEN_OPTS/,
    'sets options of tools',
  ],
  [/(?:^|\/)\.envrc$/, /\S/, 'runs when a shell enters the folder'],
];

/** A file that was changed so that a tool runs otherwise, or one that stands before the one that people wrote. */
export function hijackedTools(files: readonly FileTexts[]): Weakening[] {
  return files.flatMap(({ path, before, after }) => {
    const found = hijacks.find(([name, shape]) => {
      const many = (text: string) => text.match(new RegExp(shape.source, `${shape.flags}g`))?.length ?? 0;
      return name.test(path) && many(after) > many(before);
    });
    if (found) {
      // Scripts of packages are not run then, and neither is what stands around our own: it may be either's reason.
      const isCareful =
        found[0].test('.npmrc') && !found[1].test(after.replace(/^\s*ignore-scripts\s*=.*$/gm, ''));
      const held = isCareful
        ? { held: 'what runs before and after scripts is left out, and scripts of packages too' }
        : {};
      return [{ path, line: 1, what: found[2], ...held }];
    }
    // These names come first, wherever another of the kind is beside them.
    const before2 =
      /(?:^|\/)(?:GNUmakefile|makefile|\.pytest\.ini|pytest\.ini)$/.test(path) &&
      before === '' &&
      after !== '';
    return before2 ? [{ path, line: 1, what: 'is read in place of the file that was read before' }] : [];
  });
}

/** Whether a file of this name is looked at for that. */
export const mayHijack = (path: string): boolean => hijacks.some(([name]) => name.test(path));
