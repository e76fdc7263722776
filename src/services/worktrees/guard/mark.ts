/** The file by which git notes what a run moved: without it, who moved a ref meanwhile is not known. */
import { dirname } from 'node:path';
import type { Task } from '../../../domain/store/task.js';
import type { RepoSession } from '../../store/index.js';
import { markFile } from '../run-folder/mark.js';
import { asideOf, putBack, readSaved, savedText } from './files.js';
import type { Change } from './look.js';

/**
 * A finding where the file is not what the task's newest run began with; it goes with the record of its worktree.
 * @param path none for runs of earlier versions
 */
export async function compareMark(
  session: RepoSession,
  task: Task,
  path: string | undefined,
): Promise<Change[]> {
  const run = task.runIds.at(-1);
  if (!path || !run || (await readSaved(dirname(path))).kind !== 'folder') return [];
  const is = await readSaved(path);
  const right = [false, true].map((inBox) => markFile(run, { inBox }));
  if (is.kind === 'file' && right.includes(savedText(is))) return [];
  const how = is.kind === 'none' ? 'is gone' : 'was changed';
  const [text = ''] = right;
  const undo = async () => {
    const was = { kind: 'file', mode: 0o600, base64: Buffer.from(text).toString('base64') } as const;
    await putBack(path, was, asideOf(session, run, path));
    return 'put back';
  };
  return [
    {
      what: path,
      text: `${path} ${how}: by it git notes what the agent's git moves, so who moved a ref meanwhile is unknown.`,
      look: true,
      state: JSON.stringify(is),
      undo,
    },
  ];
}
