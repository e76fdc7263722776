/** What a command line asks for. */
import type { GlobalFlags } from '../commands/types.js';

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
    cwd: process.cwd(),
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
