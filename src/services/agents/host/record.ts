/** Writes the conversation down, each message as its own bytes, before anything is done about it. */
import { writeSync } from 'node:fs';
import { asRecord, type JsonRecord, parseJson } from '../../../domain/agents/transcript/records.js';
import type { HostRecord } from '../../../domain/agents/transcript/two-way.js';

export interface Recorder {
  /** A line from the agent; the message in it, or undefined when it is none. */
  received(line: Buffer): JsonRecord | undefined;
  /** A message to the agent, as the line that it will be sent as. */
  sent(line: string): void;
  host(record: HostRecord): void;
  exit(code: number | null, sig: string | null): void;
}

const waitMs = 1000;

/** @param fd where to write; a disk that is full is waited for, since nothing may be lost */
export function createRecorder(fd: number): Recorder {
  const started = performance.now();
  const head = (dir: string) => `{"ms":${Math.round(performance.now() - started)},"dir":"${dir}"`;
  const splice = (dir: string, body: string) => `${head(dir)}${body === '}' ? '' : ','}${body}\n`;

  return {
    received(line) {
      const text = line.toString('utf8');
      const message = asRecord(parseJson(text));
      // The agent's own bytes follow, so that what they say stays what it said.
      if (message) writeAll(fd, splice('<', text.trimStart().slice(1).trimStart()));
      else if (text.trim() !== '') writeAll(fd, `${text}\n`);
      return message;
    },
    sent: (line) => writeAll(fd, splice('>', line.slice(1))),
    host: (record) => writeAll(fd, splice('host', JSON.stringify({ ...record, dir: undefined }).slice(1))),
    exit: (code, sig) => writeAll(fd, splice('exit', JSON.stringify({ code, sig }).slice(1))),
  };
}

/** Writes everything; waits where the system has no room just now. */
function writeAll(fd: number, text: string): void {
  let bytes = Buffer.from(text);
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(writeSync(fd, bytes));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOSPC' && code !== 'EDQUOT' && code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, waitMs);
    }
  }
}
