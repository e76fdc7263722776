/** Variables that the programs of a task are given. Their prefix is not that of our settings, which people set. */

/** What stands in them, by the end of their names. */
const values = (place: TaskPlace) =>
  ({
    SLUG: place.slug,
    WORKTREE: place.path,
    PORT: place.port === undefined ? undefined : String(place.port),
  }) as const;

interface TaskPlace {
  slug: string;
  /** Its worktree. */
  path: string;
  port?: number;
}

const given = 'CODEX_AGENTS_';
/** Names of before, which set-up commands of repositories may use: given too, and never taken for settings. */
const before = 'CODEX_AGENT_';

/** The variables for a program that works in the worktree of a task. */
export function taskVariables(place: TaskPlace): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const [name, value] of Object.entries(values(place))) {
    if (value !== undefined) variables[given + name] = variables[before + name] = value;
  }
  return variables;
}

/** Whether a variable, which has the prefix of our settings, is one that our own programs were given. */
export const isTaskVariable = (name: string): boolean =>
  Object.keys(values({ slug: '', path: '' })).some((end) => name === before + end);
