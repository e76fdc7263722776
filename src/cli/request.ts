/** What a command line asks for. */
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
    cwd: folderHere(),
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

/** The folder that this process was started in. Throws `no-folder` when somebody has removed it. */
export function folderHere(): string {
  try {
    return process.cwd();
  } catch {
    throw appError('no-folder', 'The folder that you are in does not exist any more.', {
      kind: 'usage',
      hint: 'Go to a folder that exists, or name one with -C.',
    });
  }
}
