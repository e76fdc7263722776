/** Commands that set a repository up, trust it and look for what is wrong with it. */
import { appError, ExitCode } from '../../domain/platform/errors.js';
import { formatSize, plural } from '../../domain/platform/units.js';
import type { CheckConfig } from '../../domain/store/config.js';
import { originWords } from '../../domain/store/origin.js';
import type { DoctorReport, InitReport, KeptPlace } from '../../services/app/index.js';
import type { ShownFile, TrustState } from '../../services/store/index.js';
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

export const trustRow = command({
  id: 'trust',
  title: 'Trust this repository',
  summary: "Review and trust the exact bytes of the repository's configuration.",
  args: args({
    show: flag('show what would be trusted, change nothing'),
    revoke: flag('trust it no longer'),
    hash: text('trust exactly this content, without asking', 'sha256'),
  }),
  surfaces: ['cli', 'screen'],
  settlesWith: { untrusted: { show: true } },
  async run({ show, revoke, hash }, context) {
    const session = await context.session();
    const service = await context.services.store();
    if (revoke) return service.revokeTrust(context.paths, session.root);
    const { state, inputs } = await service.readTrust(context.paths, session.root);
    if (show) {
      return { ...state, shown: await service.shownFiles(context.paths, inputs, state.trustedFiles) };
    }
    if (state.status === 'trusted' || state.status === 'nothing-to-trust') return state;
    if (!hash) {
      if (!context.ask) {
        throw appError('input-needed', 'Trusting needs an answer or the hash of what you read.', {
          kind: 'input',
          hint: `\`codex-agent trust --show\` prints the files; then \`--hash ${state.hash}\`.`,
        });
      }
      const names = state.files.map((file) => file.path).join(', ');
      const yes = await context.ask.confirm(
        `These files can run programs: ${names}. Have you read them, and trust them?`,
      );
      if (!yes) {
        throw appError('not-trusted', 'The repository is not trusted, because you answered no.', {
          kind: 'trust',
          hint: '`codex-agent trust --show` prints the files; `codex-agent trust` asks again.',
        });
      }
    }
    await service.trustRepository(context.paths, session.root, hash ?? state.hash);
    context.reopenScreen?.();
    return service.trustState(context.paths, session.root);
  },
  print: (data) => trustLines(data),
  offers: (data) =>
    'shown' in data && (data.status === 'untrusted' || data.status === 'changed')
      ? { label: 'trust exactly this', args: { hash: data.hash } }
      : undefined,
});

type TrustData = { revoked: boolean } | (TrustState & { shown?: ShownFile[] });

function trustLines(data: TrustData): string[] {
  if ('revoked' in data)
    return [data.revoked ? 'The configuration is no longer trusted.' : 'It was not trusted.'];
  const { status, hash, files, origin, tooBig = [], shown } = data;
  const first = {
    trusted: `Trusted: ${files.length} file${files.length === 1 ? '' : 's'}, exactly as they are.`,
    untrusted: 'Not trusted: read what follows, then codex-agent trust.',
    changed:
      origin && data.changes?.length === 0
        ? 'Not trusted any more: the files are those you trusted, but the repository comes from elsewhere.'
        : 'Not trusted any more: the files differ from those you trusted.',
    'nothing-to-trust': 'There is nothing to trust: the repository has no configuration.',
  }[status];
  return [
    first,
    `hash ${hash}`,
    ...(origin ? [originWords(origin)] : []),
    ...tooBig.map(({ path, size }) => `${path} has ${size} bytes: too big to be trusted.`),
    ...(shown ?? []).flatMap(({ path, what, lines }) => ['', `— ${path} (${what})`, ...lines]),
  ];
}

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
