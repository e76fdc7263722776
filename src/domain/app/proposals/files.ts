/** What of a repository the proposals are made from: the texts of a few of its files. */

export interface ProjectFiles {
  /** Every tracked path. */
  paths: ReadonlySet<string>;
  /** Texts that were read, by path. */
  texts: ReadonlyMap<string, string>;
  /** What YAML files say, by path; a file that is none is missing. */
  data: ReadonlyMap<string, unknown>;
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A path below a folder, with `.` and `..` gone; undefined when it leads out of the repository. */
export function below(folder: string, path: string): string | undefined {
  const parts: string[] = [];
  for (const part of `${path.startsWith('/') ? '' : folder}/${path}`.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join('/');
}

/** Scripts of a folder's package.json; npm's own placeholder is none. */
export function packageScripts(files: ProjectFiles, folder: string): Record<string, string> {
  const manifest = json(files, below(folder, 'package.json'));
  const scripts = isRecord(manifest?.scripts) ? manifest.scripts : {};
  return Object.fromEntries(
    Object.entries(scripts).filter(
      (entry): entry is [string, string] =>
        typeof entry[1] === 'string' && !entry[1].includes('no test specified'),
    ),
  );
}

/** What a JSON file says; undefined when it is missing or none. */
export function json(files: ProjectFiles, path: string | undefined): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(files.texts.get(path ?? '') ?? '');
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Recipes of a folder's Makefile or justfile by target. */
export function recipesOf(
  files: ProjectFiles,
  folder: string,
  names: readonly string[],
): Map<string, string> {
  const recipes = new Map<string, string>();
  const text = names
    .map((name) => files.texts.get(below(folder, name) ?? ''))
    .find((one) => one !== undefined);
  let targets: string[] = [];
  for (const line of (text ?? '').replace(/\\\n/g, ' ').split('\n')) {
    const head = /^(@?[\w./ -]+?)(?:\s+[^:=]*)?:(?!=)/.exec(line);
    if (/^\s/.test(line)) {
      for (const target of targets)
        recipes.set(target, `${recipes.get(target)}${line.trim().replace(/^[@-]+/, '')}\n`);
    } else if (head) {
      targets = head[1]!.replace('@', '').trim().split(/\s+/);
      for (const target of targets) if (!recipes.has(target)) recipes.set(target, '');
    } else if (line.trim() !== '' && !line.startsWith('#')) targets = [];
  }
  recipes.delete('.PHONY');
  return recipes;
}

/** Names that Makefiles and justfiles have. */
export const makefiles = ['GNUmakefile', 'makefile', 'Makefile'];
export const justfiles = ['justfile', 'Justfile', '.justfile'];

/** The program that runs package scripts here. */
export function packageManager(files: ProjectFiles): 'npm' | 'pnpm' | 'yarn' | 'bun' {
  const said = /"packageManager"\s*:\s*"(npm|pnpm|yarn|bun)@/.exec(
    files.texts.get('package.json') ?? '',
  )?.[1];
  if (said) return said as 'npm' | 'pnpm' | 'yarn' | 'bun';
  const locks = [
    ['pnpm-lock.yaml', 'pnpm'],
    ['yarn.lock', 'yarn'],
    ['bun.lock', 'bun'],
    ['bun.lockb', 'bun'],
  ] as const;
  return locks.find(([name]) => files.paths.has(name))?.[1] ?? 'npm';
}
