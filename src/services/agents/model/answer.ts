/** From a model's text to a value that is what the schema says, or the reasons it is not. */
import type { ValidateFunction } from 'ajv';
import type { JsonRequest } from './types.js';

export type Judged<T> = { ok: true; value: T } | { ok: false; problems: string[] };

/** Compiles the request's schema once; ajv loads only when a model is asked. */
export async function answerJudge<T>(request: JsonRequest<T>): Promise<(text: string) => Judged<T>> {
  // CommonJS: once bundled, only the default is there.
  const { default: ajv } = await import('ajv');
  const matches = new ajv.Ajv({ allErrors: true, strict: false }).compile<T>(request.schema);
  return (text) => {
    const value = jsonIn(text);
    if (value === undefined) return { ok: false, problems: ['it is not JSON'] };
    if (!matches(value)) return { ok: false, problems: schemaProblems(matches) };
    const problems = request.validate?.(value) ?? [];
    return problems.length > 0 ? { ok: false, problems } : { ok: true, value };
  };
}

function schemaProblems(matches: ValidateFunction): string[] {
  return (matches.errors ?? []).slice(0, 10).map((error) => {
    const extra = error.keyword === 'additionalProperties' ? ` "${error.params.additionalProperty}"` : '';
    return `${error.instancePath || 'the answer'} ${error.message ?? 'is wrong'}${extra}`;
  });
}

/** Servers without structured output wrap their JSON in fences or words. */
function jsonIn(text: string): unknown {
  const fenced = /```(?:json)?\s*\n([\s\S]*?)\n\s*```/.exec(text)?.[1];
  const braced = text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1);
  for (const candidate of [text, fenced, braced]) {
    if (!candidate) continue;
    try {
      return JSON.parse(candidate);
    } catch {
      // Not this part; the next one may be it.
    }
  }
  return undefined;
}
