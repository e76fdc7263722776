/** Merge prediction, resolution and landing: the shapes other layers pass around. */
import { plural } from '../platform/units.js';

/** "unknown" stands for every error: it is never read as clean. */
export type MergeStatus = 'clean' | 'conflict' | 'unknown';

export interface Conflict {
  path: string;
  /** git's own type, lower case: "contents", "modify/delete", "rename/rename", …; "add/add" for two new files. */
  kind: string;
  /** What git says about it. */
  message?: string;
}

/** A line of one side: `ours` is the task's branch, or the first of a pair; `theirs` the target, or the second. */
export interface LookPlace {
  side: 'ours' | 'theirs';
  path: string;
  line: number;
}

/**
 * Something in a clean merge that a person should look at; it blocks nothing. "deleted", "renamed", "signature": one
 * side did this to a definition, and the other uses its name in new lines. "collision": both add what fits only once.
 */
export interface MergeLook {
  kind: 'deleted' | 'renamed' | 'signature' | 'collision';
  name: string;
  /** The new name or signature; what is wrong with the merged text. */
  now?: string;
  /** Where one side changed the definition (for "deleted", where it was), or added the first of two. */
  changed: LookPlace;
  /** Where the other side uses it, or added the second. */
  used: LookPlace;
}

/** One task against the target. */
export interface MergeResult {
  task: string;
  status: MergeStatus;
  conflicts: Conflict[];
  /** Why it is unknown. */
  reason?: string;
  /** Commit ids the answer holds for. */
  target?: string;
  head?: string;
  /** Tree id of the clean merge. */
  tree?: string;
  /** Files changed in the task's worktree and not committed yet; the answer includes them. */
  uncommitted?: number;
  /** What is worth a look though git merges it; absent when there is nothing, or it was not looked for. */
  looks?: MergeLook[];
  /** Why it is not known whether there is more to look at: an error, or what is too much to read. */
  notLooked?: string;
  /** Commits on the task's branch not in the target, and the other way round. */
  ahead?: number;
  behind?: number;
}

/** Two live tasks against each other. */
export interface PairResult {
  a: string;
  b: string;
  status: MergeStatus;
  paths: string[];
  /** Kinds and messages; absent when clean. */
  conflicts?: Conflict[];
  /** What is worth a look though git merges it; absent when there is nothing, or it was not looked for. */
  looks?: MergeLook[];
  /** Why it is not known whether there is more to look at: an error, or what is too much to read. */
  notLooked?: string;
  /** Why it is unknown. */
  reason?: string;
}

/** One step of landing tasks one after the other. */
export interface QueueStep {
  task: string;
  status: 'lands' | 'conflict' | 'unknown';
  conflicts: Conflict[];
  /** The target, or the tasks that landed before it, that it conflicts with. */
  with: string[];
  /** Why it is unknown. */
  reason?: string;
}

/** Landing a set of tasks, rehearsed. */
export interface QueueReport {
  /** The order rehearsed. */
  order: string[];
  /** First task that would not land, and what with. */
  firstConflict?: string;
  with?: string[];
  /** One per task, in that order; a task that does not land is left out by those behind it. */
  steps: QueueStep[];
  /** How many land. */
  lands: number;
  /** The order that lands most of those tried; absent when the given one does. */
  proposal?: { order: string[]; lands: number; leavesOut: string[]; reason: string };
}

/** Finished work that came to the target by another way; the next launch writes it off. */
export interface LandedElsewhere {
  task: string;
  /** Of the target. */
  commit: string;
}

/** What is to be said of work that is there already. */
export const elsewhereLine = ({ task, commit }: LandedElsewhere, target: string): string =>
  `${task} is already on ${target}, as ${commit.slice(0, 12)}; the next launch, or \`codex-agent task complete ${task}\`, writes it off.`;

/** `data` of `merge check`. */
export interface MergeReport {
  target: string;
  results: MergeResult[];
  pairs: PairResult[];
  queue?: QueueReport;
  /** Set in a repository that is not set up: the results are of local branches, by name, and not of tasks. */
  lookedAt?: 'branches';
  /** Tasks that were left out, as their work is on the target already. */
  elsewhere?: LandedElsewhere[];
  /** Tasks that were left out, as they have no branch yet. */
  withoutBranch?: string[];
  /** Commands that go on, where the results are of one branch that was asked for by name. */
  next?: string[];
}

/** What the registry keeps of the last check. */
export interface MergeSummary {
  status: MergeStatus;
  conflicts: Conflict[];
  target: string;
  head: string;
  at: string;
  /** Set after a bail-out: why the resolver handed back. */
  bailOut?: string;
}

/** How a hunk can be answered, the cheapest first. */
export const strategies = ['rerere', 'whitespace', 'structural', 'ai'] as const;
export type Strategy = (typeof strategies)[number];

/**
 * How far a resolved file is shown to be right, apart from whatever made the answer. "proven": the text is every change
 * of both sides once, and nothing else. "checked": it passes the gate, and the configured checks where there are any.
 */
export interface Certificate {
  status: 'proven' | 'checked' | 'refused';
  /** What was found, or why it is refused. */
  reason: string;
  /** A person merged it all the same, by name. */
  overruled?: true;
}

/** Who answered; "none": no rung did. */
export type AnsweredBy = Strategy | 'by-hand' | 'none';

/** How one hunk was answered, or why not. */
export interface HunkRecord {
  /** From 1, in the order of the file. */
  index: number;
  strategy: AnsweredBy;
  /** Rules of the structural strategy that agree on the answer, the telling one first. */
  rules?: string[];
  /** What the structural strategy gave for the chance that a person would have written the same. */
  score?: number;
  reason: string;
}

export interface ResolvedFile {
  path: string;
  strategy: AnsweredBy;
  /** Absent where a person resolved by hand. */
  certificate?: Certificate;
  hunks: HunkRecord[];
  /** Why this file is not resolved, or what was done. */
  reason?: string;
}

/**
 * What came of a test that a model wrote for one side. "passes", "fails": on the merged tree, after it passed on its side.
 * "none": there is no test, or one that does not pass on its own side. "unknown": it could not be written or run.
 */
export interface SideTestReport {
  side: 'ours' | 'theirs';
  status: 'passes' | 'fails' | 'none' | 'unknown';
  reason: string;
}

/** `data` of `merge resolve`. */
export interface ResolveReport {
  task: string;
  status: 'resolved' | 'bailed-out';
  files: ResolvedFile[];
  /** Why the whole was handed back. */
  reason?: string;
  /** The merge commit now at the tip of the task's branch. */
  commit?: string;
  /** How often the checks were run. */
  checkRuns?: number;
  /** Tests that a model wrote for the sides, where that is set up. */
  sideTests?: SideTestReport[];
  /** What could not be written after the merge was made, each as a sentence; the merge stands. */
  unwritten?: string[];
  /** Commands that can be used next, the likeliest first. */
  next?: string[];
}

/** A hunk with what both parents and the resolution have in its place. */
export interface ReviewedHunk extends HunkRecord {
  base: string;
  ours: string;
  theirs: string;
  /** Absent while nothing answers it. */
  result?: string;
}

/** The last resolution of a task, kept for review: `data` of `merge review`. */
export interface Resolution {
  task: string;
  status: ResolveReport['status'];
  at: string;
  /** The task's branch and the target as they were: the parents of the merge. */
  branch: string;
  target: string;
  ours: string;
  theirs: string;
  commit?: string;
  reason?: string;
  files: (Omit<ResolvedFile, 'hunks'> & { hunks: ReviewedHunk[] })[];
}

/** `data` of `merge file`. */
export interface FileReport {
  path: string;
  out: string;
  /** "clean": git needed no help. */
  status: 'clean' | 'resolved' | 'not-resolved';
  /** Absent when git needed no help. */
  certificate?: Certificate;
  hunks: HunkRecord[];
  /** Why hunks are left in their markers. */
  reason?: string;
}

/** `data` of `task complete` and of each landing. */
export interface LandReport {
  task: string;
  status: 'landed' | 'not-landed';
  /** Commit the target moved to. */
  commit?: string;
  target: string;
  reason?: string;
  /** No check is configured that could have held it back. */
  unchecked?: boolean;
}

/** What a look is about, as one sentence. `names` are of the two sides. */
export function lookLine(
  { kind, name, now, changed, used }: MergeLook,
  names: Record<LookPlace['side'], string>,
): string {
  const at = ({ path, line }: LookPlace) => `${path}:${line}`;
  const [who, other] = [names[changed.side], names[used.side]];
  if (kind === 'collision') {
    const what = now ?? `${who} and ${other} both add number ${name}`;
    return `${what} (${who} at ${at(changed)}, ${other} at ${at(used)})`;
  }
  const did =
    kind === 'deleted'
      ? `took out ${name}`
      : kind === 'renamed'
        ? `renamed ${name} to ${now}`
        : `changed ${name} to ${now}`;
  return `${who} ${did} (${at(changed)}), and ${other} uses it (${at(used)})`;
}

/** "3 conflicts in 2 files". */
export function conflictWords(conflicts: readonly Conflict[]): string {
  const files = new Set(conflicts.map((conflict) => conflict.path)).size;
  return conflicts.length === files
    ? `conflict in ${plural(files, 'file')}`
    : `${plural(conflicts.length, 'conflict')} in ${plural(files, 'file')}`;
}
