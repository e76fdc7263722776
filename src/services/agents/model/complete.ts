/** Asks a model for one JSON value: falls back, retries, checks, lets it repair once, or says what is wrong. */
import { setTimeout as sleep } from 'node:timers/promises';
import { appError } from '../../../domain/platform/errors.js';
import { parseDuration } from '../../../domain/platform/units.js';
import { told } from '../../platform/index.js';
import { answerJudge } from './answer.js';
import { exchange, type ModelAddress, modelAddress, openClient } from './client.js';
import { noteContext } from './context.js';
import { type Failure, failureOf, modelError, saidIn } from './failure.js';
import { withoutThinking } from './json-in.js';
import { isSlip } from './shapes.js';
import type { Dialect, Exchange, JsonRequest, Message, ModelAccess } from './types.js';
import { startWatchdog } from './watchdog.js';

const maxTries = 3;
const firstWaitMs = 500;
const longestWaitMs = 30_000;
/** How long a server may take to load its model, and how often it is asked meanwhile. */
const loadingMs = 120_000;
const longestLookMs = 5_000;

const ladders: Record<ModelAccess['config']['api'], readonly Dialect[]> = {
  auto: ['responses', 'chat', 'plain', 'bare'],
  responses: ['responses'],
  chat: ['chat', 'plain', 'bare'],
};

/** What a server turned out to speak, so that each process finds out once. */
const spoken = new Map<string, Dialect>();

/**
 * The model's answer, checked by `request.schema` and `request.validate`; a bad one may be repaired once.
 * Errors: `no-model`, `model-auth`, `model-rate-limit`, `model-timeout`, `model-unreachable`, `model-server`,
 * `model-bad-answer`, `interrupted`. No key is in any of them. All tries share `model.total_timeout`.
 */
export async function completeJson<T>(access: ModelAccess, request: JsonRequest<T>): Promise<T> {
  const address = modelAddress(access);
  if (typeof address === 'string') {
    throw appError('no-model', `There is ${address}.`, {
      hint: 'Set model.model, and OPENAI_API_KEY or model.base_url: `codex-agent config set --user model.model …`.',
    });
  }
  const judge = await answerJudge(request);
  const deadline = Date.now() + parseDuration(access.config.total_timeout);
  const messages: Message[] = [
    { role: 'system', content: request.system },
    { role: 'user', content: request.user },
  ];
  const first = await ask(access, address, request, messages, deadline);
  const judged = judge(first);
  if (judged.ok) return judged.value;
  const repair: Message[] = [
    { role: 'assistant', content: withoutThinking(first).slice(0, 20_000) || '(nothing)' },
    {
      role: 'user',
      content: `That answer cannot be used:\n- ${judged.problems.join('\n- ')}\nAnswer again, whole, as JSON only.`,
    },
  ];
  const second = await ask(access, address, request, [...messages, ...repair], deadline);
  const again = judge(second);
  if (again.ok) return again.value;
  throw modelError(
    'model-bad-answer',
    `The model's answer cannot be used: ${again.problems.slice(0, 3).join('; ')}.${saidIn(withoutThinking(second) || second)}`,
  );
}

/** Goes down the ladder of dialects while the server lacks a feature. */
async function ask(
  access: ModelAccess,
  address: ModelAddress,
  request: Pick<JsonRequest<unknown>, 'name' | 'schema'>,
  messages: readonly Message[],
  deadline: number,
): Promise<string> {
  const ladder = ladders[access.config.api];
  const key = `${address.baseURL ?? ''} ${address.model}`;
  const known = spoken.get(key);
  let at = known ? Math.max(0, ladder.indexOf(known)) : 0;
  for (; ; at++) {
    const dialect = ladder[at]!;
    const outcome = await askWithRetries(access, address, request, { dialect, messages, deadline });
    if ('text' in outcome) {
      spoken.set(key, dialect);
      return outcome.text;
    }
    if (outcome.error.code === 'model-context') noteContext(address, outcome.error.message);
    if (!outcome.unsupported || at + 1 >= ladder.length) throw outcome.error;
  }
}

async function askWithRetries(
  access: ModelAccess,
  address: ModelAddress,
  { name, schema }: Pick<JsonRequest<unknown>, 'name' | 'schema'>,
  asked: { dialect: Dialect; messages: readonly Message[]; deadline: number },
): Promise<{ text: string } | Failure> {
  const { dialect, deadline } = asked;
  const client = await openClient(address);
  const messages = inDialect(dialect, asked.messages, schema);
  const begun = Date.now();
  for (let tries = 1; ; tries++) {
    const watchdog = startWatchdog(
      {
        connectMs: parseDuration(access.config.connect_timeout),
        idleMs: parseDuration(access.config.idle_timeout),
        deadline,
      },
      access.signal,
    );
    try {
      const { onUsage } = access;
      const request: Exchange = { dialect, messages, name, schema, ...(onUsage ? { onUsage } : {}) };
      const text = await told(
        {
          kind: 'model',
          words: ['model', address.model, 'at', whereOf(address), 'for', name, `(${dialect})`],
        },
        () => exchange(client, address.model, request, watchdog),
      );
      return { text };
    } catch (thrown) {
      if (isSlip(thrown)) throw thrown;
      const failure = failureOf(thrown, address.apiKey);
      const waitMs =
        failure.waitMs ??
        Math.min(longestWaitMs, firstWaitMs * 2 ** (tries - 1) * (0.75 + Math.random() / 2));
      const hopeless = waitMs > longestWaitMs || Date.now() + waitMs >= deadline;
      const patient = failure.loading === true && Date.now() - begun < loadingMs;
      if (!failure.retry || (tries >= maxTries && !patient) || hopeless) return failure;
      await pause(patient ? Math.max(firstWaitMs, Math.min(waitMs, longestLookMs)) : waitMs, access.signal);
    } finally {
      watchdog.stop();
    }
  }
}

/** Host and path of the server, without what its address may hold besides. */
function whereOf({ baseURL }: ModelAddress): string {
  if (!baseURL) return 'api.openai.com';
  const url = URL.canParse(baseURL) ? new URL(baseURL) : undefined;
  return url ? `${url.host}${url.pathname}` : 'an address that cannot be read';
}

function inDialect(dialect: Dialect, messages: readonly Message[], schema: unknown): readonly Message[] {
  if (dialect === 'responses' || dialect === 'chat') return messages;
  const told = withSchema(messages, schema);
  if (dialect === 'plain') return told;
  // The instructions go ahead of the question, for a model that knows only users and assistants.
  const [system, user, ...rest] = told;
  return [{ role: 'user', content: `${system!.content}\n\n${user!.content}` }, ...rest];
}

function withSchema(messages: readonly Message[], schema: unknown): Message[] {
  const [system, ...rest] = messages;
  const order = `Answer with one JSON value and nothing else, matching this JSON Schema:\n${JSON.stringify(schema)}`;
  return [{ role: 'system', content: `${system!.content}\n\n${order}` }, ...rest];
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    throw appError('interrupted', 'Interrupted.', { kind: 'interrupted', cause: error });
  }
}
