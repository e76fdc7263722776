/** Opens a worktree for a person: a shell in it, an editor on it, or the file manager. */
import { basename, join } from 'node:path';
import { appError } from '../../../domain/platform/errors.js';
import type { Task } from '../../../domain/store/task.js';
import { taskVariables } from '../../../domain/worktrees/variables.js';
import { handTerminal } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';

export const openers = ['shell', 'editor', 'files'] as const;
export type Opener = (typeof openers)[number];

/** The task's worktree. Throws `no-worktree`. */
export function requireWorktree(task: Task): string {
  if (task.worktree) return task.worktree;
  throw appError('no-worktree', `Task ${task.slug} has no worktree.`, {
    hint: `Make one with \`codex-agent task worktree add ${task.slug}\`.`,
  });
}

/**
 * Runs the program on this terminal until it ends.
 * @param place for an editor: `file:line` below the worktree
 * Throws `no-worktree`, `program-not-found`, `open-failed`. */
export async function openWorktree(
  session: RepoSession,
  task: Task,
  opener: Opener,
  place?: string,
): Promise<void> {
  const path = requireWorktree(task);
  const argv = argvOf(session, opener, path, opener === 'editor' ? place : undefined);
  const { slug, port } = task;
  const env = { ...session.env, ...taskVariables({ slug, path, ...(port ? { port } : {}) }) };
  const code = await handTerminal(argv, { cwd: path, env });
  // How a shell ends says how its last command did.
  if (code === 0 || opener === 'shell') return;
  throw appError('open-failed', `${argv.join(' ')} ended with exit code ${code}.`, {
    hint: `Set worktree.open.${opener} in your configuration to a program that works here.`,
  });
}

/** Runs a shell in the main worktree on this terminal until it ends. Throws `program-not-found`. */
export async function openShellHere(session: RepoSession): Promise<void> {
  await handTerminal(argvOf(session, 'shell', session.root), { cwd: session.root, env: session.env });
}

function argvOf({ config, env }: RepoSession, opener: Opener, path: string, place?: string): string[] {
  const set = config.worktree.open[opener];
  if (place !== undefined) {
    const program = set.length > 0 ? set : (env.VISUAL || env.EDITOR || 'vi').trim().split(/\s+/);
    return atLine(
      program.filter((word) => !word.includes('{path}')),
      path,
      place,
    );
  }
  if (set.length > 0) {
    const argv = set.map((word) => word.replaceAll('{path}', path));
    return opener === 'shell' || set.some((word) => word.includes('{path}')) ? argv : [...argv, path];
  }
  if (opener === 'shell') return [env.SHELL || '/bin/sh'];
  if (opener === 'editor') return [...(env.VISUAL || env.EDITOR || 'vi').trim().split(/\s+/), path];
  return [process.platform === 'darwin' ? 'open' : 'xdg-open', path];
}

/** The editor at `file:line` of the worktree, spelled as the editor wants it: most take `+line file`. */
function atLine(program: readonly string[], worktree: string, place: string): string[] {
  const [, name = place, line] = /^(.*?)(?::(\d+))?$/s.exec(place) ?? [];
  const file = join(worktree, name);
  if (!line) return [...program, file];
  const editor = basename(program[0] ?? '');
  if (/^(?:code|codium|code-insiders|cursor|windsurf)$/.test(editor))
    return [...program, '-g', `${file}:${line}`];
  if (/^(?:hx|helix|subl|zed|zeditor)$/.test(editor)) return [...program, `${file}:${line}`];
  return [...program, `+${line}`, file];
}
