/** How much a model can be asked at once: as configured, or as its server tells. */
import { contextIn, contextTold } from '../../../domain/agents/context-length.js';
import { parseJson } from '../../../domain/agents/transcript/records.js';
import { beginningOf } from './bodies.js';
import { type ModelAddress, modelAddress } from './client.js';
import type { ModelAccess } from './types.js';

/** How long a server may take for all that it is asked. */
const patienceMs = 30_000;
const mostChars = 4_000_000;

/** What was found out, once for each process. */
const known = new Map<string, Promise<number | undefined>>();
const keyOf = ({ baseURL, model }: ModelAddress): string => `${baseURL ?? ''} ${model}`;

/** Tokens that the model takes; undefined when that is neither configured nor told. Never throws. */
export async function contextOf(access: Pick<ModelAccess, 'config' | 'env'>): Promise<number | undefined> {
  if (access.config.context > 0) return access.config.context;
  const address = modelAddress(access);
  if (typeof address === 'string') return undefined;
  const asked = known.get(keyOf(address)) ?? askServer(address);
  known.set(keyOf(address), asked);
  return asked;
}

/** Keeps what a server said when a question was too long. */
export function noteContext(address: ModelAddress, message: string): void {
  const told = contextTold(message);
  if (told !== undefined) known.set(keyOf(address), Promise.resolve(told));
}

/** Only a server that was configured is asked: the standard one tells nothing of it. */
async function askServer(address: ModelAddress): Promise<number | undefined> {
  const { baseURL, model } = address;
  if (!baseURL || !URL.canParse(baseURL)) return undefined;
  const base = baseURL.replace(/\/+$/, '');
  const { origin } = new URL(baseURL);
  const asked: [string, object?][] = [
    [`${base}/models`],
    [`${origin}/props`],
    [`${origin}/api/ps`],
    [`${origin}/api/show`, { model }],
  ];
  const signal = AbortSignal.timeout(patienceMs);
  for (const [url, body] of asked) {
    const told = contextIn(await jsonAt(url, { apiKey: address.apiKey, signal, body }), model);
    if (told !== undefined) return told;
  }
  return undefined;
}

async function jsonAt(
  url: string,
  { apiKey, signal, body }: { apiKey: string; signal: AbortSignal; body?: object | undefined },
): Promise<unknown> {
  try {
    const response = await fetch(url, {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      // The key is for this origin alone.
      redirect: 'error',
      signal,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!response.ok) {
      await response.body?.cancel();
      return undefined;
    }
    return parseJson(await beginningOf(response, mostChars));
  } catch {
    // It is not there, or tells nothing: the question itself will show.
    return undefined;
  }
}
