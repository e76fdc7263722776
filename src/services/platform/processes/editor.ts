/** A file in the person's own editor, on this terminal. */
import { appError } from '../../../domain/platform/errors.js';
import { handTerminal, type ProcessOptions } from './process.js';

/**
 * Opens the file in $VISUAL or $EDITOR; resolves when the editor has ended well. Editors are written with arguments,
 * as in "code --wait": split at blanks, no shell. Throws `editor-failed`.
 */
export async function openInEditor(
  path: string,
  { cwd, env }: Pick<ProcessOptions, 'cwd' | 'env'>,
): Promise<void> {
  const [program = 'vi', ...args] = (env.VISUAL || env.EDITOR || 'vi').trim().split(/\s+/);
  const hint = 'Set EDITOR to an editor that waits, such as "vim" or "code --wait".';
  const code = await handTerminal([program, ...args, path], { cwd, env }).catch((cause: unknown) => {
    throw appError('editor-failed', `${program} cannot be started.`, { hint, cause });
  });
  if (code !== 0) throw appError('editor-failed', `${program} ended with exit code ${code}.`, { hint });
}
