/** Parameters of policies. The schema of the configuration checks them; what comes another way is an error here. */
import type { PolicyConfig } from '../../store/policies.js';

/** A number of 0 or more; throws otherwise. */
export function number(config: PolicyConfig, name: string): number {
  const value = config[name];
  if (typeof value !== 'number' || !(value >= 0)) throw new Error(`${name} must be a number of 0 or more`);
  return value;
}

/** A list of texts; throws otherwise. */
export function globs(config: PolicyConfig, name: string): string[] {
  const value = config[name] ?? [];
  if (!Array.isArray(value) || value.some((one) => typeof one !== 'string')) {
    throw new Error(`${name} must be a list of texts`);
  }
  return value as string[];
}
