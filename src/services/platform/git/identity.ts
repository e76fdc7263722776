/** Who commits: said also where a person's configuration is not read, or says nothing that git takes. */
import type { ConfigEntry } from '../types.js';

const fallback = { name: 'codex-agent', email: 'codex-agent@localhost' } as const;
const parts = ['name', 'email'] as const;
const roles = ['author', 'committer'] as const;

/** Git strips these signs from the ends of names, and ends where nothing is left. */
const isUsable = (text: string | undefined): text is string => /[^\s\0-\x20.,:;<>"\\']/.test(text ?? '');

const variables = roles.flatMap((role) =>
  parts.map((part) => `GIT_${role.toUpperCase()}_${part.toUpperCase()}`),
);

/** The variables by which a person says who commits; those that git would end at are left out. */
export const identityVariables = (env: NodeJS.ProcessEnv): string[] =>
  variables.filter((name) => isUsable(env[name]));

/** Settings after which git knows an author and a committer: as the person says it, of what is said for one of them for both. */
export function identity(entries: readonly ConfigEntry[], env: NodeJS.ProcessEnv): [string, string][] {
  const last = (key: string) => entries.findLast((entry) => entry.key === key)?.value;
  return parts.flatMap((part): [string, string][] => {
    const said = [
      ...['user', ...roles].map((role) => last(`${role}.${part}`)),
      ...variables.filter((name) => name.endsWith(part.toUpperCase())).map((name) => env[name]),
      ...(part === 'email' ? [env.EMAIL] : []),
    ];
    const value = said.find(isUsable) ?? fallback[part];
    const empty = roles.map((role) => `${role}.${part}`).filter((key) => last(key) !== undefined);
    return [`user.${part}`, ...empty.filter((key) => !isUsable(last(key)))].map((key) => [key, value]);
  });
}
