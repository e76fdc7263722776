import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { StreamName } from '../../../../src/domain/agents/run.js';
import { renderEvents } from '../../../../src/domain/agents/transcript/render.js';
import { judge, streamFile } from '../../../support/streams.js';

const rounds = 60;
const formats: StreamName[] = ['codex-exec', 'codex-app-server', 'claude', 'opencode', 'gemini', 'acp'];
const fixtures = readdirSync(join(process.cwd(), 'test/fixtures/streams'))
  .filter((name) => name.endsWith('.jsonl'))
  .map((name) => name.replace('.jsonl', ''));
const formatOf = (name: string): StreamName =>
  formats.find((format) => name.startsWith(`${format.replace('codex-app', 'app')}-`)) ?? 'codex-exec';

/** The same numbers from the same seed, for ever (mulberry32). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** Lines shuffled, doubled, lost, cut, laced with bytes, and mixed with lines of another agent. */
function damaged(bytes: Uint8Array, other: Uint8Array, below: (n: number) => number): Uint8Array {
  let lines = new TextDecoder().decode(bytes).split('\n');
  const strange = new TextDecoder().decode(other).split('\n');
  for (let times = 1 + below(4); times > 0; times--) {
    const at = below(lines.length);
    const kind = below(6);
    if (kind === 0) lines.splice(at, 1);
    if (kind === 1) lines.splice(at, 0, lines[below(lines.length)] ?? '');
    if (kind === 2) lines.splice(at, 0, strange[below(strange.length)] ?? '');
    if (kind === 3) lines[at] = (lines[at] ?? '').slice(0, below((lines[at]?.length ?? 0) + 1));
    if (kind === 4) lines = lines.slice(0, at + 1);
    if (kind === 5) [lines[0], lines[at]] = [lines[at] ?? '', lines[0] ?? ''];
  }
  const result = new Uint8Array(Buffer.from(lines.join('\n')));
  for (let times = below(3); times > 0 && result.length > 0; times--)
    result[below(result.length)] = below(256);
  return result;
}

/** Whether a whole record says of the work that it is done; told without the parsers. */
function saysDone(format: StreamName, bytes: Uint8Array): boolean {
  const records = new TextDecoder()
    .decode(bytes)
    .split('\n')
    .flatMap((line) => {
      try {
        return [JSON.parse(line)];
      } catch {
        return [];
      }
    })
    .filter((record) => record !== null && typeof record === 'object');
  const refused = records.some((record) => /rejected permission/.test(record.part?.state?.error ?? ''));
  return records.some((record) => {
    switch (format) {
      case 'codex-exec':
        return record.type === 'turn.completed';
      case 'claude':
        return record.type === 'result' && record.subtype === 'success' && record.is_error === false;
      case 'opencode':
        return record.type === 'step_finish' && (record.part?.reason !== 'tool-calls' || refused);
      case 'codex-app-server':
        return record.method === 'turn/completed' && record.params?.turn?.status === 'completed';
      case 'acp':
        return record.result?.stopReason === 'end_turn';
      default:
        return record.type === 'result' && record.status === 'success';
    }
  });
}

test.each(fixtures)('whatever happens to %s, it never throws and never passes for a success', (name) => {
  const format = formatOf(name);
  const below = numbers(fixtures.indexOf(name) + 1);
  for (let round = 0; round < rounds; round++) {
    const other = streamFile(fixtures[below(fixtures.length)]!);
    const bytes = damaged(streamFile(name), other, below);
    const report = judge(format, bytes, { exitCode: 0 });
    if (report.status === 'completed') expect(saysDone(format, bytes)).toBe(true);
    expect(judge(format, bytes, { exitCode: 0 }, 1 + below(50))).toEqual(report);
    for (const exitCode of [1, 137]) expect(judge(format, bytes, { exitCode }).status).not.toBe('completed');
    renderEvents(report.events);
  }
});

test('records whose fields are not what they should be are survived', () => {
  const odd = [null, 7, 'text', [], {}, [null], { type: 7 }, true];
  for (const format of formats) {
    const lines = fixtures
      .filter((name) => formatOf(name) === format)
      .flatMap((name) => new TextDecoder().decode(streamFile(name)).split('\n'));
    for (const line of lines) {
      for (const value of odd) {
        const broken = line.replace(/:("[^"]*"|\d+|\[|\{)/g, (all, _, at) =>
          (at + line.length) % 3 === 0 && !/[[{]/.test(all) ? `:${JSON.stringify(value)}` : all,
        );
        judge(format, new TextEncoder().encode(`${broken}\n`), { exitCode: 0 });
      }
    }
  }
});
