/** Asks the host of a live run for something, over its control socket. */
import { connect, type Socket } from 'node:net';
import { appError, hasCode } from '../../../domain/platform/errors.js';
import { controlAddress } from '../host/address.js';
import type { ControlReply, ControlRequest } from '../host/control.js';

const answerLimitMs = 10_000;

/**
 * The host's answer. Throws what the host threw, `no-host` when no host listens, `host-silent` when it does not answer.
 */
export async function askHost(folder: string, request: ControlRequest): Promise<unknown> {
  const reply = await exchange(folder, JSON.stringify(request)).catch((error) => {
    if (['ENOENT', 'ECONNREFUSED', 'ENOTDIR'].some((code) => hasCode(error, code))) throw noHost(error);
    throw error;
  });
  if (reply.ok) return reply.data;
  const { code, message, hint } = reply.error;
  throw appError(code, message, hint ? { hint } : {});
}

function exchange(folder: string, line: string): Promise<ControlReply> {
  const address = controlAddress(folder);
  return new Promise<ControlReply>((resolve, reject) => {
    const socket: Socket = connect(address.path);
    let text = '';
    const silent = () => appError('host-silent', 'The host of this run does not answer.');
    socket.setEncoding('utf8');
    socket.setTimeout(answerLimitMs, () => socket.destroy(silent()));
    socket.on('connect', () => socket.write(`${line}\n`));
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (!text.includes('\n')) return;
      try {
        resolve(JSON.parse(text.slice(0, text.indexOf('\n'))) as ControlReply);
      } catch (error) {
        reject(error);
      }
      socket.end();
    });
    socket.on('error', reject);
    socket.on('close', () => reject(silent()));
  }).finally(address.close);
}

const noHost = (cause: unknown) =>
  appError('no-host', 'No host listens for messages to this run.', {
    hint: 'It is only just starting, is about to end, or went on in a mode that takes none.',
    cause,
  });
