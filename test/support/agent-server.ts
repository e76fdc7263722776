/**
 * A loopback model server that the real Claude Code, opencode and Gemini CLI can be pointed at. The first part of
 * the path is the scenario, so one server serves many runs at once. Stateless, but for a count of requests.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { countLimits, type Scenario } from './codex-server.js';
import { type Dialect, dialects } from './model-dialects.js';

export interface AgentServer {
  port: number;
  /** Paths asked for, by scenario. */
  requests: Record<string, string[]>;
  /** What was asked of the model, as it came, by scenario. */
  heard: Record<string, string[]>;
  url(scenario: string): string;
  close(): Promise<void>;
}

/** Starts it on a free port. */
export async function startAgentServer(scenarios: Record<string, Scenario>): Promise<AgentServer> {
  const requests: Record<string, string[]> = {};
  const heard: Record<string, string[]> = {};
  const limitLeft = countLimits();
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0]!;
    const name = path.split('/')[1] ?? '';
    const dialect = dialects.find((one) => one.asks(path));
    const scenario = scenarios[name];
    requests[name] ??= [];
    const asked = requests[name];
    asked.push(path);
    if (!scenario || !dialect) {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
      return;
    }
    const count = asked.filter((one) => dialect.asks(one)).length;
    readBody(request).then(
      (body) => {
        heard[name] = [...(heard[name] ?? []), body];
        const left = limitLeft(name, scenario);
        if (left > 0) limited(dialect, left, response);
        else play(scenario, dialect, count, body, response);
      },
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    requests,
    heard,
    url: (scenario) => `http://127.0.0.1:${port}/${scenario}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function limited(dialect: Dialect, seconds: number, to: ServerResponse): void {
  const { headers, body } = dialect.limited(Math.ceil(seconds));
  to.writeHead(429, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

function play(scenario: Scenario, dialect: Dialect, count: number, body: string, to: ServerResponse): void {
  const stream = () => to.writeHead(200, { 'content-type': 'text/event-stream' });
  const fail = (status: number) =>
    to.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(dialect.failure(status)));
  const work = ({ command, said }: { command: string; said: string }) =>
    stream().end(dialect.answer(dialect.afterTool(JSON.parse(body)) ? { text: said } : { command }));
  switch (scenario.type) {
    case 'status':
      fail(scenario.status);
      return;
    case 'flaky':
      if (count <= scenario.times) fail(500);
      else work(scenario);
      return;
    case 'work':
    case 'limit':
      work(scenario);
      return;
    case 'stall':
      stream().write(dialect.beginning);
      return;
    case 'drop':
      stream().write(dialect.beginning, () => to.destroy());
      return;
    case 'escalate':
    case 'talk':
      throw new Error(`This server does not play ${scenario.type}.`);
  }
}
