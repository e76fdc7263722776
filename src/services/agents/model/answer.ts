/** From a model's text to a value that is what the schema says, or the reasons it is not. */
import type { ValidateFunction } from 'ajv';
import { jsonIn } from './json-in.js';
import type { CheckedAnswer, JsonRequest } from './types.js';

/** A million things may be wrong with a longer answer: the first one is enough. */
const longAnswer = 200_000;

/** Compiles the request's schema once; ajv loads only when a model is asked. */
export async function answerJudge<T>(request: JsonRequest<T>): Promise<(text: string) => CheckedAnswer<T>> {
  // CommonJS: once bundled, only the default is there.
  const { default: ajv } = await import('ajv');
  const compiled = (allErrors: boolean) =>
    new ajv.Ajv({ allErrors, strict: false }).compile<T>(request.schema);
  const [all, first] = [compiled(true), compiled(false)];
  const judge = (value: unknown, matches: ValidateFunction<T>): CheckedAnswer<T> => {
    if (!matches(value)) return { ok: false, problems: schemaProblems(matches) };
    const problems = request.validate?.(value) ?? [];
    return problems.length > 0 ? { ok: false, problems } : { ok: true, value };
  };
  return (text) => {
    const matches = text.length > longAnswer ? first : all;
    const { values, beside, cut } = jsonIn(text);
    if (cut) return { ok: false, problems: ['it holds more values than any answer'] };
    const judged = values.map((value) => ({ value, ...judge(value, matches) }));
    const good = judged
      .filter(({ ok }) => ok)
      .map(({ value }) => [JSON.stringify(value), value as T] as const);
    if (good.length > 0) {
      // The whole text, a fence in it and an object in that may be the same.
      const answers = [...new Map(good).values()];
      const others = judged.filter(({ ok }) => !ok).map(({ value }) => value);
      return request.combine?.({ answers, others, beside }) ?? { ok: true, value: answers[0]! };
    }
    // Of several that are no good, the one that is nearest tells what is wrong.
    const nearest = judged.reduce<CheckedAnswer<T> | undefined>(
      (best, one) =>
        best && !best.ok && !one.ok && one.problems.length < best.problems.length ? one : (best ?? one),
      undefined,
    );
    return (
      nearest ?? {
        ok: false,
        problems: [text.trim() === '' ? 'it is empty' : 'it is not JSON, or a key stands in it twice'],
      }
    );
  };
}

function schemaProblems(matches: ValidateFunction): string[] {
  return (matches.errors ?? []).slice(0, 10).map((error) => {
    const extra = error.keyword === 'additionalProperties' ? ` "${error.params.additionalProperty}"` : '';
    return `${error.instancePath || 'the answer'} ${error.message ?? 'is wrong'}${extra}`;
  });
}
