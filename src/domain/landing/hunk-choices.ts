/** What a person decides about a conflict hunk by hunk, and what is shown of it. Pure. */
import type { AnsweredBy, Certificate, ResolvedFile } from './merge.js';

/** What can be taken for a hunk. "both": ours, then theirs; "answer": what a rung proposes. */
export const takes = ['ours', 'theirs', 'both', 'base', 'answer'] as const;
export type Take = (typeof takes)[number];

/** A decision of a person, about a hunk or about a whole file. */
export interface HunkChoice {
  path: string;
  /** 0: the whole file, which cannot be merged line by line. */
  hunk: number;
  /** Digest of what is in conflict there: base, ours and theirs. */
  of: string;
  took: Take | 'edited';
  /** What stands there from now on; absent for a whole file. */
  text?: string;
  at: string;
}

/** What a model answered for a hunk when a person asked it again. */
export interface AskedAnswer {
  path: string;
  hunk: number;
  of: string;
  text: string;
  reason: string;
  /** What the person told it. */
  word: string;
  at: string;
}

/** What is kept of the work on one conflict; the last choice of a hunk counts. */
export interface ChoiceState {
  version: 1;
  /** The commits that it is about: the task's branch and the target. */
  ours: string;
  theirs: string;
  choices: readonly HunkChoice[];
  asked: readonly AskedAnswer[];
  /** Choices that are void since a side moved, or were given up: offered again where the same is in conflict. */
  earlier: readonly HunkChoice[];
  /** Which side moved since those were made. */
  moved?: 'ours' | 'theirs' | 'both';
}

/** A proposal for a hunk. */
export interface ProposedAnswer {
  text: string;
  strategy: AnsweredBy;
  reason: string;
  rules?: string[];
  score?: number;
  /** Why it is not proven; absent: it is. */
  unproven?: string;
  /** No rung would answer so unseen: it is worth a look, and never taken with others. */
  guess?: true;
  /** It is what was merged. */
  merged?: true;
}

/** A hunk with all that is known of it. */
export interface ChosenHunk {
  /** From 1, in the order of the file. */
  index: number;
  /** Digest of what is in conflict in it: a choice says which hunk was looked at. */
  of: string;
  /** Its first line in the merged file, the hunks before it as they stand in ours. */
  line: number;
  base: string;
  ours: string;
  theirs: string;
  /** Up to three lines around it. */
  before: string;
  after: string;
  answer?: ProposedAnswer;
  /** Why there is no answer. */
  why?: string;
  choice?: Pick<HunkChoice, 'took' | 'at'> & { text: string };
}

/** What one side has in the place of a file that cannot be merged line by line. */
export interface SideOfFile {
  /** "text, 12 lines", "binary, 1.2 KB", "link to ../a", "submodule at 1a2b3c4", "deleted". */
  words: string;
  mode?: string;
}

/** A file in conflict. */
export interface ConflictDocumentFile {
  path: string;
  kind: string;
  hunks: ChosenHunk[];
  /** It is decided as a whole: why, what each side has, and which side was taken. */
  whole?: {
    reason: string;
    base: SideOfFile;
    ours: SideOfFile;
    theirs: SideOfFile;
    took?: Take;
    /** As for a hunk. */
    of: string;
    /** A tool makes it anew once the rest is decided; taking a side is possible all the same. */
    optional?: boolean;
    /** Two things want one place in the tree: only a person can put them somewhere, in a worktree. */
    apart?: boolean;
  };
  /** What is shown of the file with the choices, and with the answers where none was made. Absent while a hunk has neither. */
  certificate?: Certificate;
  /** Lines that git merges outside of the hunks need no choice; this many hunks do and have none. */
  left: number;
}

/** The conflict of a task with its target: `data` of `merge hunks`, and what the page of it shows. */
export interface ConflictDocument {
  task: string;
  title: string;
  /** "open": it waits for choices. "none": it merges without a conflict. "merged": the last resolution, as it landed on the branch. */
  status: 'open' | 'none' | 'merged';
  branch: string;
  target: string;
  /** Commits of the branch and of the target. */
  ours: string;
  theirs: string;
  files: ConflictDocumentFile[];
  /** Hunks and whole files to decide, and how many have no choice yet. */
  total: number;
  left: number;
  /** Choices that do not count any more, and why. */
  void?: string;
  /** Why a model cannot be asked; absent: it can. */
  cannotAsk?: string;
  /** Why it cannot be finished now, whatever is chosen. */
  blocked?: string;
  /** The merge commit, of one that is merged. */
  commit?: string;
  /** Commands that go on from here, the likeliest first. */
  next: string[];
}

/** An answer by a person for a file that the gate refuses, and what the gate says. */
export interface RefusedChoice {
  path: string;
  problems: string[];
  /** It can be merged all the same when a person names it. */
  overrulable: boolean;
}

/** The choices that count: the last one of each hunk. */
export function choicesThatCount({ choices }: ChoiceState): Map<string, HunkChoice> {
  return new Map(choices.map((choice) => [hunkKey(choice), choice]));
}

/** What is offered again once the choices are void or given up: the last choice for each thing in conflict, ever. */
export function offeredAgain({ earlier, choices }: ChoiceState): HunkChoice[] {
  const last = new Map([...earlier, ...choices].map((choice) => [`${choice.of} ${choice.path}`, choice]));
  return [...last.values()];
}

/** Key of a hunk among those of all files. */
export const hunkKey = ({ path, hunk }: { path: string; hunk: number }): string => `${hunk} ${path}`;

/** What taking a side makes of a hunk; undefined: there is no answer to take. */
export function textTaken(
  hunk: Pick<ChosenHunk, 'base' | 'ours' | 'theirs' | 'answer'>,
  take: Take,
): string | undefined {
  switch (take) {
    case 'both': {
      const { ours, theirs } = hunk;
      // A side without an end of line would run into the other.
      const end = ours === '' || ours.endsWith('\n') ? '' : (/\r?\n/.exec(theirs)?.[0] ?? '\n');
      return `${ours}${end}${theirs}`;
    }
    case 'answer':
      return hunk.answer?.text;
    default:
      return hunk[take];
  }
}

/** What stands in a hunk as things are: what was chosen, else what is proposed. */
export const textNow = ({ choice, answer }: Pick<ChosenHunk, 'choice' | 'answer'>): string | undefined =>
  choice?.text ?? answer?.text;

/** How far a file is decided, in a word. */
export function decidedWords({ hunks, whole, left }: ConflictDocumentFile): string {
  if (whole?.apart) return 'by hand only';
  if (whole) return whole.took ? `${whole.took} taken` : whole.optional ? 'made anew' : 'to decide';
  if (hunks.length === 0) return '';
  return `${hunks.length - left} of ${hunks.length} chosen`;
}

/** What the gate says to a person, who owes no reason for what they leave out. */
export const gateWords = (problem: string): string =>
  problem.replaceAll(' and its reason does not say so', '');

/** "proven", "checked", "refused" with why; "overruled" for what a person merged against the gate. */
export function certificateWords({ status, reason, overruled }: Certificate): string {
  return gateWords(overruled ? `overruled by a person: ${reason}` : `${status}: ${reason}`);
}

/** The page of a resolution that is merged: its hunks with what stands there now. */
export function mergedFile(
  file: Omit<ResolvedFile, 'hunks'> & {
    hunks: {
      index: number;
      base: string;
      ours: string;
      theirs: string;
      result?: string;
      strategy: AnsweredBy;
      reason: string;
    }[];
  },
): ConflictDocumentFile {
  return {
    path: file.path,
    kind: file.hunks.length > 0 ? '' : (file.reason ?? ''),
    left: 0,
    ...(file.certificate ? { certificate: file.certificate } : {}),
    hunks: file.hunks.map(({ index, base, ours, theirs, result, strategy, reason }) => ({
      ...{ index, of: '', base, ours, theirs, line: 0, before: '', after: '' },
      ...(result === undefined
        ? { why: reason }
        : { answer: { text: result, strategy, reason, merged: true as const } }),
    })),
  };
}
