#!/usr/bin/env node
/** The composition root: the only file that knows both the services and the screen. */
import { runCli } from './cli/run.js';
import type { GlobalFlags } from './commands/types.js';
import type { ExitCode } from './domain/platform/errors.js';
import { version } from './domain/platform/version.js';
import { services } from './services/index.js';
import { pathsFrom } from './services/platform/index.js';

const interrupt = new AbortController();
const paths = pathsFrom(process.env);

/** The first signal asks everything to stop at a safe point, the second one leaves at once. */
function onSignal(signal: NodeJS.Signals): void {
  if (interrupt.signal.aborted) process.exit(130);
  process.exitCode = signal === 'SIGTERM' ? 143 : 130;
  interrupt.abort();
}

async function openScreen(cwd: string, flags: GlobalFlags): Promise<ExitCode> {
  process.off('SIGINT', onSignal);
  process.off('SIGTERM', onSignal);
  const { openDashboard } = await import('./dashboard.js');
  return openDashboard({ cwd, flags, paths, services, version, env: process.env });
}

process.on('SIGINT', onSignal);
process.on('SIGTERM', onSignal);
// A reader that went away (`codex-agent task list | head`) is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

runCli(process.argv.slice(2), {
  version,
  env: process.env,
  paths,
  services,
  openScreen,
  signal: interrupt.signal,
  output: { out: (text) => process.stdout.write(text), err: (text) => process.stderr.write(text) },
  terminal: Boolean(process.stdin.isTTY && process.stdout.isTTY && process.env.TERM !== 'dumb'),
}).then((code) => {
  process.exitCode = code;
});
