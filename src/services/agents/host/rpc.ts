/** JSON-RPC over lines as Codex speaks it: requests, notifications and answers, each on a line. */
import type { Writable } from 'node:stream';
import { asRecord, type JsonRecord, textOf } from '../../../domain/agents/transcript/records.js';
import { appError } from '../../../domain/platform/errors.js';
import type { Recorder } from './record.js';

export interface Rpc {
  /** The result. Throws `rpc-refused` when it is answered by an error, `rpc-closed` when it never will be. */
  request(method: string, params: JsonRecord): Promise<JsonRecord>;
  notify(method: string, params?: JsonRecord): void;
  answer(id: unknown, result: JsonRecord): void;
  refuse(id: unknown, message: string): void;
  /** To be told of every message that came. */
  received(message: JsonRecord): void;
  close(): void;
}

interface Asked {
  resolve(result: JsonRecord): void;
  reject(error: unknown): void;
}

export function createRpc(stdin: Writable, recorder: Recorder): Rpc {
  const asked = new Map<string, Asked>();
  let count = 0;
  let closed = false;

  const send = (message: JsonRecord) => {
    const line = JSON.stringify(message);
    recorder.sent(line);
    stdin.write(`${line}\n`);
  };
  const goneError = () => appError('rpc-closed', 'The agent ended before it answered.');

  return {
    request(method, params) {
      if (closed) return Promise.reject(goneError());
      const id = ++count;
      return new Promise((resolve, reject) => {
        asked.set(String(id), { resolve, reject });
        send({ id, method, params });
      });
    },
    notify: (method, params) => send({ method, ...(params ? { params } : {}) }),
    answer: (id, result) => send({ id, result }),
    refuse: (id, message) => send({ id, error: { code: -32601, message } }),
    received(message) {
      if (message.id === undefined || message.method !== undefined) return;
      const one = asked.get(String(message.id));
      asked.delete(String(message.id));
      const error = asRecord(message.error);
      if (error) one?.reject(appError('rpc-refused', textOf(error.message) ?? 'The agent refused.'));
      else one?.resolve(asRecord(message.result) ?? {});
    },
    close() {
      closed = true;
      for (const { reject } of asked.values()) reject(goneError());
      asked.clear();
    },
  };
}
