/** One command of CI or of a manifest: what it checks, and how it is run without writing. */
import {
  below,
  justfiles,
  makefiles,
  type ProjectFiles,
  packageManager,
  packageScripts,
  recipesOf,
} from './files.js';
import { type CheckKind, kindOfName, kindOfTool, noCheck } from './kinds.js';
import { programName, readOnlyForm } from './read-only.js';
import { taskRun } from './runners.js';
import { quoted, type Statement, statementOf, statementsOf } from './shell.js';
import {
  type CommandPlace,
  type CommandReader,
  ofCargo,
  ofCmake,
  ofComposer,
  ofDotnet,
  ofGo,
  ofJvm,
  ofMeson,
  ofPython,
  ofRake,
  ofTox,
  plainWords,
  type ReadCommand,
} from './tool-readers.js';

type Instead = NonNullable<ReadCommand['instead']>;

/** What the words run as a check; undefined: nothing that checks, as far as can be told. */
function readCommand(words: readonly string[], place: CommandPlace): ReadCommand | undefined {
  const { prefix, inner } = unwrapped(words);
  const [program = '', ...rest] = inner;
  const name = programName(program);
  const task = taskRun(inner) ?? (isKnown(name) ? undefined : taskRun(words));
  if (task) return { ...task, key: `${below(place.folder, '.') || '.'} ${task.key}` };
  if (
    (never.test(name) && !program.slice(1).includes('/')) ||
    program.startsWith('/') ||
    (place.depth ?? 0) > 4
  )
    return undefined;
  const reader = Object.hasOwn(readers, name) ? readers[name]! : undefined;
  const read = reader ? reader(inner, place) : byTool(inner, place);
  if (!read) return undefined;
  const instead = read.instead;
  const again = instead && instead !== 'none' && instead[0] === program ? [...prefix, ...instead] : instead;
  const base = below(place.folder, '.') || '.';
  const found: ReadCommand = { ...read, key: `${base} ${read.key}` };
  if (again) return { ...found, instead: again };
  const form = reader && reader !== tooled ? undefined : readOnlyForm([program, ...rest]);
  if (form === undefined) return found;
  return { ...found, instead: form === 'none' || form[0] !== program ? form : [...prefix, ...form] };
}

/** Whether a name stands for a tool; where it does not, what starts it may take it for the name of a task. */
const isKnown = (name: string) => kindOfTool(name) !== undefined || Object.hasOwn(readers, name);

/** What is no check, whatever its arguments, or must not be run here. */
const never =
  /^(?:sudo|apt|apt-get|apk|brew|yum|dnf|pacman|choco|winget|curl|wget|docker|podman|git|gh|rm|mv|cp|ln|mkdir|touch|cat|echo|printf|export|unset|set|source|\.|cd|pushd|popd|ls|pwd|which|test|\[|\[\[|true|false|exit|sleep|kill|chmod|chown|tar|unzip|zip|grep|awk|sed|find|xargs|tee|diff|rustup|pip|pip3|pipx|conda|gem|nvm|corepack|ssh|scp|rsync|aws|gcloud|az|heroku|vercel|netlify|codecov|coveralls|goveralls|java|ps|date|uname|env|cargo-install|virtualenv|pyenv|rbenv|asdf|mise|jq|head|tail|wc|sort|cmp|sha256sum|shasum|gpg|7z|strip|ldconfig|update-alternatives|systemctl|service|xcode-select|locale|df|du|semantic-release|changeset|goreleaser|verdaccio|hyperfine|nproc|ccache|sccache|powershell|pwsh|cmd|twine|mike|redis-server|mysql|psql|createdb)$/;

/** Programs that start another one. */
function unwrapped(words: readonly string[]): { prefix: string[]; inner: string[] } {
  const shapes: readonly RegExp[] = [
    /^(?:time|nice|nohup|command|exec|\w*with-retry)$/,
    /^xvfb-run(?: (?:-a|--auto-servernum|-s \S+))*$/,
    /^timeout(?: -\S+)* \S+$/,
    /^(?:env|cross-env)(?: [A-Za-z_]\w*=.*?)*$/,
    /^(?:uv|rye|pdm|poetry|pipenv|hatch) run(?: (?:--?(?:with|group|extra|python|p|only-group|package|no-group|env-file|e|env|project) \S+|--?[\w-]+(?:=\S+)?))*(?: --)?$/,
    /^uvx(?: (?:--(?:with|from|python) \S+|--[\w-]+(?:=\S+)?))*$/,
    /^bundle exec$/,
    /^(?:npx|bunx)(?: (?:-p \S+|--?[\w-]+(?:=\S+)?))*$/,
    /^(?:pnpm|npm|yarn|bun)(?: (?:-r|--recursive|-s|--silent|--filter[= ]\S+))*(?: exec| dlx| x)(?: --?[\w-]+)*$/,
    /^(?:python3?(?:\.\d+)?|py|pypy3?)(?: -(?:[bBEIsSuvx]|W\S*|X \S+|W \S+|bb|I))* -m$/,
    /^coverage run(?: (?:-[pa]|--[\w-]+(?:=\S+)?))*(?: -m)?$/,
    /^(?:nyc|c8)(?: --?[\w-]+(?:=\S+)?)*$/,
    /^(?:mise|rtx|devbox|direnv|nix|flox)(?: \w+)* --$/,
    /^(?:node|bun|deno)(?: --?[\w-]+(?:=\S+)?)+ (?=node_modules)/,
    /^(?:php)(?: -d \S+| -\S+)*$/,
  ];
  const prefix: string[] = [];
  let inner = [...words];
  for (let turn = 0; turn < 5; turn++) {
    while (/^[A-Za-z_]\w*=/.test(inner[0] ?? '')) prefix.push(...inner.splice(0, 1));
    // The longest beginning that only starts something else, with a program left behind it.
    const most = Math.min(inner.length - 1, 8);
    const at = Array.from({ length: Math.max(0, most) }, (_, less) => most - less).find((many) => {
      const start = inner.slice(0, many).join(' ');
      return !inner[many]!.startsWith('-') && shapes.some((shape) => shape.test(start));
    });
    if (at === undefined) break;
    prefix.push(...inner.slice(0, at));
    inner = inner.slice(at);
  }
  return { prefix, inner };
}

/** A tool known by its name, or a program of the repository known by its path or by what it contains. */
function byTool(words: readonly string[], place: CommandPlace): ReadCommand | undefined {
  const program = words[0] ?? '';
  const name = programName(program);
  const kind = kindOfTool(name);
  if (kind) {
    if (words.slice(1).some((word) => /^(?:--version|--help|-V|install|upload|serve|init|cache)$/.test(word)))
      return undefined;
    const verb = /^(?:ruff|biome|pre-commit|playwright|buf|terraform)$/.test(name)
      ? (plainWords(words)[1] ?? '')
      : '';
    return {
      kind,
      name: [name, verb].filter((one) => one && !/^(?:check|run|test)$/.test(one)).join('-'),
      key: `${name} ${verb}`,
    };
  }
  return byFile(program, words, place);
}

/** A script of the repository's own. */
function byFile(program: string, words: readonly string[], place: CommandPlace): ReadCommand | undefined {
  const path = program.includes('/') || program.includes('.') ? below(place.folder, program) : undefined;
  if (path === undefined || !place.files.paths.has(path)) return undefined;
  const name = programName(program).replace(/\.\w+$/, '');
  if (noCheck(name)) return undefined;
  const text = place.files.texts.get(path) ?? '';
  const inside =
    /\.(?:[cm]?[jt]s|rb|pl|php)$/.test(path) || text.length > 20_000 ? undefined : readScript(text, place);
  const own = kindOfName(path.replace(/\.\w+$/, ''));
  const kind = /^(?:check|ci|validate|all|run)$/.test(name) ? (inside?.kind ?? own) : (own ?? inside?.kind);
  if (!kind) return undefined;
  const rest = plainWords(words).slice(1).join(' ');
  const found: ReadCommand = { kind, name, key: `${path} ${rest}` };
  return inside?.instead ? { ...found, instead: inside.instead } : found;
}

/** What a script, a package script or a recipe checks: the kind of its first check, and what to run where it writes. */
function readScript(
  text: string,
  { files, folder, depth = 0 }: CommandPlace,
): { kind?: CheckKind; instead?: Instead } {
  const statements = statementsOf(text.replace(/^#!.*$/m, ''));
  const deeper = { files, folder, depth: depth + 1 };
  if (!statements) {
    const lines = text.split('\n').map((line) => statementOf(line.trim()));
    const read = lines.map(({ words }) => readCommand(words, deeper));
    const writes = read.some((one) => one?.instead !== undefined);
    const kind = read.find((one) => one)?.kind;
    return { ...(kind ? { kind } : {}), ...(writes ? { instead: 'none' as const } : {}) };
  }
  const runs = statements.filter(
    ({ words }) => words.length > 0 && !/^(?:set|export|echo|cd)$/.test(words[0]!),
  );
  const read = runs.map((statement) => readCommand(statement.words, deeper));
  const kind = read.find((one) => one)?.kind;
  const kinds = kind ? { kind } : {};
  const writing =
    read.some((one) => one?.instead !== undefined) ||
    runs.some(({ words }) => readOnlyForm(words) !== undefined);
  if (!writing) return kinds;
  if (read.some((one) => !one || one.instead === 'none') || statements.length !== runs.length) {
    return { ...kinds, instead: 'none' };
  }
  const parts = runs.map(({ words, env, text: said }, at) => {
    const argv = read[at]!.instead;
    const own = argv === undefined || argv === 'none' ? undefined : localTool(argv, folder, files);
    const assigned = Object.entries(env).map(([name, value]) => `${name}=${quoted(value)}`);
    if (own) return { argv: own, line: [...assigned, ...own.map(quoted)].join(' ') };
    const start = localTool(words, folder, files);
    return { argv: start, line: start === words ? said : [...assigned, ...start.map(quoted)].join(' ') };
  });
  const [only] = parts;
  if (parts.length === 1 && Object.keys(runs[0]!.env).length === 0) return { ...kinds, instead: only!.argv };
  return { ...kinds, instead: ['sh', '-c', parts.map(({ line }) => line).join(' && ')] };
}

/** A tool that package scripts find below node_modules; elsewhere it needs the package manager to be found. */
function localTool(argv: readonly string[], folder: string, files: ProjectFiles): readonly string[] {
  const name = argv[0] ?? '';
  const isNode = files.paths.has(below(folder, 'package.json') ?? '');
  if (
    !isNode ||
    name.includes('/') ||
    /^(?:sh|bash|node|npm|npx|pnpm|yarn|bun|make|cargo|go|python3?|uv)$/.test(name)
  )
    return argv;
  return kindOfTool(name) ? [...execOf(files), ...argv] : argv;
}

const execOf = (files: ProjectFiles): string[] => {
  const manager = packageManager(files);
  return manager === 'npm' ? ['npx', '--no-install'] : manager === 'bun' ? ['bunx'] : [manager, 'exec'];
};

/** npm, pnpm, yarn and bun: a script of package.json, or a tool that it installed. */
const ofPackages: CommandReader = (words, place) => {
  const [first = '', second = ''] = plainWords(words).slice(1);
  const script = /^(?:run|run-script|rum|task)$/.test(first)
    ? second
    : /^(?:t|tst)$/.test(first)
      ? 'test'
      : first;
  if (script === '') return undefined;
  const scripts = packageScripts(place.files, place.folder);
  if (!Object.hasOwn(scripts, script))
    return script === first ? notInScripts(words, first, place) : inWorkspaces(words, script);
  if (noCheck(script)) return undefined;
  const inside = readScript(scripts[script]!, { ...place, depth: (place.depth ?? 0) + 1 });
  const own = kindOfName(script);
  const isGeneral = own === undefined || /^(?:check|ci|verify|validate)$/.test(script);
  const kind = isGeneral ? (inside.kind ?? own) : own;
  if (!kind) return undefined;
  return {
    kind,
    name: script,
    key: `script ${script}`,
    ...(inside.instead ? { instead: inside.instead } : {}),
  };
};

/** A script that the packages of a workspace have. */
function inWorkspaces(words: readonly string[], script: string): ReadCommand | undefined {
  const isMany = /^(?:-r|--recursive|--filter|-F|--workspaces?|-ws|-w|--cwd|-C|--prefix)/;
  const kind = words.some((word) => isMany.test(word)) && !noCheck(script) ? kindOfName(script) : undefined;
  return kind ? { kind, name: script, key: words.join(' ') } : undefined;
}

/** Other managers than npm run installed tools by their names. */
function notInScripts(words: readonly string[], first: string, place: CommandPlace): ReadCommand | undefined {
  const many = inWorkspaces(words, first);
  if (many || words[0] === 'npm' || !kindOfTool(programName(first))) return many;
  return byToolOf(words, words.slice(words.indexOf(first)), place);
}

function byToolOf(
  words: readonly string[],
  tool: readonly string[],
  place: CommandPlace,
): ReadCommand | undefined {
  const read = byTool(tool, place);
  const form = readOnlyForm(tool);
  const start = words.slice(0, words.length - tool.length);
  if (!read || form === undefined) return read;
  return { ...read, instead: form === 'none' ? form : [...start, ...form] };
}

const ofMake: CommandReader = (words, place) => {
  const { folder, targets } = makeArguments(words, place.folder);
  const isJust = programName(words[0]!) === 'just';
  const recipes = recipesOf(place.files, folder, isJust ? justfiles : makefiles);
  const wanted = targets.filter((target) => !noCheck(target));
  if (targets.length > 0 && wanted.length === 0) return undefined;
  const name = wanted.at(-1) ?? (isJust ? (recipes.keys().next().value ?? '') : 'all');
  const recipe = recipes.get(name) ?? '';
  const inside = readScript(recipe, { ...place, folder, depth: (place.depth ?? 0) + 1 });
  const kind = kindOfName(name) ?? inside.kind ?? (wanted.length === 0 || !isJust ? 'build' : undefined);
  if (!kind) return undefined;
  const called = wanted.length > 0 ? name : 'build';
  const found: ReadCommand = {
    kind,
    name: called,
    key: `${programName(words[0]!)} ${folder} ${wanted.join(' ')}`,
  };
  if (!inside.instead) return found;
  const isAlone = targets.length <= 1 && inside.instead !== 'none' && !/\$[({]/.test(recipe);
  return { ...found, instead: isAlone ? inside.instead : 'none' };
};

function makeArguments(words: readonly string[], start: string): { folder: string; targets: string[] } {
  let folder = start;
  const targets: string[] = [];
  for (let at = 1; at < words.length; at++) {
    const word = words[at]!;
    if (/^(?:-C|--directory)$/.test(word)) folder = below(folder, words[++at] ?? '') ?? folder;
    else if (word === '-f') at++;
    else if (!/^-|=|^\d+$/.test(word)) targets.push(word);
  }
  return { folder, targets };
}

/** A file that an interpreter runs. */
const ofInterpreter: CommandReader = (words, place) => {
  const file = words.slice(1).find((word) => !word.startsWith('-')) ?? '';
  if (words.includes('--test')) return { kind: 'test', name: 'test', key: words.slice(0, 3).join(' ') };
  if (/^(?:-c|-e|-p)$/.test(words[1] ?? '')) return undefined;
  const at = words.indexOf(file);
  if (words[0] === 'bun' || words[0] === 'deno') {
    if (file === 'test' || file === 'lint' || file === 'check' || file === 'fmt') {
      const kind = file === 'test' ? 'test' : file === 'check' ? 'types' : 'lint';
      return { kind, name: file, key: `${words[0]} ${file}` };
    }
    if (file === 'task' || file === 'run') return ofPackages(words, place);
  }
  return byFile(file.includes('/') ? file : `./${file}`, words.slice(at), place);
};

/** Tools whose name says the kind, and whose arguments say whether they write. */
const tooled: CommandReader = byTool;

const readers: Record<string, CommandReader> = {
  npm: ofPackages,
  pnpm: ofPackages,
  yarn: ofPackages,
  make: ofMake,
  gmake: ofMake,
  just: ofMake,
  tox: ofTox,
  nox: ofTox,
  cargo: (words, place) => withForm(ofCargo(words, place), words),
  cross: (words, place) => ofCargo(words, place),
  go: (words, place) => withForm(ofGo(words, place), words),
  mvn: (words, place) => withForm(ofJvm(words, place), words),
  mvnw: (words, place) => withForm(ofJvm(words, place), words),
  gradle: (words, place) => withForm(ofJvm(words, place), words),
  gradlew: (words, place) => withForm(ofJvm(words, place), words),
  dotnet: (words, place) => withForm(ofDotnet(words, place), words),
  composer: ofComposer,
  rake: ofRake,
  cmake: ofCmake,
  meson: ofMeson,
  node: ofInterpreter,
  bun: ofInterpreter,
  deno: (words, place) => withForm(ofInterpreter(words, place), words),
  python: ofInterpreter,
  python3: ofInterpreter,
  ruby: ofInterpreter,
  perl: ofInterpreter,
  bash: ofInterpreter,
  sh: ofInterpreter,
  build: ofPython,
};

function withForm(read: ReadCommand | undefined, words: readonly string[]): ReadCommand | undefined {
  const form = read ? readOnlyForm(words) : undefined;
  return read && form ? { ...read, instead: form } : read;
}

/** The words of a whole statement, with its assignments counted as no part of them. */
export const readStatement = (statement: Statement, place: CommandPlace): ReadCommand | undefined =>
  readCommand(statement.words, place);
