/** What the inspector shows of a task besides what the state holds: read from git and disk when it is looked at. */
import type { ValidationReport } from '../landing/validation.js';

export interface TaskPages {
  task: string;
  /** Unified diff of the task's work so far against where it branched off, uncommitted edits included. */
  diff: string;
  /** The diff was longer than is shown. */
  cut: boolean;
  /** New files that git does not know yet; those without a text are no text, or are not read. */
  untracked: readonly { path: string; text?: string }[];
  /** The last validation, whole. */
  report?: ValidationReport;
  /** Why there is no diff. */
  reason?: string;
}
