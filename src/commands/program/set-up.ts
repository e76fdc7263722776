/** Commands that set a repository up, trust it and look for what is wrong with it. */
import { ExitCode } from '../../domain/platform/errors.js';
import { formatSize, plural } from '../../domain/platform/units.js';
import type { CheckConfig } from '../../domain/store/config.js';
import type { DoctorReport, InitReport, KeptPlace } from '../../services/app/index.js';
import { args, command, flag, text } from '../define.js';
import type { CommandContext } from '../types.js';

export const initRow = command({
  id: 'init',
  title: 'Set up this repository',
  summary:
    "Write .codex-agent/ with the checks that the project's CI and files name, and register the repository.",
  args: args({
    target: text("branch that work lands on; default: the repository's own default branch", 'branch'),
    movedFrom: text('path it had before it was moved: takes its tasks over', 'path'),
    mergeDriver: flag('let `git merge` use `merge file` in this clone, for the kinds of file it knows'),
    noMergeDriver: flag('take that away again'),
    noTry: flag('propose checks without running each once on the base'),
    prompts: flag('copy the prompts too; a copy does not follow later versions'),
  }),
  surfaces: ['cli'],
  async run({ target, movedFrom, mergeDriver, noMergeDriver, noTry, prompts }, context) {
    const { initialise } = await context.services.app();
    return initialise({
      cwd: context.flags.cwd,
      paths: context.paths,
      env: context.env,
      emit: context.emit,
      signal: context.signal,
      prompts: prompts === true,
      ...(noTry ? {} : { trial: (checks) => wantsTrial(context, checks) }),
      add: async (checks) =>
        (await context.ask?.confirm(
          `The configuration names no checks. Add ${plural(checks.filter(({ used }) => used).length, 'check')} at its end?`,
          true,
        )) === true,
      ...(target ? { target } : {}),
      ...(movedFrom ? { movedFrom } : {}),
      ...(mergeDriver || noMergeDriver ? { mergeDriver: !noMergeDriver } : {}),
    });
  },
  print: ({ repo, created, target, checks, checksIn, left, notes, share, mergeDriver }) => [
    created.length > 0
      ? `Set up ${repo.path}.`
      : `${repo.path} is set up already: nothing had to be written.`,
    ...created.map((name) => `  wrote ${name}`),
    `Work lands on ${target.branch} (${target.why}).`,
    ...proposalLines(checks, left, checksIn),
    ...notes.map((note) => `! ${note}`),
    ...(mergeDriver
      ? [`Merge driver ${mergeDriver.status}: ${mergeDriver.attributes}, ${mergeDriver.setting}.`]
      : []),
    ...(share ? [`Next, for the team: ${share}`] : []),
    `${share ? 'Then' : 'Next'}: codex-agent task add "…", then codex-agent.`,
  ],
});

/**
 * On a terminal the person sees the commands first: they are the repository's, and run here. Without a terminal nothing of
 * a repository runs, unless the person says `--yes`.
 */
async function wantsTrial({ ask, flags }: CommandContext, checks: readonly CheckConfig[]): Promise<boolean> {
  if (!ask) return flags.yes;
  const names = checks.map(({ run }) => run.join(' ').slice(0, 60)).join('; ');
  const many = plural(checks.length, 'check');
  return ask.confirm(
    `Found ${many}: ${names}. Run each once in a scratch worktree, five minutes at most?`,
    true,
  );
}

function proposalLines(
  all: InitReport['checks'],
  left: InitReport['left'],
  checksIn: InitReport['checksIn'],
): string[] {
  if (all.length + left.length === 0) return [];
  const checks = all.filter(({ used, tried }) => used || tried);
  const others = all.filter((check) => !checks.includes(check)).map(({ name }) => name);
  const signs = { pass: '✓', slow: '…', fail: '✗', error: '✗', writes: '✗', untried: '·' };
  const used = checks.filter((check) => check.used).length;
  return [
    Array.isArray(checksIn)
      ? `Checks: ${used} of ${all.length} can be run; the configuration names none. To add them, run \`codex-agent init\` on a terminal, or write at its end:`
      : `Checks: ${used} of ${all.length} proposed will be run${used < all.length ? '; the others are comments in the configuration' : ''}.`,
    ...checks.flatMap(({ name, run, from, found, tried, remark }) => [
      `  ${tried ? signs[tried.status] : '·'} ${name}: ${run.join(' ').slice(0, 100)}`,
      `      ${remark} (${from}${found ? `; instead of: ${found.slice(0, 60)}` : ''})`,
    ]),
    ...(used > 0 && !Array.isArray(checksIn) && all.every(({ tried }) => !tried)
      ? [
          'None of them was run. To run each once on the base, and keep those that hold: `rm .codex-agent/config.toml && codex-agent init --yes`',
        ]
      : []),
    ...(checks.some(({ tried }) => tried?.status === 'fail' && /exit code 127\b/.test(tried.summary))
      ? [
          'A program was not found. Install what the project needs, as its CI does, and look again: `rm .codex-agent/config.toml && codex-agent init`',
        ]
      : []),
    ...(others.length > 0 ? [`  · ${others.length} more: ${others.join(', ').slice(0, 300)}`] : []),
    ...(Array.isArray(checksIn)
      ? checksIn.filter((line) => !line.startsWith('#')).map((line) => `  ${line}`)
      : []),
    ...left.map(({ command, from, why }) => `  ✗ ${command.slice(0, 80)}: ${why} (${from})`),
  ];
}

export const shellRow = command({
  id: 'shell',
  title: 'Open a shell',
  summary:
    'Open a shell in the main worktree, for what is to be done there; the screen comes back afterwards.',
  args: args({}),
  surfaces: ['screen'],
  settles: ['no commit', 'no runner'],
  async run(_, context) {
    const session = await context.session();
    const { openShellHere } = await context.services.worktrees();
    await context.lendTerminal?.(() => openShellHere(session));
    context.lookAgain?.();
    return { root: session.root };
  },
  said: ({ root }) => `Back from ${root}.`,
});

const marks: Readonly<Record<string, string>> = { ok: '✓', warn: '!', fail: '✗' };

function keptLines({ what, path, count, bytes, keptFor, restore, free }: KeptPlace): string[] {
  const size = bytes === undefined ? '' : `, ${formatSize(bytes)}`;
  return [
    `${what}: ${plural(count, 'entry', 'entries')}${size} at ${path}`,
    `    kept      ${keptFor}`,
    ...(count === 0 ? [] : [`    get back  ${restore}`, `    make room ${free}`]),
  ];
}

export const doctorRow = command({
  id: 'doctor',
  title: 'Doctor',
  summary: 'Look for what is missing, stale or wrong: programs, file system, locks, state.',
  args: args({
    fix: flag('mend what is safe to mend'),
    disk: flag('tell all that is kept instead: its size, for how long, how to get it back and to make room'),
  }),
  surfaces: ['cli', 'screen'],
  dryRun: 'reads',
  async run({ fix, disk }, context): Promise<DoctorReport> {
    const { diagnose, keptOnDisk } = await context.services.app();
    const about = { paths: context.paths, env: context.env, cwd: context.flags.cwd };
    if (disk) return { items: [], disk: await keptOnDisk(about) };
    return diagnose({ ...about, fix: fix === true });
  },
  print: ({ items, first, disk = [] }) => [
    ...disk.flatMap(keptLines),
    ...items.flatMap(({ status, name, detail, hint }) => [
      `${marks[status] ?? '?'} ${name}: ${detail}`,
      ...(hint ? [`    ${hint}`] : []),
    ]),
    ...(first ? ['', `Do first: ${first.hint ?? first.detail}`] : []),
  ],
  exit: ({ items }) => (items.some((item) => item.status === 'fail') ? ExitCode.failure : ExitCode.ok),
});
