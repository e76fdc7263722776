/**
 * A run's own git commits under the run's mark, so that git itself notes in its reflogs what the run moved. Only in this
 * repository: in others, such as those that a project's tests make, the agent's git is the person's.
 */
import { join } from 'node:path';
import { runMark } from '../../../domain/worktrees/guard.js';

/** What git is told in a box besides: what it could not do there, it does not begin. */
const boxSettings =
  '[gc]\n\tauto = 0\n\tpackRefs = false\n[maintenance]\n\tauto = false\n[rerere]\n\tenabled = false\n[fetch]\n\twriteCommitGraph = false\n';

/** Content of the file that the agent's git includes. Tags and other refs get a reflog too. */
export function markFile(runId: string, { inBox }: { inBox: boolean }): string {
  return `[committer]\n\tname = codex-agent\n\temail = ${runMark(runId)}\n[core]\n\tlogAllRefUpdates = always\n${inBox ? boxSettings : ''}`;
}

/**
 * The file of the newest run of a worktree, in git's own record of it: whatever a sandbox hides from an agent, its git
 * finds the record, or finds no repository.
 */
export const markPath = (record: string): string => join(record, 'codex-agent.gitconfig');

/** Where runs of earlier versions have theirs. */
export const formerMarkPath = (runFolder: string): string => join(runFolder, 'gitconfig');

/**
 * The variable by which `git -c` hands its settings on. Not GIT_CONFIG_KEY_0 and its like: Codex keeps variables with
 * KEY in their name from what it runs, and git refuses to work with only some of them.
 * @param path of the file with the mark
 * @param given settings of the person's terminal, which come first
 */
export function markVariables(
  commonDir: string,
  path: string,
  given: readonly (readonly [key: string, value: string])[] = [],
): Record<string, string> {
  const pattern = commonDir.replace(/[\\*?[\]]/g, '\\$&');
  const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  // The main worktree's git directory is the folder itself; those of linked worktrees lie in it.
  const marks = [pattern, `${pattern}/`].map((place) => [`includeIf.gitdir:${place}.path`, path] as const);
  const settings = [...given, ...marks].map(([key, value]) => `${quoted(key)}=${quoted(value)}`);
  return { GIT_CONFIG_PARAMETERS: settings.join(' ') };
}
