/** Why work is left with a person: what it is, and the commands that settle it. */
import { join } from 'node:path';
import { shellWord } from '../../../domain/platform/shell.js';
import { type Git, type GitFailure, trustFilterCommand } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { isEscapingLink } from './stage.js';
import { lookAtSubmodules } from './submodules.js';
import { filteredTwice, type TreeChange, unfilteredChange } from './unfiltered.js';

/** How git's own commands end what was begun. */
export function unfinishedProblem(what: string, worktree: string, slug: string): string {
  const git = `git -C ${shellWord(worktree)} ${what}`;
  return `the agent left a ${what} unfinished. To finish it: \`${git} --continue\`; to give it up: \`${git} --abort\`; then \`codex-agent task retry ${slug}\``;
}

/** A person's `core.safecrlf` refuses a file whose ends of lines git could not give back. Rethrows any other error. */
export function mixedLinesProblem(error: unknown, worktree: string, slug: string): { problem: string } {
  const { stderr = '' } = error as Partial<GitFailure>;
  const [, found, wanted, path] =
    /^fatal: (CRLF|LF) would be replaced by (CRLF|LF) in (.+)$/m.exec(stderr) ?? [];
  if (!path) throw error;
  const script = wanted === 'LF' ? 's/\\r$//' : 's/\\r*$/\\r/';
  const mend = `sed -i ${shellWord(script)} ${shellWord(join(worktree, path))}`;
  return {
    problem: `${path} has ${found} at ends of lines where ${wanted} is wanted, and core.safecrlf refuses it. To mend it: \`${mend}\`; then \`codex-agent task retry ${slug}\``,
  };
}

/** What a scaffolder makes is often a repository of its own: git can only point to it, so its files stay behind. */
export function nestedProblem(
  [inner]: readonly string[],
  worktree: string,
  slug: string,
): string | undefined {
  if (inner === undefined) return undefined;
  const at = join(worktree, inner);
  const ignore = `echo ${shellWord(`/${inner}/`)} >>${shellWord(join(worktree, '.gitignore'))}`;
  return `${inner} is a repository of its own, so its files are not committed; the rest is. To take them in, without its history: \`rm -rf ${shellWord(join(at, '.git'))}\`; to leave it out: \`${ignore}\`; then \`codex-agent task retry ${slug}\``;
}

/** What may not be on the branch, whether the agent committed it itself or left it to us. */
export async function refusalOf(
  { git }: Pick<RepoSession, 'git'>,
  worktree: string,
  tree: string,
  introduced: readonly TreeChange[],
): Promise<string | undefined> {
  const pointers = introduced.filter(({ before, after }) => after === '160000' && before !== '160000');
  const declared = pointers.length > 0 ? await submodulePaths(git, tree) : [];
  const pointer = pointers.find(({ path }) => !declared.includes(path));
  const at = shellWord(worktree);
  if (pointer) {
    const inner = shellWord(pointer.path);
    const out = `git -C ${at} rm -q --cached ${inner} && git -C ${at} commit -m ${shellWord(`Take out ${pointer.path}`)}`;
    return `${pointer.path} is a repository of its own and no submodule, so what was committed leads nowhere. To take it out: \`${out}\`; then retry`;
  }
  const link = introduced.find(
    (change) => change.after === '120000' && isEscapingLink(worktree, change.bytes),
  );
  if (!link) return undefined;
  return `${link.path} is a link that leads out of the worktree. To take it away: \`rm ${shellWord(join(worktree, link.path))}\`; then retry`;
}

/** Paths that the `.gitmodules` of a tree declares. */
async function submodulePaths(git: Git, tree: string): Promise<string[]> {
  const args = ['config', '-z', '--blob', `${tree}:.gitmodules`, '--get-regexp', '^submodule\\..*\\.path$'];
  const { code, stdout } = await git.run(args, { ok: [0, 1, 128] });
  if (code !== 0) return [];
  return stdout
    .split('\0')
    .flatMap((line) => (line.includes('\n') ? [line.slice(line.indexOf('\n') + 1)] : []));
}

/** A file that must go through a program to be committed (encryption, large files) is not committed without it. */
export async function filterProblem(
  session: Pick<RepoSession, 'git' | 'root' | 'env'>,
  worktree: string,
  made: readonly TreeChange[],
): Promise<string | undefined> {
  const first = await unfilteredChange(session, worktree, made);
  return (
    first &&
    `${first.path} needs the filter "${first.filter.name}", which only the repository's own configuration defines and which therefore does not run: what you commit yourself in ${worktree} goes through it, or let it run with \`${trustFilterCommand(first.filter)}\`; then retry`
  );
}

/** The agent's git runs the filter, also over what stood there unfiltered. */
export async function twiceProblem(
  session: Pick<RepoSession, 'git' | 'root' | 'env'>,
  worktree: string,
  base: string,
  introduced: readonly TreeChange[],
): Promise<string | undefined> {
  const found = await filteredTwice(session, worktree, introduced);
  if (!found) return undefined;
  const file = shellWord(found.path);
  const back = `git -C ${shellWord(worktree)} checkout ${base.slice(0, 12)} -- ${file} && git -C ${shellWord(worktree)} commit -m ${shellWord(`Put back ${found.path}`)}`;
  return `the agent's commit puts ${found.path} through the filter "${found.filter.name}" a second time, since the file stood in the worktree as git stores it. To put it back: \`${back}\`; to have the filter run: \`${trustFilterCommand(found.filter)}\`; then retry`;
}

/** A submodule is a repository of its own: what is edited there is committed by whom it belongs to. */
export async function moduleProblem(
  session: Pick<RepoSession, 'git' | 'root' | 'env'>,
  worktree: string,
): Promise<string | undefined> {
  const open = (await lookAtSubmodules(session, worktree)).find(({ dirty, unknown }) => dirty || unknown);
  if (!open) return undefined;
  const { path, unknown, unfilled } = open;
  if (unknown) return `the submodule ${path} cannot be looked at: ${unknown}`;
  const place = shellWord(join(worktree, path));
  if (unfilled) {
    const out = `git -C ${shellWord(worktree)} rm -q --cached ${shellWord(path)}`;
    return `files stand in ${path}, the folder of a submodule that is not filled here, so git sees none of them. Move them elsewhere; or take the submodule out, so that they are committed in its place: \`${out}\`; then retry`;
  }
  return `files in the submodule ${path} were changed and are in no commit: commit them with \`git -C ${place} add -A && git -C ${place} commit\`, or put them back, then retry`;
}
