/** The headless face: argv to command, events to lines or JSON, outcome to exit code. */
import { invoke } from '../commands/invoke.js';
import { rowFor } from '../commands/parts.js';
import { commands, findCommand, groups } from '../commands/registry.js';
import { typedAs } from '../commands/spelling.js';
import type { AnyCommand, CommandContext, GlobalFlags, Outcome } from '../commands/types.js';
import type { Emit } from '../domain/app/events.js';
import { ExitCode, exitCodeOf, isAppError, messageOf, toAppError } from '../domain/platform/errors.js';
import type { Services } from '../services/index.js';
import type { Paths } from '../services/platform/index.js';
import { type How, type Output, printError, printEvent, printOutcome } from './output.js';
import { bareRequest, type Request } from './request.js';

/** What the composition root hands in: everything that touches the world. */
export interface Host {
  version: string;
  env: NodeJS.ProcessEnv;
  paths: Paths;
  services: Services;
  /** Opens the dashboard on the repository around `cwd`. */
  openScreen(cwd: string, flags: GlobalFlags): Promise<ExitCode>;
  /** Called with the command that is about to run. From then on the log, where there is one, names it as the cause. */
  begin(command: string, flags: GlobalFlags & { unlogged?: boolean }): void;
  /** Lines that tell a person about a fault of this program: places, log, how to report it. */
  fault(error: unknown): string[];
  signal: AbortSignal;
  output: Output;
  /** True when input and output are a terminal. */
  terminal: boolean;
}

/** What the bare program shows without a dashboard. */
const overview = rowFor('overview', commands);

/** Runs one command line; resolves with the exit code. Never throws. */
export async function runCli(argv: readonly string[], host: Host): Promise<number> {
  let request: Request | undefined;
  try {
    request = argv.length === 0 ? bareRequest() : await requestIn(argv, host);
  } catch (error) {
    return parseFailure(error, argv, host);
  }
  if (!request) return ExitCode.ok;
  const { flags } = request;
  const unlogged = findCommand(request.id ?? '')?.leavesNothing === true;
  host.begin(request.id ? typedAs(request.id) : 'dashboard', { ...flags, unlogged });
  if (!request.id && showsScreen(flags, host)) return openScreen(flags, host);
  return runCommand(request.id ?? overview.id, request.args, flags, host);
}

/** What the words ask for; nothing where they name no command. Throws what the parser throws when it has printed. */
async function requestIn(argv: readonly string[], { version, output }: Host): Promise<Request | undefined> {
  const { buildProgram } = await import('./program.js');
  let request: Request | undefined;
  const program = buildProgram(commands, groups, version, { out: output.out, err: output.err }, (asked) => {
    request = asked;
  });
  await program.parseAsync(argv as string[], { from: 'user' });
  return request;
}

/** Whether a dashboard can be shown: lines need no terminal. */
const showsScreen = (flags: GlobalFlags, { terminal }: Host): boolean =>
  (terminal || flags.plain === true) && flags.tui && !flags.json;

/** The exit code after commander threw: 0 for help and version, else 2, since commander has printed what is wrong. */
function parseFailure(error: unknown, argv: readonly string[], host: Host): number {
  if (isAppError(error)) {
    const { code, message, hint } = error;
    printError({ code, message, ...(hint ? { hint } : {}) }, { json: argv.includes('--json') }, host.output);
    return exitCodeOf(error);
  }
  const { code, exitCode } = error as { code?: string; exitCode?: number };
  if (exitCode === 0) return ExitCode.ok;
  if (code === 'commander.help') return ExitCode.usage;
  if (argv.includes('--json')) {
    const [message = ''] = messageOf(error)
      .replace(/^error: /, '')
      .split('\n');
    printError(
      { code: 'usage', message, hint: '`codex-agent --help` lists commands.' },
      { json: true },
      host.output,
    );
  }
  return ExitCode.usage;
}

async function openScreen(flags: GlobalFlags, host: Host): Promise<number> {
  try {
    return await host.openScreen(flags.cwd, flags);
  } catch (thrown) {
    const how = { flags, streams: false, output: host.output, fault: host.fault };
    return finish(overview, { ok: false, error: toAppError(thrown) }, how);
  }
}

async function runCommand(
  id: string,
  args: Record<string, unknown>,
  flags: GlobalFlags,
  host: Host,
): Promise<number> {
  const row = findCommand(id)!;
  const streams = streamsWith(row, args);
  const emit: Emit = (event) => printEvent(event, { flags, streams, output: host.output });
  let screenExit: ExitCode | undefined;
  const context = await makeContext(flags, host, emit, (code) => {
    screenExit = code;
  });
  const outcome = await invoke(id, args, context);
  if (screenExit !== undefined && outcome.ok) return screenExit;
  return finish(row, outcome, { flags, streams, output: host.output, fault: host.fault });
}

const streamsWith = ({ streams }: AnyCommand, args: Record<string, unknown>): boolean =>
  typeof streams === 'function' ? streams(args) : streams === true;

function finish(row: AnyCommand, outcome: Outcome, how: How & Pick<Host, 'fault'>): number {
  const { flags, streams, output } = how;
  if (outcome.ok) {
    printOutcome(row, outcome.data, how);
    return outcome.exit;
  }
  const { code, message } = outcome.error;
  const hint = code === 'internal' ? how.fault(outcome.error).join('\n') : outcome.error.hint;
  printError({ code, message, ...(hint ? { hint } : {}) }, { json: flags.json, streams }, output);
  return exitCodeOf(outcome.error);
}

async function makeContext(
  flags: GlobalFlags,
  host: Host,
  emit: Emit,
  onScreenLeft: (code: ExitCode) => void,
): Promise<CommandContext> {
  const { services, paths, env, signal } = host;
  const open = async () => (await services.store()).openSession({ cwd: flags.cwd, paths, env, emit, signal });
  let session: ReturnType<typeof open> | undefined;
  const once = () => {
    session ??= open();
    return session;
  };
  const mayAsk = flags.input && !flags.json && host.terminal;
  return {
    version: host.version,
    services,
    paths,
    env,
    flags,
    emit,
    signal,
    registry: { commands, groups },
    repository: async () =>
      (await services.store()).openRepository({ cwd: flags.cwd, paths, env, emit, signal }),
    session: once,
    trustedSession: async () => (await services.store()).requireTrusted(await once()),
    ...(mayAsk ? { ask: (await import('./ask.js')).terminalAsk({ yes: flags.yes, signal }) } : {}),
    ...(host.terminal ? { lendTerminal: (work) => work() } : {}),
    ...(showsScreen(flags, host)
      ? { openScreen: async (cwd: string) => onScreenLeft(await host.openScreen(cwd, flags)) }
      : {}),
  };
}
