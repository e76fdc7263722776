/** Checks arguments against a row's schema, with the validators compiled at build time. */
import { type ValidatorName, validators } from '../generated/arg-validators.js';
import type { AnyCommand } from './types.js';

/** What is wrong with the arguments, in words, or undefined. */
export function validateArgs(row: AnyCommand, given: Record<string, unknown>): string | undefined {
  const validate = validators[row.id as ValidatorName];
  if (validate(given)) return undefined;
  const [problem] = validate.errors ?? [];
  const name = problem?.instancePath.replace(/^\//, '') ?? '';
  const extra = problem?.params.additionalProperty;
  if (typeof extra === 'string') return `there is no argument ${extra}`;
  return `${name ? `${name} ` : ''}${problem?.message ?? 'the arguments are not valid'}`;
}
