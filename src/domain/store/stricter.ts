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
const atLeast =
  (read: (value: unknown) => number): Holds =>
  (users, repositorys) =>
    read(repositorys) >= read(users);
/** Where none is stricter than another, the user's holds. */
const same: Holds = (users, repositorys) => JSON.stringify(users) === JSON.stringify(repositorys);

const rules: readonly [RegExp, Holds][] = [
  [/^run\.(max_parallel|retries)$/, atMost(count)],
  [/^run\.(total|idle|connect)_timeout$/, atMost(duration)],
  [/^run\.(kill_grace|approval_timeout)$/, atMost(duration)],
  [/^(worktree\.setup|model\.(connect|idle|total)|resolver\.side_test\.)_?timeout$/, atMost(duration)],
  // Programs that the user chose; their variables and their sandbox were meant for those.
  [/^(runner\.command\.args|resolver\.side_test\.run)$/, same],
  [/^runner\.fallback$/, subset],
  // How the screen looks and calls is for the person who sits there.
  [/^ui\./, same],
  [/^run\.max_output$/, atMost(size)],
  [/^manager\.budget_(tokens|cost)$/, atMost(limit)],
  // The longer it is, the more counts against the budget.
  [/^manager\.budget_period$/, atLeast(duration)],
  // What costs less counts less against the budget.
  [/^prices\..+\.(input|cached|output)$/, atLeast(count)],
  [/^prices\.(.+\.)?currency$/, same],
  [/^manager\.land$/, onlyOff],
  [/^worktree\.(max_disk|max_copy)$/, atMost(size)],
  [/^worktree\.min_free$/, atLeast(size)],
  [/^worktree\.spare$/, atMost(count)],
  [/^worktree\.env_files$/, subset],
  // What was removed, and what a run said, is kept at least as long as the user wants it.
  [/^(worktree\.trash_for|run\.keep_for)$/, atLeast(duration)],
  [/^(worktree\.trash_size|run\.keep_size)$/, atLeast(size)],
  [/^worktree\.fetch$/, onlyOff],
  [/^validator\.auto_fix$/, onlyOff],
  [/^validator\.max_fix_attempts$/, atMost(count)],
  [/^validator\.max_parallel$/, atMost(limit)],
  [/^validator\.policies\.[^.]+\.level$/, level],
  [/^validator\.policies\.file_size\.max$/, atMost(size)],
  [/^validator\.policies\.[^.]+\.max(_subject)?$/, atMost(count)],
  [/^validator\.policies\.[^.]+\.min$/, atLeast(count)],
  [/^validator\.policies\.licence_header\.text$/, same],
  [/^validator\.policies\.[^.]+\.(allow|ignore)$/, subset],
  // Which of two patterns is the stricter one cannot be told.
  [
    /^validator\.policies\.commit_hygiene\.pattern$/,
    (users, repositorys) => users === '' || same(users, repositorys),
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

/** Lists of which what the user wants stays, and what the repository wants comes on top. */
const joined =
  /^(hooks\.\w+|sandbox\.hide|worktree\.exclude|validator\.checks|validator\.policies\.[^.]+\.(paths|patterns|sources))$/;

/** True when a repository's list is added to that of the user. */
export const addsUp = (key: string): boolean => joined.test(key);
