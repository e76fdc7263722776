/** What git would do with a person's own commits here and does not do with ours: filters, hooks, signatures. */
import {
  findProgram,
  lazyGit,
  skippedFilters,
  trustFilterCommand,
  withFilters,
} from '../../platform/index.js';
import { loadConfig, locateRepository, openRegistry } from '../../store/index.js';
import {
  commitHooks,
  neverRunHooks,
  signsCommits,
  skippedHooksText,
  whyUnsigned,
} from '../../worktrees/index.js';
import type { DoctorItem, DoctorOptions } from './types.js';

/** One item for each that is left out or cannot work, with the command that changes it. */
export async function checkCommits(options: DoctorOptions): Promise<DoctorItem[]> {
  const { paths, cwd } = options;
  const found = cwd && (await locateRepository(cwd, openRegistry(paths).read));
  if (!found) return [];
  const { config } = await loadConfig({ paths, env: options.env, root: found.root });
  const env = withFilters(options.env, config.git.filters);
  const git = lazyGit(found, env);
  const warn = (name: string, detail: string, hint?: string): DoctorItem => ({
    name,
    status: 'warn',
    detail,
    ...(hint ? { hint } : {}),
  });
  const items: DoctorItem[] = [];
  for (const filter of await skippedFilters({ git, root: found.root, env })) {
    const detail = `"${filter.name}" is left out: only the repository's own configuration defines it`;
    items.push(warn('filter', detail, `To have it run: ${trustFilterCommand(filter)}`));
  }
  for (const [name, program] of await missingPrograms(git, env)) {
    const detail = `"${name}" needs ${program}, which is not on PATH: files that need it cannot be written`;
    items.push(warn('filter', detail, `Install ${program}.`));
  }
  const hooks = skippedHooksText({ config }, await commitHooks(git, found.root));
  if (hooks) items.push(warn('hooks', hooks));
  const never = await neverRunHooks(git, found.root);
  if (never.length > 0) {
    const detail = `nothing runs ${never.join(' or ')} for commits and merges of ours`;
    items.push(warn('hooks', detail, 'What it makes sure of can be a check: validator.checks.'));
  }
  if (await signsCommits(git)) {
    const why = await whyUnsigned(git, env);
    items.push(
      why
        ? warn('signing', `commits and merges of ours cannot be signed: ${why}`)
        : { name: 'signing', status: 'ok', detail: 'commits and merges of ours are signed, as yours are' },
    );
  }
  return items;
}

/** Filters of the person, such as LFS, whose program is not installed. */
async function missingPrograms(
  git: ReturnType<typeof lazyGit>,
  env: NodeJS.ProcessEnv,
): Promise<Map<string, string>> {
  const missing = new Map<string, string>();
  for (const { key, value, scope } of await git.settings()) {
    const name = /^filter\.(.*)\.(?:clean|smudge|process)$/s.exec(key)?.[1];
    const program = /^[\w./-]+/.exec(value)?.[0];
    if (name === undefined || !program || scope === 'local' || scope === 'worktree') continue;
    if (!findProgram(program, env)) missing.set(name, program);
  }
  return missing;
}
