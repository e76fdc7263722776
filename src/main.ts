#!/usr/bin/env node
/** The composition root: the only file that knows both the services and the screen. */
import { writeSync } from 'node:fs';
import { printError } from './cli/output.js';
import { runCli } from './cli/run.js';
import { invoke } from './commands/invoke.js';
import { commands, groups } from './commands/registry.js';
import type { GlobalFlags } from './commands/types.js';
import { startRecorder } from './debugging.js';
import { callText } from './domain/platform/call.js';
import { ExitCode, toAppError } from './domain/platform/errors.js';
import { sanitizeText } from './domain/platform/sanitize.js';
import { systemRefusal } from './domain/platform/system-errors.js';
import { version } from './domain/platform/version.js';
import { services } from './services/index.js';
import { endReads, pathsFrom } from './services/platform/index.js';

const interrupt = new AbortController();
const paths = pathsFrom(process.env);
const recorder = startRecorder(paths, process.env, version);
let stopTrace = () => {};
let ended = false;
let command = '';

/** How often a command that was interrupted looks for reads that hang. */
const lookMs = 250;

/** The first signal asks everything to stop at a safe point, the second one leaves at once. */
function onSignal(signal: NodeJS.Signals): void {
  if (interrupt.signal.aborted) {
    endReads(0);
    process.exit(130);
  }
  process.exitCode = signal === 'SIGTERM' ? 143 : 130;
  interrupt.abort();
  setInterval(endReads, lookMs).unref();
}

async function openScreen(cwd: string, flags: GlobalFlags): Promise<ExitCode> {
  process.off('SIGINT', onSignal);
  process.off('SIGTERM', onSignal);
  process.off('uncaughtException', onFault);
  stopTrace();
  const { openDashboard } = await import('./dashboard.js');
  const told = { onCall: recorder.listen, crashed: faultText };
  const own = { services, registry: { commands, groups }, invoke, version, env: process.env };
  return openDashboard({ cwd, flags, paths, ...own, ...told });
}

/** What no command has caught, a rejected promise too: told like any fault of this program, never in Node's words. */
function onFault(error: unknown): void {
  tell(faultText(error));
  process.exit(ExitCode.failure);
}

function faultText(error: unknown): string {
  const { code, message, hint } = toAppError(error);
  const lines = code === 'internal' ? recorder.fault(error) : hint ? [hint] : [];
  return `codex-agent: ${[message, ...lines].map(sanitizeText).join('\n')}\n`;
}

/** Written at once, for nothing else is written any more. */
function tell(text: string, to = 2): void {
  try {
    writeSync(to, text);
  } catch {
    // Nothing is left to say it to.
  }
}

process.on('SIGINT', onSignal);
process.on('SIGTERM', onSignal);
process.on('uncaughtException', onFault);
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return readerGone();
  const { message } = systemRefusal({ ...error, path: 'standard output' }) ?? {
    message: `Standard output cannot be written: ${error.message}.`,
  };
  tell(`codex-agent: ${message}\n`);
  process.exit(ExitCode.failure);
});

/** Commands that wait for work which outlives them. */
const waits = /^(manager (launch|monitor)|task (run|retry|complete|validate)|merge land)/;

/** That a reader went away (`codex-agent task list | head`) is no error of a command that is done. */
function readerGone(): never {
  if (ended) process.exit();
  if (waits.test(command)) {
    tell(
      `codex-agent: The reader of its output went away, so \`${command}\` ended before its outcome was known. Agents work on; \`codex-agent manager monitor\` goes on with the rest.\n`,
    );
  }
  process.exit(ExitCode.readerGone);
}
// Without standard error there is nothing to be told, and nothing to end for.
process.stderr.on('error', () => {});

void runCli(process.argv.slice(2), {
  version,
  env: process.env,
  paths,
  services,
  openScreen,
  begin(typed, { trace, unlogged }) {
    command = typed;
    recorder.begin(typed, { unlogged });
    if (trace) stopTrace = recorder.listen((call) => tell(`${sanitizeText(callText(call))}\n`));
  },
  fault: recorder.fault,
  signal: interrupt.signal,
  output: {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    colours: Boolean(process.stdout.isTTY && !process.env.NO_COLOR && process.env.TERM !== 'dumb'),
  },
  terminal: Boolean(process.stdin.isTTY && process.stdout.isTTY),
}).then((code) => {
  ended = true;
  process.exitCode = code;
});

// When nothing is waited for any more, a command that has not ended never will: that is no success.
process.on('exit', (code) => {
  if (ended || code !== 0) return;
  const message = 'It ended without an outcome, because nothing was left to wait for.';
  const hint = recorder.fault(new Error(message)).slice(-3).join('\n');
  const json = process.argv.includes('--json');
  printError(
    { code: 'no-outcome', message, hint },
    { json, streams: json },
    { out: (text) => tell(text, 1), err: tell },
  );
  process.exitCode = ExitCode.failure;
});
