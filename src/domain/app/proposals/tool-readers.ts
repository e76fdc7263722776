/** What tools with verbs of their own check: build systems, package managers of languages, test runners of Python. */
import { below, type ProjectFiles } from './files.js';
import { type CheckKind, kindOfName, kindOfTool, noCheck } from './kinds.js';
import { programName } from './read-only.js';

export interface ReadCommand {
  kind: CheckKind;
  /** What it is called: the script, the target, the tool. */
  name: string;
  /** Commands of the same key are forms of one check. */
  key: string;
  /** What is run in its place because it would write; 'none' where nothing can be. */
  instead?: readonly string[] | 'none';
}

/** Where a command runs. */
export interface CommandPlace {
  files: ProjectFiles;
  /** Folder of the repository. */
  folder: string;
  /** How deep scripts call scripts here. */
  depth?: number;
}

/** What the words run as a check; undefined: nothing that checks, as far as can be told. */
export type CommandReader = (words: readonly string[], place: CommandPlace) => ReadCommand | undefined;

export const plainWords = (words: readonly string[]) => words.filter((word) => !word.startsWith('-'));

export const ofTox: CommandReader = (words) => {
  const at = words.findIndex((word) => /^(?:-e|-f|-s|--session|--sessions|-t)$/.test(word));
  const glued = words.map((word) => /^(?:-e|-s|--session=|--sessions=)(\S+)$/.exec(word)?.[1]).find(Boolean);
  const env = (at >= 0 ? words[at + 1] : glued) ?? '';
  if (
    noCheck(env) ||
    words.some((word) => /^(?:--notest|--version|--list\w*|-l|-a|--install-only|devenv|config)$/.test(word))
  )
    return undefined;
  const tool = programName(words[0]!);
  const isVersion = /^(?:py|pypy|tests?-?|unit-?)?[-_]?\d[\d.]*(?:-\S+)?$|^(?:py|pypy)\d?[\d.]*/.test(env);
  const kind = isVersion || env === '' ? 'test' : (kindOfName(env) ?? 'test');
  const key = `${tool} ${isVersion || env === '' ? 'tests' : env.replace(/^(?:py[\d.]+|\$\w+)-|\$\(.*?\)/g, '')}`;
  const isNamed = !isVersion && /^[\w.:-]+$/.test(env);
  const found: ReadCommand = { kind, name: isNamed ? env : tool, key };
  // Whatever Python is here will do.
  const any =
    isVersion && tool === 'tox' && at >= 0 && /^py(?:py)?[\d.]+$/.test(env)
      ? words.with(at + 1, 'py')
      : undefined;
  return any ? { ...found, instead: any } : found;
};

export const ofCargo: CommandReader = (words) => {
  const rest = words.slice(1).filter((word) => !word.startsWith('+'));
  const verb = plainWords(rest)[0] ?? '';
  const kinds: Record<string, CheckKind> = {
    test: 'test',
    t: 'test',
    nextest: 'test',
    'llvm-cov': 'test',
    tarpaulin: 'test',
    miri: 'test',
    hack: 'build',
    build: 'build',
    b: 'build',
    check: 'build',
    c: 'build',
    doc: 'build',
    rustdoc: 'build',
    clippy: 'lint',
    fmt: 'lint',
    deny: 'lint',
    machete: 'lint',
    udeps: 'lint',
    sort: 'lint',
    'semver-checks': 'lint',
    msrv: 'build',
    xtask: 'test',
    'minimal-versions': 'build',
    'public-api': 'lint',
  };
  let kind = kinds[verb];
  const later = plainWords(rest).slice(1);
  if (verb === 'hack' || verb === 'minimal-versions' || verb === 'msrv') kind = kinds[later[0] ?? ''] ?? kind;
  if (verb === 'xtask') kind = kindOfName(later.join(' '));
  if (verb === 'run') kind = undefined;
  if (!kind) return undefined;
  const manifest = words[words.indexOf('--manifest-path') + 1];
  const where = words.includes('--manifest-path') ? ` ${manifest}` : '';
  const sub = /^(?:hack|xtask|miri|minimal-versions)$/.test(verb) ? ` ${later[0] ?? ''}` : '';
  return { kind, name: verb === 't' ? 'test' : verb, key: `cargo ${verb}${sub}${where}` };
};

export const ofGo: CommandReader = (words) => {
  const verb = plainWords(words)[1] ?? '';
  const kinds: Record<string, CheckKind> = {
    test: 'test',
    vet: 'lint',
    build: 'build',
    fmt: 'lint',
    tool: 'lint',
  };
  if (verb === 'run') {
    const tool = programName((plainWords(words)[2] ?? '').replace(/@.*$/, ''));
    const kind = kindOfTool(tool);
    return kind ? { kind, name: tool, key: tool } : undefined;
  }
  if (verb === 'mod') {
    const what = plainWords(words)[2] ?? '';
    return /^(?:tidy|verify)$/.test(what)
      ? { kind: 'lint', name: `mod-${what}`, key: `go mod ${what}` }
      : undefined;
  }
  if (verb === 'tool' && !kindOfTool(programName(plainWords(words)[2] ?? ''))) return undefined;
  const kind = kinds[verb];
  if (!kind || words.some((word) => /^-(?:bench|fuzz)/.test(word) && !/^-fuzz(?:=$|$)/.test(word)))
    return undefined;
  return { kind, name: verb, key: `go ${verb}` };
};

export const ofJvm: CommandReader = (words) => {
  const goals = plainWords(words)
    .slice(1)
    .filter((word) => !noCheck(word) || /^(?:install|verify|test)$/.test(word));
  const tool = programName(words[0]!).startsWith('mvn') ? 'mvn' : 'gradle';
  if (
    words.some((word) =>
      /^(?:--version|-v|deploy|publish\S*|release:\S+|dependency:(?:go-offline|resolve)|wrapper|-DskipTests(?:=true)?|help)$/.test(
        word,
      ),
    )
  ) {
    return words.some((word) => word.startsWith('-DskipTests')) && goals.length > 0
      ? { kind: 'build', name: 'build', key: `${tool} build` }
      : undefined;
  }
  const goal = goals.at(-1) ?? '';
  const kind: CheckKind =
    /spotless|checkstyle|lint|detekt|fmt|format|pmd|spotbugs|apiCheck|japicmp|javadoc/i.test(goal)
      ? 'lint'
      : /^(?:compile|test-compile|assemble|build\w+|jar|classes|package)$/i.test(goal)
        ? 'build'
        : 'test';
  return {
    kind,
    name: kind === 'test' ? 'test' : goal.replace(/^.*:/, '') || kind,
    key: `${tool} ${kind} ${goal}`,
  };
};

export const ofDotnet: CommandReader = (words) => {
  const kinds: Record<string, CheckKind> = { build: 'build', test: 'test', format: 'lint' };
  const verb = words[1] ?? '';
  const kind = kinds[verb];
  return kind ? { kind, name: verb, key: `dotnet ${verb} ${plainWords(words)[2] ?? ''}` } : undefined;
};

export const ofComposer: CommandReader = (words, place) => {
  const script =
    plainWords(words)
      .slice(1)
      .find((word) => !/^(?:run|run-script|exec)$/.test(word)) ?? '';
  if (/^(?:validate|normalize)$/.test(script)) {
    const found: ReadCommand = { kind: 'lint', name: script, key: `composer ${script}` };
    return script === 'normalize' && !words.includes('--dry-run')
      ? { ...found, instead: [...words, '--dry-run'] }
      : found;
  }
  if (
    noCheck(script) ||
    /^(?:install|update|require|config|self-update|dump-autoload|global|remove|show|audit|bin)$/.test(script)
  )
    return undefined;
  const kind = kindOfName(script);
  const text = place.files.texts.get(below(place.folder, 'composer.json') ?? '') ?? '';
  return kind && text.includes(`"${script}"`) ? { kind, name: script, key: `composer ${script}` } : undefined;
};

export const ofRake: CommandReader = (words) => {
  const task = plainWords(words)[1] ?? 'default';
  if (noCheck(task)) return undefined;
  return { kind: kindOfName(task) ?? 'test', name: task === 'default' ? 'test' : task, key: `rake ${task}` };
};

export const ofCmake: CommandReader = (words) => {
  if (words.some((word) => /^(?:-E|--install|--version|--help|-P)$/.test(word))) return undefined;
  const at = words.findIndex((word) => /^(?:--target|-t)$/.test(word));
  const target = at >= 0 ? (words[at + 1] ?? '') : '';
  if (noCheck(target)) return undefined;
  return {
    kind: kindOfName(target) ?? 'build',
    name: target || 'build',
    key: `cmake ${words.includes('--build') ? `build ${target}` : 'configure'}`,
  };
};

export const ofMeson: CommandReader = (words) => {
  const verb = words[1] ?? '';
  return /^(?:test|compile|setup)$/.test(verb)
    ? { kind: verb === 'test' ? 'test' : 'build', name: verb, key: `meson ${verb}` }
    : undefined;
};

export const ofPython: CommandReader = (words) =>
  /^(?:build|compileall)$/.test(programName(words[0]!))
    ? { kind: 'build', name: 'build', key: 'python build' }
    : undefined;
