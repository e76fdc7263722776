/** A home whose agents are one program of the bench: what its configuration says. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Makes `args` the program of every agent, not retried by itself unless `retries` says so; `rest` is more TOML, with
 * tables of its own at its end.
 */
export function agentsBeCommand(env, args, { run = '', rest = '', retries = 0 } = {}) {
  const folder = join(env.XDG_CONFIG_HOME, 'codex-agents');
  mkdirSync(folder, { recursive: true });
  const lines = ['[runner]', 'default = "command"', '[runner.command]', `args = ${JSON.stringify(args)}`];
  writeFileSync(
    join(folder, 'config.toml'),
    [...lines, '[run]', `retries = ${retries}`, run, rest, ''].join('\n'),
  );
}

/** A check that always passes, so that tasks may land by one. */
export const passingCheck = '[[validator.checks]]\nname = "t"\nkind = "test"\nrun = ["true"]';
