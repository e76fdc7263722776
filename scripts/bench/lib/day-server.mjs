/** A loopback model server for a day's work: it thinks for a while, and limits, stalls and asks as it is told. */
import { createServer } from 'node:http';

const event = (data) => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;

/** The slug that stands in a request of the tasks' agents: each task's goal holds `work of <slug>.` */
const slugOf = (body) => /work of ([a-z0-9-]+)\./.exec(body)?.[1] ?? '';

/**
 * Starts it. `script(slug)` says what a task's agent does: `command`, `said`, `thinkMs`, and of its first request
 * `first`: "limit", "stall" or nothing; `asks`: it wants to leave the sandbox. `keys` gets every key that came, by slug.
 * `resolution` is what the conflict-resolver answers for each hunk.
 */
export async function startDayServer(script, resolution) {
  const seen = new Map();
  const keys = {};
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    if (/You resolve merge conflicts/.test(text)) return resolve(response, text, resolution);
    const slug = slugOf(text);
    const task = script(slug);
    if (!task) return response.writeHead(404).end();
    keys[slug] = [...new Set([...(keys[slug] ?? []), request.headers.authorization])];
    const count = (seen.get(slug) ?? 0) + 1;
    seen.set(slug, count);
    if (count === 1 && task.first === 'limit') return limit(response, task.limitSeconds);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(event({ type: 'response.created', response: { id: 'r' } }));
    if (count === 1 && task.first === 'stall') return;
    const { input } = JSON.parse(text);
    const lastUser = input.map((item) => item.role).lastIndexOf('user');
    const step = input.slice(lastUser + 1).filter((item) => item.type?.endsWith('_output')).length;
    setTimeout(
      () =>
        response.end(
          event({ type: 'response.output_item.done', item: itemOf(task, step, input.length) }) +
            completed(step),
        ),
      task.thinkMs,
    );
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', () => listening(undefined)));
  const address = server.address();
  return {
    port: typeof address === 'object' ? address.port : 0,
    keys,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The conflict-resolver's answer for every hunk that the question shows. */
function resolve(response, text, content) {
  const indexes = new Set([...text.matchAll(/[Hh]unk (\d+)/g)].map(([, index]) => Number(index)));
  const hunks = [...indexes].map((index) => ({ index, content, reason: 'Both are wanted.' }));
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(event({ type: 'response.created', response: { id: 'r' } }));
  const item = {
    type: 'message',
    role: 'assistant',
    content: [{ type: 'output_text', text: JSON.stringify({ hunks }) }],
  };
  setTimeout(() => response.end(event({ type: 'response.output_item.done', item }) + completed(0)), 3_000);
}

function itemOf({ command, said, asks }, step, length) {
  if (step > 0) return { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: said }] };
  const more = asks
    ? { sandbox_permissions: 'require_escalated', justification: 'it needs the network' }
    : {};
  return {
    type: 'function_call',
    call_id: `call_${length}`,
    name: 'exec_command',
    arguments: JSON.stringify({ cmd: command, ...more }),
  };
}

/** The account's limit, as the service words it, with the seconds until it ends. */
function limit(response, seconds) {
  const resetsAt = Math.ceil(Date.now() / 1000) + seconds;
  response.writeHead(429, {
    'content-type': 'application/json',
    'x-codex-primary-used-percent': '100',
    'x-codex-primary-window-minutes': '300',
    'x-codex-primary-reset-at': String(resetsAt),
    'x-codex-primary-reset-after-seconds': String(seconds),
  });
  const error = {
    type: 'usage_limit_reached',
    message: 'The usage limit has been reached',
    plan_type: 'plus',
    resets_at: resetsAt,
    resets_in_seconds: seconds,
  };
  response.end(JSON.stringify({ error }));
}

function completed(step) {
  const usage = {
    input_tokens: 1000,
    input_tokens_details: { cached_tokens: 800 },
    output_tokens: 100,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 1100,
  };
  return event({ type: 'response.completed', response: { id: `resp_${step}`, usage } });
}
