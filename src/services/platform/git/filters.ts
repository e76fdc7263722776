/**
 * Filters that only a repository's own configuration defines. An agent can write there, so they are left out, unless
 * the person has named the very commands in their own configuration (`git.filters`).
 */
import { shellWord } from '../../../domain/platform/shell.js';
import type { Git, SkippedFilter } from '../types.js';
import { hardenedEnvironment } from './environment.js';
import { placeOf } from './place.js';

type Needs = { git: Git; root: string; env: NodeJS.ProcessEnv };

/** Commands of one filter, as git's configuration has them. */
export interface FilterCommands {
  clean?: string;
  smudge?: string;
  process?: string;
  required?: boolean;
}

/** The environment in which git sees these filters as the person's own: they run whatever the repository says. */
export function withFilters(
  env: NodeJS.ProcessEnv,
  filters: Readonly<Record<string, FilterCommands>>,
): NodeJS.ProcessEnv {
  const pairs = Object.entries(filters).flatMap(([name, commands]) =>
    // What is not named is emptied: the repository could define it. Not `process`: git runs no other then, even if it is
    // empty; where the repository defines that one, the filter counts as left out.
    Object.entries({ clean: '', smudge: '', required: false, ...commands }).map(
      ([kind, value]) => [`filter.${name}.${kind}`, String(value)] as const,
    ),
  );
  if (pairs.length === 0) return env;
  const from = Number(env.GIT_CONFIG_COUNT ?? 0) || 0;
  const variables = pairs.flatMap(([key, value], at) => [
    [`GIT_CONFIG_KEY_${from + at}`, key],
    [`GIT_CONFIG_VALUE_${from + at}`, value],
  ]);
  return { ...env, ...Object.fromEntries(variables), GIT_CONFIG_COUNT: String(from + pairs.length) };
}

/** Filters that are left out in a worktree, the main one if no other is named. */
export async function skippedFilters(session: Needs, worktree?: string): Promise<readonly SkippedFilter[]> {
  const place = await placeOf({ root: session.root, commonDir: session.git.commonDir }, worktree);
  return (await hardenedEnvironment(place, session.env)).skippedFilters;
}

/**
 * The paths whose attributes name a filter that is left out: what stands in git is not what stands in the file, and
 * the other way round. `paths` undefined: all tracked files.
 */
export async function unfilteredPaths(
  session: Needs,
  worktree: string,
  paths?: readonly string[],
): Promise<{ path: string; filter: SkippedFilter }[]> {
  const skipped = await skippedFilters(session, worktree);
  if (skipped.length === 0 || paths?.length === 0) return [];
  const { git } = session;
  const input = paths
    ? paths.map((path) => `${path}\0`).join('')
    : (await git.run(['ls-files', '-z'], { worktree })).stdout;
  const { stdout } = await git.run(['check-attr', '-z', '--stdin', 'filter'], { worktree, input });
  const fields = stdout.split('\0');
  const found: { path: string; filter: SkippedFilter }[] = [];
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const filter = skipped.find(({ name }) => name === fields[at + 2]);
    if (filter) found.push({ path: fields[at]!, filter });
  }
  return found;
}

/** The command by which a person has a filter run, with the commands that the repository defines now. */
export function trustFilterCommand({ name, clean, smudge, process, required }: SkippedFilter): string {
  const commands = Object.entries({ clean, smudge, process })
    .filter(([, value]) => value)
    .map(([kind, value]) => `${kind} = ${JSON.stringify(value)}`);
  const table = [...commands, ...(required ? ['required = true'] : [])].join(', ');
  const key = /^[\w-]+$/.test(name) ? name : JSON.stringify(name);
  return `codex-agent config set --user ${shellWord(`git.filters.${key}`)} ${shellWord(`{ ${table} }`)}`;
}
