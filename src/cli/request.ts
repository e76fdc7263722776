/** What a command line asks for. */
import { resolve } from 'node:path';
import type { GlobalFlags } from '../commands/types.js';
import { appError } from '../domain/platform/errors.js';

export interface Request {
  /** Id of the row, or undefined for the bare program. */
  id?: string;
  args: Record<string, unknown>;
  flags: GlobalFlags;
}

/** What is asked for without a word; making the parser of all commands to find that out takes longer than a frame. */
export const bareRequest = (): Request => ({
  args: {},
  flags: {
    cwd: folderFrom('.'),
    json: false,
    tui: true,
    plain: false,
    input: true,
    yes: false,
    dryRun: false,
    quiet: false,
    verbose: false,
    trace: false,
    color: undefined,
  },
});

/** A folder as it was named, whole. Throws `no-folder` when the one that this process is in was removed. */
export function folderFrom(named: string): string {
  try {
    return resolve(named);
  } catch {
    throw appError('no-folder', 'The folder that you are in does not exist any more.', {
      kind: 'usage',
      hint: 'Go to one that exists, or name it whole with -C.',
    });
  }
}
