/** The checks that a project is known to run: its CI's commands first, then what its files say. Pure. */
import type { CiStep } from './ci-step.js';
import { readStatement } from './command.js';
import { below, type ProjectFiles } from './files.js';
import { githubSteps } from './github.js';
import type { CheckKind } from './kinds.js';
import { kindOfTool, noCheck } from './kinds.js';
import { withMain } from './main-checks.js';
import { manifestCommands } from './manifests.js';
import { otherSteps } from './other-ci.js';
import { programName } from './read-only.js';
import { commandsWithin } from './runners.js';
import { quoted, type Statement, statementOf, statementsOf } from './shell.js';

export interface ProposedCommand {
  name: string;
  kind: CheckKind;
  run: string[];
  /** What says so: "CI: ci.yml, job lint", or a file. */
  from: string;
  /** The command as it was found, where another is proposed. */
  found?: string;
  /** Further forms of the same check that CI runs. */
  variants: string[];
  /** Whether it is one of those that tell most of a change; of a project with many, the others are only listed. */
  isMain: boolean;
}

export interface Proposals {
  checks: ProposedCommand[];
  /** Checks that write, and have no form that does not. */
  left: { command: string; from: string; why: string }[];
  /** What CI installs dependencies with, for worktrees that do not have them. */
  setup?: string[];
}

interface Found {
  kind: CheckKind;
  name: string;
  key: string;
  run: string[] | 'none';
  command: string;
  from: string;
  changed: boolean;
  here: boolean;
}

/** What is proposed for a project. */
export function proposeChecks(files: ProjectFiles): Proposals {
  const steps = [...githubSteps(files), ...otherSteps(files)];
  const jobs = new Map<string, CiStep[]>();
  for (const step of steps) {
    const job = `${step.file}\n${step.job}`;
    jobs.set(job, [...(jobs.get(job) ?? []), step]);
  }
  const ofCi = [...jobs.values()].flatMap((all) => jobFound(all, files));
  const local = ofCi.filter(({ here }) => here);
  // What only runs on other systems still tells how a project is checked, where the same can be run here.
  const found = local.length > 0 ? ofCi.filter((one) => one.here || isPortable(one, local)) : ofCi;
  const runnable = found.filter(({ run }) => run !== 'none');
  const kinds = new Set(runnable.map(({ kind }) => kind));
  const tools = new Set(runnable.map(({ key }) => key));
  const known = knownTexts(steps, files);
  const more = manifestCommands(files).flatMap(({ from, script }) => {
    const tool = programName(
      script.replace(/^(?:uv|poetry) run |^npx --no-install |^python3 -m |^vendor\/bin\//, '').split(' ')[0]!,
    );
    if (kindOfTool(tool) && new RegExp(`(?<![\\w.-])${tool}(?![\\w.])`).test(known)) return [];
    const ground: Ground = { files, folder: '', env: {}, from, here: true, ready: [] };
    return readOne(statementOf(script), ground, cmakeStart(script)).filter(
      (one) => !kinds.has(one.kind) && !tools.has(one.key),
    );
  });
  // Of the files, one way to test will do: CI would have named several.
  const extra = more.filter(
    (one, at) => one.kind !== 'test' || more.findIndex(({ kind }) => kind === 'test') === at,
  );
  const setup = setupOf(steps);
  return { ...gathered([...found, ...extra]), ...(setup ? { setup } : {}) };
}

/** A tool that does the same on every system, or a further form of what is run here anyway. */
const isPortable = ({ run, key, command }: Found, local: readonly Found[]): boolean =>
  local.some((one) => one.key === key) ||
  (!/windows|win32|msvc|mingw|macos|darwin|apple/i.test(command) &&
    run !== 'none' &&
    /^(?:go|cargo|npm|pnpm|yarn|tox|nox|pytest)$/.test(run[0] ?? ''));

const installs =
  /^(?:npm (?:ci|install)|pnpm (?:i|install)|yarn(?: install)?|bun install|composer install|bundle install|poetry install|uv sync)(?: --?[\w=-]+)*$/;

function setupOf(steps: readonly CiStep[]): string[] | undefined {
  const lines = steps.filter(({ folder }) => folder === '').flatMap(({ script }) => script.split('\n'));
  return lines
    .map((line) => line.trim())
    .find((line) => installs.test(line))
    ?.split(' ');
}

/** What CI runs, with what its scripts, targets and hooks say in turn. */
function knownTexts(steps: readonly CiStep[], files: ProjectFiles): string {
  if (steps.length === 0) return '';
  const scripts = steps.map(({ script }) => script).join('\n');
  const named = [...files.texts].filter(
    ([path]) =>
      /^(?:\.pre-commit-config\.yaml|tox\.ini|noxfile\.py|Makefile|justfile)$/.test(path) ||
      scripts.includes(path),
  );
  return [scripts, ...named.map(([, text]) => text)].join('\n');
}

/** Without CI nothing has configured a folder to build in; it lies outside, so that nothing of it is in the way. */
const cmakeStart = (script: string): string[] => {
  if (!/^(?:ctest|cmake)/.test(script)) return [];
  return [
    'd=$(mktemp -d)',
    'trap \'rm -rf "$d"\' EXIT',
    'cmake -S . -B "$d"',
    'cmake --build "$d"',
    'cd "$d"',
  ];
};

interface Ground {
  files: ProjectFiles;
  folder: string;
  env: Record<string, string>;
  from: string;
  here: boolean;
  /** Steps of the job that made its folder ready for native builds. */
  ready: string[];
}

/** What prepares a native build for the commands that follow it in the same job. */
const prepares =
  /^(?:(?:\.\.?\/)*(?:configure|autogen\.sh|bootstrap|buildconf)|autoreconf|cmake|meson|ninja)(?:\.sh)?$/;
const needsReady = /^(?:make|ctest|ninja|cmake|meson|\.\/\S+)$/;
/** What a statement leaves behind for the next ones of its step. */
const carries = /^(?:cd|pushd|popd|export|set|mkdir|umask|ulimit)$/;
const unfit =
  /\bGITHUB_|\bPR_|\$\{\{|\bsudo\b|\bapt(?:-get)?\b|\bGITHUB_(?:ENV|PATH|OUTPUT|WORKSPACE|TOKEN)\b|\bRUNNER_TEMP\b|\bbrew\b|\bdocker\b|\bcurl\b|\bwget\b|\bgit (?:push|commit|checkout|reset|config)\b|\$\(\w+\.\w+\)|\brm -rf? [~/]/;

function jobFound(steps: readonly CiStep[], files: ProjectFiles): Found[] {
  const ready: string[] = [];
  return steps.flatMap((step) => {
    const from = `CI: ${step.file.replace(/^\.github\/workflows\//, '')}${step.job ? `, job ${step.job}` : ''}`;
    const { folder, env, here } = step;
    const ground: Ground = { files, folder, env, from, here, ready };
    if (noCheck(step.name) && !/test|lint/i.test(step.name)) return [];
    const statements = statementsOf(step.script);
    return statements ? inStatements(statements, ground) : wholeScript(step, ground);
  });
}

/** A step of several commands: each that checks is a check of its own, with what stands before it. */
function inStatements(statements: readonly Statement[], ground: Ground): Found[] {
  const before: string[] = [];
  let folder = ground.folder;
  return statements.flatMap((statement) => {
    const { words, text } = statement;
    const program = words[0] ?? '';
    const within = commandsWithin(statement);
    if (within) {
      const inner = { ...ground, ready: [...ground.ready] };
      const start = before.map(statementOf);
      return within.flatMap((one) => inStatements([...start, ...one], inner));
    }
    if (unfit.test(text) || /(?:^|[^&>])&(?:$|[^&>])/.test(text)) return [];
    if (words.length === 0 || carries.test(program)) {
      before.push(text);
      if (program === 'cd') folder = below(folder, words[1] ?? '') ?? folder;
      return [];
    }
    const found = readOne(statement, { ...ground, folder, ready: [...ground.ready] }, before, ground.folder);
    if (prepares.test(program)) {
      const inner = before.filter((line) => /^(?:cd|export|mkdir|[A-Z]\w*=)/.test(line));
      ground.ready.push(inner.length > 0 ? `(${[...inner, text].join(' && ')})` : text);
    }
    return found.filter(({ key }) => !/ cmake configure$| meson setup$/.test(key));
  });
}

/** One command as a check; nothing where it checks nothing. */
function readOne(
  statement: Statement,
  ground: Ground,
  before: readonly string[] = [],
  start = ground.folder,
): Found[] {
  const { words, text } = statement;
  const read = readStatement(statement, { files: ground.files, folder: ground.folder });
  if (!read) return [];
  const { kind, name, key } = read;
  const rest = {
    kind,
    name,
    key,
    command: text,
    from: ground.from,
    here: ground.here,
    changed: read.instead !== undefined,
  };
  if (read.instead === 'none') return [{ ...rest, run: 'none' }];
  const isRaw = Object.values(statement.env).some((value) => /[$`]/.test(value));
  const env = Object.entries({ ...ground.env, ...(isRaw ? {} : statement.env) });
  const native = needsReady.test(words[0] ?? '') ? ground.ready : [];
  const line = read.instead
    ? read.instead.map(quoted).join(' ')
    : isRaw
      ? text
      : text.slice(text.indexOf(words[0]!));
  const isPlain = !isRaw && (read.instead !== undefined || statement.plain);
  const steps = [...(start ? [`cd ${quoted(start)}`] : []), ...native, ...before];
  const assigned = env.map(([variable, value]) => `${variable}=${value}`);
  if (steps.length === 0 && isPlain) {
    const argv = [...(read.instead ?? words)];
    return [{ ...rest, run: assigned.length > 0 ? ['env', ...assigned, ...argv] : argv }];
  }
  const exported = env.map(([variable, value]) => `export ${variable}=${quoted(value)}`);
  return [{ ...rest, run: ['bash', '-c', [...exported, ...steps, line].join(' && ')] }];
}

/** A step with loops or conditions is a check as a whole, or none. */
function wholeScript(step: CiStep, ground: Ground): Found[] {
  if (unfit.test(step.script)) return [];
  const lines = step.script
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .map((line) => statementOf(line.trim().replace(/^(?:if|then|else|do|!)\s+/, '')));
  const read = lines.flatMap((line) => readStatement(line, ground) ?? []);
  const first = read.find(({ kind }) => kind === 'test') ?? read[0];
  const kind = first?.kind;
  if (!kind) return [];
  const name = first?.name ?? kind;
  const command = step.script.trim().split('\n')[0]!;
  const rest = {
    kind,
    name,
    key: `script ${step.job} ${step.name}`,
    command,
    from: ground.from,
    here: ground.here,
    changed: false,
  };
  if (read.some(({ instead }) => instead !== undefined)) return [{ ...rest, run: 'none', changed: true }];
  const env = Object.entries(ground.env).map(([variable, value]) => `export ${variable}=${quoted(value)}`);
  const start = ground.folder ? [`cd ${quoted(ground.folder)}`] : [];
  return [{ ...rest, run: ['bash', '-e', '-c', [...env, ...start, step.script.trim()].join('\n')] }];
}

const order: readonly CheckKind[] = ['lint', 'types', 'build', 'test'];

/** One proposal a check, its plainest form; what takes little time first. */
function gathered(found: readonly Found[]): Proposals {
  const byKey = new Map<string, Found[]>();
  for (const one of found) byKey.set(one.key, [...(byKey.get(one.key) ?? []), one]);
  const checks: Omit<ProposedCommand, 'isMain'>[] = [];
  const left: Proposals['left'] = [];
  for (const forms of byKey.values()) {
    const usable = forms.filter((one): one is Found & { run: string[] } => one.run !== 'none');
    const best = [...usable].sort((a, b) => weight(a) - weight(b))[0];
    if (!best) {
      const [one] = forms;
      left.push({
        command: one!.command,
        from: one!.from,
        why: 'it writes to the tree, and has no form that only looks',
      });
      continue;
    }
    const others = forms.map(({ command }) => command).filter((command) => command !== best.command);
    checks.push({
      name: best.name.replace(/[^\w.:-]+/g, '-').replace(/^-+|-+$/g, '') || best.kind,
      kind: best.kind,
      run: best.run,
      from: best.from,
      ...(best.changed ? { found: best.command } : {}),
      variants: [...new Set(others)],
    });
  }
  checks.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  return { checks: withMain(named(checks)), left };
}

const weight = ({ run, command, here }: Found) =>
  (here ? 0 : 1000) + (run[0] === 'bash' ? 200 : 0) + command.length;

/** No two checks have one name. */
function named<T extends { name: string; kind: CheckKind; from: string }>(checks: readonly T[]): T[] {
  const taken = new Set<string>();
  return checks.map((check) => {
    const job = /, job (.+)$/.exec(check.from)?.[1]?.replace(/[^\w.-]+/g, '-');
    const names = [check.name, `${check.name}-${check.kind}`, ...(job ? [`${check.name}-${job}`] : [])];
    const numbered = Array.from({ length: 99 }, (_, at) => `${check.name}-${at + 2}`);
    const name = [...names, ...numbered].find((one) => !taken.has(one)) ?? check.name;
    taken.add(name);
    return { ...check, name };
  });
}
