/** What of a repository's configuration counts beside the user's: what is at least as strict. */
import { isTable, type Table } from './config-table.js';
import { addsUp, mayReplace } from './stricter.js';

interface Own {
  /** The user's configuration, and the defaults. */
  users: Table;
  defaults: Table;
}

/**
 * The repository's values without those that would loosen what the user has set; lists of which both count are joined.
 * Who names a budget or a policy means it with all that belongs to it: there, the defaults count as the user's.
 */
export function tightened(
  own: Own,
  repositorys: Table,
  warn: (loosened: string) => void,
  prefix = '',
): Table {
  const kept: Table = {};
  for (const [key, value] of Object.entries(repositorys)) {
    const name = `${prefix}${key}`;
    const users = ownValue(own, key, prefix);
    if (isTable(value)) {
      const below = { users: isTable(users) ? users : {}, defaults: tableAt(own.defaults, key) };
      kept[key] = tightened(below, value, warn, `${name}.`);
    } else if (users === undefined) kept[key] = value;
    else if (addsUp(name)) kept[key] = join(name, users, value);
    else if (mayReplace(name, users, value)) kept[key] = value;
    else warn(`${name} to ${JSON.stringify(value)}; yours holds: ${JSON.stringify(users)}`);
  }
  return kept;
}

function ownValue({ users, defaults }: Own, key: string, prefix: string): unknown {
  if (Object.hasOwn(users, key)) return users[key];
  if (prefix === 'prices.') return users.default;
  // Cached input costs what input does where nothing else is said.
  if (/^prices\./.test(prefix) && key === 'cached') return users.input;
  // Who does not want a policy has no wish for what it allows where the team wants it.
  const isPolicy =
    /^validator\.policies\.[^.]+\.$/.test(prefix) && Object.keys(users).length > 0 && users.level !== 'off';
  const isBudget =
    prefix === 'manager.' && /^budget_/.test(key) && (users.budget_tokens || users.budget_cost);
  return isPolicy || isBudget ? defaults[key] : undefined;
}

/** Of two different checks of one name both run: that of the repository says in its name whose it is. */
function join(key: string, users: unknown, repositorys: unknown): unknown[] {
  const [own, theirs] = [users as unknown[], repositorys as unknown[]];
  const added = theirs.filter((one) => !own.some((other) => JSON.stringify(other) === JSON.stringify(one)));
  if (key !== 'validator.checks') return [...own, ...added];
  const checks = added as { name: string; needs?: string[] }[];
  const isTaken = (name: string) =>
    checks.some((check) => check.name === name) && (own as typeof checks).some((one) => one.name === name);
  const nameOf = (name: string) => (isTaken(name) ? `${name} (repository)` : name);
  const named = ({ name, needs, ...rest }: (typeof checks)[number]) => ({
    ...rest,
    name: nameOf(name),
    ...(needs ? { needs: needs.map(nameOf) } : {}),
  });
  return [...own, ...checks.map(named)];
}

const tableAt = (table: Table, key: string): Table => {
  const below = Object.hasOwn(table, key) ? table[key] : undefined;
  return isTable(below) ? below : {};
};
