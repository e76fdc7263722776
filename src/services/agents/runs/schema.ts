/** Holds the answer of a recorded run to the JSON Schema that it was asked to follow. */
import { readFile } from 'node:fs/promises';
import type { SessionReport } from '../../../domain/agents/agent-event.js';
import { appError, messageOf } from '../../../domain/platform/errors.js';

/** The report; failed with `bad_output` when its answer does not fit. Throws `bad-schema` (usage). */
export async function checkAgainst(report: SessionReport, schemaFile: string): Promise<SessionReport> {
  const { default: ajv } = await import('ajv');
  let matches: ReturnType<InstanceType<typeof ajv.Ajv>['compile']>;
  try {
    const schema = JSON.parse(await readFile(schemaFile, 'utf8'));
    matches = new ajv.Ajv({ allErrors: true, strict: false }).compile(schema);
  } catch (error) {
    throw appError('bad-schema', `${schemaFile} is not a usable JSON Schema: ${messageOf(error)}.`, {
      kind: 'usage',
    });
  }
  if (report.status !== 'completed' || matches(report.structured)) return report;
  const where = (matches.errors ?? []).map(
    ({ instancePath, message }) => `${instancePath || 'the answer'} ${message}`,
  );
  const message = `The answer does not follow the schema: ${where.slice(0, 5).join('; ')}.`;
  return { ...report, status: 'failed', error: { code: 'bad_output', message } };
}
