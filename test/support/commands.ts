/** Commands in this process: real services on a repository of a sandbox. */
import { invoke } from '../../src/commands/invoke.js';
import { commands, findCommand, groups } from '../../src/commands/registry.js';
import { resultLines } from '../../src/commands/show-result.js';
import type { CommandContext, GlobalFlags } from '../../src/commands/types.js';
import type { AppEvent } from '../../src/domain/app/events.js';
import { services } from '../../src/services/index.js';
import { pathsFrom } from '../../src/services/platform/index.js';
import type { Sandbox } from './sandbox.js';

const plain: Omit<GlobalFlags, 'cwd'> = {
  json: false,
  tui: false,
  input: false,
  yes: true,
  dryRun: false,
  quiet: false,
  verbose: false,
  trace: false,
};

/** Runs commands as the command line does, in that repository. */
export function commandsIn(sandbox: Sandbox, cwd: string, more: Partial<CommandContext> = {}) {
  const events: AppEvent[] = [];
  const paths = pathsFrom(sandbox.env);
  const { env } = sandbox;
  const { signal } = new AbortController();
  const emit = (event: AppEvent) => {
    events.push(event);
  };
  const open = async () => (await services.store()).openSession({ cwd, paths, env, emit, signal });

  async function run(id: string, args: Record<string, unknown> = {}, flags: Partial<GlobalFlags> = {}) {
    const context: CommandContext = {
      version: '1.2.3',
      services,
      paths,
      env,
      flags: { ...plain, cwd, ...flags },
      emit,
      signal,
      registry: { commands, groups },
      repository: async () => (await services.store()).openRepository({ cwd, paths, env, emit, signal }),
      session: open,
      trustedSession: async () => (await services.store()).requireTrusted(await open()),
      ...more,
    };
    const outcome = await invoke(id, args, context);
    if (!outcome.ok)
      return {
        code: outcome.error.code,
        message: outcome.error.message,
        exit: -1,
        lines: [],
        data: undefined as never,
      };
    const lines = resultLines(findCommand(id)!, outcome.data).map(({ text }) => text);
    return { code: 'ok', message: '', exit: outcome.exit, lines, data: outcome.data as never };
  }
  return { run, events };
}
