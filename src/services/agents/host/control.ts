/** The control socket: one request a line in, one answer a line out. Only its owner can open it. */
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { asRecord, parseJson } from '../../../domain/agents/transcript/records.js';
import { appError, toAppError } from '../../../domain/platform/errors.js';
import { controlAddress } from './address.js';
import { hostFiles } from './spec.js';

/** What can be asked of a host. */
export type ControlRequest =
  /** Put a message in: at once where the agent takes one while it works, else when its turn ends. */
  | { type: 'send'; text: string }
  /** Answer what it asks; `choice` is an option's id, `allow` or `deny`. `alike`: and all commands that begin so. */
  | { type: 'answer'; approval?: string; choice: string; alike?: boolean }
  /** From now on these beginnings of commands are allowed unasked, in place of those before. */
  | { type: 'may-run'; prefixes: readonly string[] }
  /** End the turn, and the run with it. */
  | { type: 'interrupt' };

export type ControlReply =
  | { ok: true; data: unknown }
  | { ok: false; error: { code: string; message: string; hint?: string } };

const maxRequestBytes = 4_000_000;

/** Listens in the run's directory. `handle` may throw AppErrors. A host without a socket still does its work. */
export function serveControl(
  folder: string,
  handle: (request: ControlRequest) => Promise<unknown>,
): { close(): void } {
  const path = join(folder, hostFiles.socket);
  rmSync(path, { force: true });
  const address = controlAddress(folder);
  const open = new Set<Socket>();
  const server: Server = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    serve(socket, handle);
  });
  server.on('error', (error) => process.stderr.write(`no control socket: ${error.message}\n`));
  // The directory is private too; the mask keeps the socket so from its first moment.
  const mask = process.umask(0o177);
  try {
    server.listen(address.path, () => chmodSync(path, 0o600));
  } finally {
    process.umask(mask);
  }
  return {
    close() {
      server.close(address.close);
      // Answers under way are given; who only holds the line open is not waited for.
      for (const socket of open) socket.end();
      rmSync(path, { force: true });
    },
  };
}

function serve(socket: Socket, handle: (request: ControlRequest) => Promise<unknown>): void {
  let text = '';
  socket.setEncoding('utf8');
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: string) => {
    text += chunk;
    if (text.length > maxRequestBytes) return socket.destroy();
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n')) {
      const line = text.slice(0, at);
      text = text.slice(at + 1);
      void reply(line, handle).then((answer) => {
        if (!socket.destroyed) socket.write(`${JSON.stringify(answer)}\n`);
      });
    }
  });
}

async function reply(
  line: string,
  handle: (request: ControlRequest) => Promise<unknown>,
): Promise<ControlReply> {
  try {
    const request = asRecord(parseJson(line));
    if (!request) throw appError('bad-request', 'A request is one JSON object on a line.', { kind: 'usage' });
    return { ok: true, data: await handle(request as unknown as ControlRequest) };
  } catch (thrown) {
    const { code, message, hint } = toAppError(thrown);
    return { ok: false, error: { code, message, ...(hint ? { hint } : {}) } };
  }
}
