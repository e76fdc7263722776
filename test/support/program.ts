/** The built program, started as a person or a script would, in a sandbox. */
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Sandbox } from './sandbox.js';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const entry = join(root, 'dist', 'main.js');

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
  /** Every line of standard output as JSON. Throws when one is not. */
  json<T = Record<string, unknown>>(): T[];
  /** `data` of the envelope. Throws when the command failed. */
  data<T>(): T;
  /** `error` of the envelope. */
  error(): { code: string; message: string; hint?: string };
}

export interface Program {
  /** Runs one command line to its end. */
  run(...argv: string[]): Promise<Ended>;
  /** Starts one; `done` resolves when it has ended. */
  start(...argv: string[]): {
    pid: number;
    kill(signal: NodeJS.Signals): void;
    done: Promise<Ended>;
    write(text: string): void;
  };
}

/** Command lines run in `cwd`, with the sandbox's home, by the program built here or by another `main`. */
export function programIn(
  sandbox: Pick<Sandbox, 'env'>,
  cwd: string,
  env: NodeJS.ProcessEnv = {},
  main = entry,
): Program {
  const start: Program['start'] = (...argv) => {
    const child = spawn(process.execPath, [main, ...argv], { cwd, env: { ...sandbox.env, ...env } });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    const done = new Promise<Ended>((resolve) => {
      child.on('close', (code) =>
        resolve(ended(code, Buffer.concat(out).toString(), Buffer.concat(err).toString())),
      );
    });
    return {
      pid: child.pid!,
      kill: (signal) => void child.kill(signal),
      write: (text) => child.stdin.end(text),
      done,
    };
  };
  return {
    start,
    run: async (...argv) => {
      const started = start(...argv);
      started.write('');
      return started.done;
    },
  };
}

function ended(code: number | null, stdout: string, stderr: string): Ended {
  const json = <T>() =>
    stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as T);
  const last = () => json<{ ok: boolean; data: never; error: never }>().at(-1);
  return {
    code,
    stdout,
    stderr,
    json,
    data: () => {
      const envelope = last();
      if (!envelope?.ok) throw new Error(`exit ${code}: ${stdout}${stderr}`);
      return envelope.data;
    },
    error: () => {
      const envelope = last();
      if (!envelope || envelope.ok) throw new Error(`no error: exit ${code}: ${stdout}${stderr}`);
      return envelope.error;
    },
  };
}
