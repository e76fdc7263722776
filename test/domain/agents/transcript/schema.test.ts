/** The installed Codex is asked for its own schema: what it can say is read, or named here as new. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { reportStream } from '../../../../src/domain/agents/transcript/streams.js';

interface Variants {
  oneOf: { properties: Record<string, { enum: [string] }> }[];
  definitions?: Record<string, Variants>;
}

const work = mkdtempSync(join(tmpdir(), 'codex-agents-schema-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** The schema that the program on PATH writes; undefined where there is none. */
function writtenSchema(): Variants | undefined {
  const env = { ...process.env, HOME: work, CODEX_HOME: work };
  try {
    execFileSync('codex', ['app-server', 'generate-json-schema', '--out', join(work, 'out')], {
      env,
      stdio: 'ignore',
      timeout: 60_000,
    });
    return JSON.parse(readFileSync(join(work, 'out', 'ServerNotification.json'), 'utf8'));
  } catch {
    return undefined;
  }
}

const schema = writtenSchema();
const names = (variants: Variants, property: string) =>
  variants.oneOf.map(({ properties }) => properties[property]!.enum[0]);

/** Records among these that no reader knows. */
const unknownIn = (records: readonly object[]): string[] =>
  reportStream(
    'codex-app-server',
    Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join('')),
    {
      exitCode: 0,
    },
  ).events.flatMap((event) => (event.type === 'unknown' ? [event.name] : []));

const ifThere = schema ? test : test.skip;
if (!schema)
  console.info('codex with `app-server generate-json-schema` is not on PATH: its schema is not compared.');

ifThere('every notification of the installed Codex is known', () => {
  // What is within an item is looked at below.
  const methods = names(schema!, 'method').filter((method) => !/^item\/(started|completed)$/.test(method));
  expect(methods.length).toBeGreaterThan(20);
  expect(unknownIn(methods.map((method) => ({ method, params: {} })))).toEqual([]);
});

ifThere('every item of the installed Codex is known', () => {
  const types = names(schema!.definitions!.ThreadItem!, 'type');
  const records = types.map((type) => ({ method: 'item/completed', params: { item: { type, id: type } } }));
  expect(types.filter((_, at) => unknownIn([records[at]!]).length > 0)).toEqual([]);
});

test('a notification that no version has so far is counted, and shown as one quiet line', () => {
  expect(unknownIn([{ method: 'turn/telepathy', params: {} }])).toEqual(['turn/telepathy']);
});
