/** What helps to find out why something went wrong: the record of all calls, and how a fault of ours is told. */
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { redactSecrets, secretValues } from './domain/landing/secrets.js';
import { type Call, callOf } from './domain/platform/call.js';
import { messageOf } from './domain/platform/errors.js';
import type { Paths } from './services/platform/index.js';
import { logFiles, logFolder, onCall, openCallLog } from './services/platform/index.js';

export interface CallRecorder {
  /** From now on calls are caused by this command, where nothing nearer is known. `unlogged`: only faults are written. */
  begin(command: string, how?: { unlogged?: boolean | undefined }): void;
  /** Tells every call as it ends. Returns the way to stop. */
  listen(listener: (call: Call) => void): () => void;
  /** Writes an error that is a fault of this program to the log, and returns the lines that tell it to a person. */
  fault(error: unknown): string[];
}

const places = 12;
const root = resolve(fileURLToPath(new URL('..', import.meta.url)));

/** Starts recording the calls of this process; what is held is written when it ends. */
export function startRecorder(paths: Paths, env: NodeJS.ProcessEnv, version: string): CallRecorder {
  const log = openCallLog(paths);
  let found: string[] | undefined;
  const secrets = () => {
    found ??= secretValues(env);
    return found;
  };
  const listeners = new Set<(call: Call) => void>();
  let command = 'start';
  let logged = true;
  const now = () => ({ at: new Date().toISOString(), pid: process.pid });
  const add = (call: Call) => {
    if (logged || call.kind === 'fault') log.add(call);
    for (const listener of listeners) listener(call);
  };
  onCall(({ cause = command, ...fact }) => add(callOf(fact, { ...now(), cause, secrets: secrets() })));
  process.on('exit', () => log.flush());
  return {
    begin(name, { unlogged = false } = {}) {
      command = name;
      logged = !unlogged;
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    fault(error) {
      const own = (error as { code?: unknown; cause?: unknown } | undefined) ?? {};
      // What only says that it was unexpected has no places of its own.
      const lines = chainOf(own.code === 'internal' ? (own.cause ?? error) : error).map((line) =>
        redactSecrets(line, secrets()),
      );
      const said = lines.join('\n');
      const fault = { ...now(), cause: command, kind: 'fault' as const, what: messageOf(error), ms: 0 };
      add({ ...fault, what: redactSecrets(fault.what, secrets()), outcome: 'fault', ok: false, said });
      log.flush();
      const file = logFiles(paths).at(-1) ?? logFolder(paths);
      return [
        ...lines,
        `This is a fault of codex-agent ${version} itself (Node ${process.version}, ${process.platform}).`,
        `What led to it stands in ${file}; \`codex-agent logs\` shows it, without secrets.`,
        'To report it, send these lines and the last of that log to the maintainers.',
      ];
    },
  };
}

/** The places of an error and of what caused it, in our sources. */
function chainOf(error: unknown): string[] {
  const lines: string[] = [];
  for (let one = error, depth = 0; one !== undefined && depth < 8; depth++) {
    const { stack, cause } = (one ?? {}) as { stack?: string; cause?: unknown };
    if (depth > 0) lines.push(`Caused by: ${messageOf(one)}`);
    lines.push(...placesOf(stack ?? ''));
    one = cause;
  }
  return lines;
}

/** The frames of a stack, the built program's places replaced by those of its sources. */
function placesOf(stack: string): string[] {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, places)
    .map((line) =>
      line.replace(
        /(?:file:\/\/)?(\/[^():]+):(\d+):(\d+)/,
        (_, file: string, row: string, column: string) => {
          const found = sourceOf(file, Number(row), Number(column));
          return found ?? `${file.startsWith(root) ? relative(root, file) : file}:${row}:${column}`;
        },
      ),
    );
}

const maps = new Map<string, SourceMap | undefined>();

function sourceOf(file: string, row: number, column: number): string | undefined {
  if (!maps.has(file)) maps.set(file, mapOf(file));
  const entry = maps.get(file)?.findEntry(row - 1, column - 1);
  if (!entry || !('originalSource' in entry) || !entry.originalSource) return undefined;
  return `${entry.originalSource.replace(/^(\.\.\/)+/, '')}:${entry.originalLine + 1}`;
}

function mapOf(file: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')));
  } catch {
    return undefined;
  }
}
