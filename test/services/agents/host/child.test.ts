import { describe, expect, test } from '@jest/globals';
import { startAgent } from '../../../../src/services/agents/host/child.js';

/** Keeps the event loop from everything else. */
function hold(ms: number): void {
  for (const until = performance.now() + ms; performance.now() < until; );
}

async function linesOf(script: string, heard: (line: string) => void = () => {}): Promise<string[]> {
  const lines: string[] = [];
  const options = { cwd: '/', env: { PATH: process.env.PATH } };
  const agent = startAgent(['sh', '-c', script], options, (line) => {
    lines.push(line.toString());
    heard(line.toString());
  });
  await agent.ended;
  return lines;
}

describe('all that an agent said is handed on before its end is told', () => {
  test('while the loop is held', async () => {
    const busy = () => {
      hold(60);
      setImmediate(() => hold(600));
    };
    const said = await Promise.all(
      Array.from({ length: 6 }, (_, at) => linesOf(`sleep 0.0${at}; echo out; echo; printf last`, busy)),
    );
    expect(said).toEqual(Array.from({ length: 6 }, () => ['out', '', 'last']));
  });

  test('where another process holds its output open', async () => {
    const lines = await linesOf('setsid sleep 3 & echo out; printf last');
    expect(lines).toEqual(['out', 'last']);
  });
});
