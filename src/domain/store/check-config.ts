/** What a schema cannot say of the configured checks: their names are their own, and what they need exists and comes first. */
import type { CheckConfig } from './config.js';
import { findCycle } from './graph.js';

type Named = Pick<CheckConfig, 'name' | 'needs'>;

/** One mistake, and the path of the key that it stands at. */
export interface ConfigMistake {
  path: (string | number)[];
  message: string;
}

/** Names along a circle; of a long one its beginning and its end. */
const shortened = (names: readonly string[]): readonly string[] =>
  names.length > 12 ? [...names.slice(0, 10), '…', ...names.slice(-1)] : names;

/** What is wrong with the checks of a configuration file, in their order; nothing when all is well. */
export function checkMistakes(checks: readonly Named[]): ConfigMistake[] {
  const first = new Map<string, number>();
  for (const [at, { name }] of checks.entries()) if (!first.has(name)) first.set(name, at);
  const mistakes: ConfigMistake[] = [];
  const say = (at: number, key: string, message: string) =>
    mistakes.push({ path: ['validator', 'checks', at, key], message });
  for (const [at, { name, needs = [] }] of checks.entries()) {
    if (first.get(name)! < at) say(at, 'name', `two checks are called ${JSON.stringify(name)}`);
    for (const need of needs) {
      if (!first.has(need)) {
        say(
          at,
          'needs',
          `the check ${JSON.stringify(name)} needs ${JSON.stringify(need)}, which there is not`,
        );
      }
    }
  }
  const cycle = findCycle(checks.map(({ name, needs = [] }) => ({ slug: name, dependsOn: [...needs] })));
  if (cycle)
    say(
      first.get(cycle[0]!) ?? 0,
      'needs',
      `checks need each other in a circle: ${shortened(cycle).join(' → ')}`,
    );
  return mistakes;
}

/**
 * The checks that come before one: what it names in `needs`. A check that names nothing comes after the builds that are
 * configured before it, as if all were run one after the other; `needs = []` says that it does without.
 */
export function needsOf(check: CheckConfig, checks: readonly CheckConfig[]): string[] {
  if (check.needs) return check.needs;
  const before = checks.slice(0, checks.indexOf(check));
  return before.filter(({ kind }) => kind === 'build').map(({ name }) => name);
}
