/** Where a repository's configuration meets what the user set: it may tighten that, never loosen it. */

import { parseDuration, parseSize } from '../platform/units.js';
import { levels } from './policies.js';

/** Whether the repository's value is at least as strict as the user's. */
type Holds = (users: unknown, repositorys: unknown) => boolean;

const atMost =
  (read: (value: unknown) => number): Holds =>
  (users, repositorys) =>
    read(repositorys) <= read(users);
/** Of limits where nothing, or 0, stands for none. */
const orNone = (value: number): number => (value === 0 ? Number.POSITIVE_INFINITY : value);
const count = (value: unknown): number => (typeof value === 'number' ? value : Number.POSITIVE_INFINITY);
const limit = (value: unknown): number => orNone(count(value));
const duration = (value: unknown): number =>
  value === '' ? Number.POSITIVE_INFINITY : parseDuration(String(value));
const size = (value: unknown): number => (value === '' ? Number.POSITIVE_INFINITY : parseSize(String(value)));

const rank = (level: unknown): number => (levels as readonly string[]).indexOf(String(level));
const level: Holds = (users, repositorys) => rank(repositorys) >= rank(users);
const onlyOff: Holds = (users, repositorys) => users === true || repositorys === false;
const all: Holds = (users, repositorys) =>
  Array.isArray(users) && Array.isArray(repositorys) && users.every((one) => repositorys.includes(one));
const subset: Holds = (users, repositorys) => all(repositorys, users);

const rules: readonly [RegExp, Holds][] = [
  [/^run\.(max_parallel|retries)$/, atMost(count)],
  [/^run\.(total|idle|connect)_timeout$/, atMost(duration)],
  [/^run\.kill_grace$/, atMost(duration)],
  [/^run\.max_output$/, atMost(size)],
  [/^manager\.budget_(tokens|cost)$/, atMost(limit)],
  // The longer it is, the more counts against the budget.
  [/^manager\.budget_period$/, (users, repositorys) => duration(repositorys) >= duration(users)],
  [/^sandbox\.hide$/, all],
  [/^manager\.land$/, onlyOff],
  [/^worktree\.(max_disk|max_copy)$/, atMost(size)],
  [/^worktree\.min_free$/, (users, repositorys) => size(repositorys) >= size(users)],
  // What was removed, and what a run said, is kept at least as long as the user wants it.
  [/^(worktree\.trash_for|run\.keep_for)$/, (users, repositorys) => duration(repositorys) >= duration(users)],
  [/^(worktree\.trash_size|run\.keep_size)$/, (users, repositorys) => size(repositorys) >= size(users)],
  [/^worktree\.fetch$/, onlyOff],
  [/^validator\.auto_fix$/, onlyOff],
  [/^validator\.max_fix_attempts$/, atMost(count)],
  [/^validator\.policies\.[^.]+\.level$/, level],
  [/^validator\.policies\.file_size\.max$/, atMost(size)],
  [/^validator\.policies\.[^.]+\.max(_subject)?$/, atMost(count)],
  [/^validator\.policies\.[^.]+\.min$/, (users, repositorys) => count(repositorys) >= count(users)],
  [/^validator\.policies\.[^.]+\.(paths|patterns)$/, all],
  [/^validator\.policies\.[^.]+\.(allow|ignore)$/, subset],
  // Which of two patterns is the stricter one cannot be told.
  [
    /^validator\.policies\.commit_hygiene\.pattern$/,
    (users, repositorys) => users === '' || users === repositorys,
  ],
  [/^resolver\.(max_attempts|max_conflicts)$/, atMost(count)],
  [/^resolver\.max_file_bytes$/, atMost(size)],
  [/^resolver\.strategies$/, subset],
];

/** True when a repository may set this key to this value although the user set the other one. */
export function mayReplace(key: string, users: unknown, repositorys: unknown): boolean {
  const rule = rules.find(([keys]) => keys.test(key));
  return rule === undefined || rule[1](users, repositorys);
}
