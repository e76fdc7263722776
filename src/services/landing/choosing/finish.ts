/**
 * Makes the merge of what a person chose: git's own merge once more in a private worktree, the choices in their places,
 * the gate, the checks, a commit. Either the branch gets it, or nothing changes.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { quoted } from '../../../domain/app/proposals/shell.js';
import {
  type ConflictDocument,
  choicesThatCount,
  gateWords,
  type HunkChoice,
  hunkKey,
  type RefusedChoice,
} from '../../../domain/landing/hunk-choices.js';
import { hunksOf, newMarkers } from '../../../domain/landing/hunks.js';
import type { Conflict, ResolvedFile, ResolveReport } from '../../../domain/landing/merge.js';
import { appError, hasCode, messageOf } from '../../../domain/platform/errors.js';
import { plural } from '../../../domain/platform/units.js';
import type { Task } from '../../../domain/store/task.js';
import { printedId } from '../../platform/index.js';
import { type RepoSession, tellWork } from '../../store/index.js';
import { withPrivateWorktree } from '../../worktrees/index.js';
import { writeAfterMerge } from '../resolution/after-merge.js';
import { commitMerge, moveBranch, requireQuiet, writeResults } from '../resolution/apply.js';
import { readUnmerged, startMerge, type Unmerged } from '../resolution/conflicts.js';
import { closeMemory, forgetNoted, rerere } from '../resolution/memory.js';
import { checkResult } from '../resolution/merged-tree.js';
import { answerHunk, judgeAnswers, type OpenFile, overruleGate } from '../resolution/open-file.js';
import { noteOrigins } from '../resolution/origins.js';
import { recordOutcome } from '../resolution/outcome.js';
import { keepResolution, resolutionOf } from '../resolution/record.js';
import { namesOf, resolved } from '../resolution/report.js';
import type { ResolutionSite } from '../resolution/types.js';
import { requireOpen } from './choose.js';
import type { OpenConflict } from './read.js';
import { digestOf, digestOfWhole } from './sides.js';
import { updateChoices } from './store.js';

/** `data` of `merge finish`. */
export interface FinishReport extends ResolveReport {
  /** Files that the gate refuses, and checks that did not pass: a person may name them. */
  refused: RefusedChoice[];
  /** What was named already. */
  overruled: string[];
}

/**
 * Merges what was chosen. Throws `choices-missing`, `sides-moved`, `no-conflict`, and what `resolveTask` throws before it starts.
 * @param overrule files whose refusal by the gate, and checks whose failure, do not hold the merge back
 */
export function finishChoices(
  session: RepoSession,
  task: Task,
  overrule: readonly string[] = [],
): Promise<FinishReport> {
  const said = ({ status, reason }: FinishReport) => ({ ok: status === 'resolved', text: reason ?? status });
  return tellWork(session, { task: task.slug, kind: 'resolving', said }, async (inWork) => {
    const open = await requireOpen(inWork, task);
    requireAll(open.document);
    const ownWorktree = await requireQuiet(inWork, task);
    const { sides } = open;
    const outcome = await withPrivateWorktree(inWork, sides.head, 'resolve', (worktree) => {
      const site = { session: inWork, task, sides, worktree, model: {} };
      return mergeIn(site, open, ownWorktree, new Set(overrule));
    });
    const { report, conflicts, files } = outcome;
    if (report.status !== 'resolved') return report;
    const told = await writeAfterMerge(inWork, report, [
      ['what lists show of it', () => recordOutcome(inWork, task, sides, report, conflicts)],
      [
        'the record of the resolution',
        () => keepResolution(inWork, task, resolutionOf(inWork, task, sides, report, files)),
      ],
      [
        'that its choices are used up',
        // What was chosen is in the record of the resolution from now on.
        () =>
          updateChoices(inWork, task, sides, (state) => ({ ...state, choices: [], asked: [], earlier: [] })),
      ],
    ]);
    inWork.emit({ type: 'merge.resolved', report: told });
    return told;
  });
}

function requireAll({ left, files, task, next }: ConflictDocument): void {
  if (left === 0) return;
  const where = files.filter((file) => file.left > 0).map(({ path }) => path);
  throw appError(
    'choices-missing',
    `${plural(left, 'hunk or file', 'hunks or files')} of ${task} ${left === 1 ? 'has' : 'have'} no choice yet: ${where.slice(0, 3).join(', ')}${where.length > 3 ? ` and ${where.length - 3} more` : ''}.`,
    { kind: 'conflict', hint: `Go on with \`${next[0]}\`.` },
  );
}

interface Outcome {
  report: FinishReport;
  conflicts: Conflict[];
  files: readonly OpenFile[];
}

async function mergeIn(
  site: ResolutionSite,
  { state, files: seen }: OpenConflict,
  ownWorktree: string | undefined,
  overrule: ReadonlySet<string>,
): Promise<Outcome> {
  const { session, task, sides, worktree } = site;
  const merge = await startMerge(session, worktree, sides, true);
  const choices = choicesThatCount(state);
  const wholeOf = (path: string) => choices.get(hunkKey({ path, hunk: 0 }));
  const stages = await readUnmerged(session, worktree);
  const conflicts = seen.map(({ path, kind }) => ({ path, kind }));
  let kept = false;
  try {
    if (merge.open.length > 0) await rerere(session, worktree);
    for (const file of merge.open) answer(file, choices);
    const wholes = stages.flatMap((file) => {
      const choice = wholeOf(file.path);
      return choice && !merge.open.some(({ path }) => path === file.path) ? [{ file, choice }] : [];
    });
    const undecided = merge.refused.filter(({ path }) => !wholes.some(({ file }) => file.path === path));
    if (undecided.length > 0) throw moved(undecided[0]!.path);
    const refused = await judgeAll(merge.open, overrule);
    if (refused.length > 0) {
      const reason = namesOf(refused, refused[0]!.problems[0]!);
      return { report: heldBack(task, merge.open, reason, refused, overrule), conflicts, files: merge.open };
    }
    await takeWholes(site, wholes);
    const locks = merge.locks.filter(({ path }) => !wholes.some(({ file }) => file.path === path));
    const checked = await checkResult(site, merge.open, locks);
    const failed = checked.notPassed?.filter((name) => !overrule.has(name)) ?? [];
    if (checked.tree === undefined && (checked.notPassed === undefined || failed.length > 0)) {
      const lines = checked.reason.split('\n');
      const names = failed.map((path): RefusedChoice => {
        const own = lines.filter((line) => line.startsWith(`the check "${path}" `));
        return { path, problems: own.length > 0 ? own : [checked.reason], overrulable: true };
      });
      const report = heldBack(task, merge.open, checked.reason, names, overrule);
      return { report: { ...report, checkRuns: 1 }, conflicts, files: merge.open };
    }
    const tree = checked.tree ?? (await printedId(session.git, ['write-tree'], { worktree }));
    const commit = await commitMerge(
      session,
      task,
      sides,
      tree,
      merge.open,
      notesOf(wholes, merge.open, overrule, checked.notPassed),
    );
    await moveBranch(session, task, sides.head, commit, ownWorktree);
    kept = true;
    await remember(site, merge.open);
    const report = resolved(task, merge.open, commit, locks);
    const whole = wholes.map(({ file, choice }) => wholeRecord(file, choice));
    return {
      report: {
        ...report,
        files: [...report.files, ...whole],
        checkRuns: checked.ran ? 1 : 0,
        refused: [],
        overruled: [...overrule],
      },
      conflicts,
      files: merge.open,
    };
  } catch (error) {
    if (hasCode(error, 'ref-moved')) throw moved(task.branch);
    throw error;
  } finally {
    if (!kept && merge.open.length > 0) await forgetNoted(session, worktree);
  }
}

const moved = (what: string) =>
  appError('sides-moved', `${what} is not as it was when it was chosen for, so nothing was merged.`, {
    kind: 'conflict',
    hint: 'Look at the conflict again: what was chosen is proposed where the same is in conflict.',
  });

function answer(file: OpenFile, choices: ReadonlyMap<string, HunkChoice>): void {
  for (const hunk of hunksOf(file.parts)) {
    const choice = choices.get(hunkKey({ path: file.path, hunk: hunk.index }));
    if (choice?.text === undefined || choice.of !== digestOf(hunk)) throw moved(file.path);
    answerHunk(file, hunk.index, { content: choice.text, strategy: 'by-hand', reason: chosenWords(choice) });
  }
}

const chosenWords = ({ took }: HunkChoice): string =>
  took === 'edited' ? 'written by a person' : `a person took ${took === 'answer' ? 'the answer' : took}`;

/** Files that the gate refuses and no person named. */
async function judgeAll(files: readonly OpenFile[], overrule: ReadonlySet<string>): Promise<RefusedChoice[]> {
  const refused: RefusedChoice[] = [];
  for (const file of files) {
    const problems = (await judgeAnswers(file)).map(gateWords);
    if (problems.length === 0) continue;
    const { path, ours, theirs } = file;
    const text = [...file.answers.values()].map(({ content }) => content).join('\n');
    const overrulable = newMarkers(text, [ours, theirs]).length === 0;
    if (overrulable && overrule.has(path)) overruleGate(file, problems);
    else refused.push({ path, problems, overrulable });
  }
  return refused;
}

/** Puts one side of files that cannot be merged line by line into the index and the private worktree. */
async function takeWholes(
  { session, worktree, sides }: ResolutionSite,
  wholes: readonly { file: Unmerged; choice: HunkChoice }[],
): Promise<void> {
  for (const { file, choice } of wholes) {
    if (choice.of !== digestOfWhole(file)) throw moved(file.path);
    const stage = file[choice.took as 'base' | 'ours' | 'theirs'];
    // The row with mode 0 takes every stage out; its id is as long as those of the repository.
    const gone = `0 ${'0'.repeat(sides.head.length)}\t${file.path}\0`;
    const input = stage ? `${gone}${stage.mode} ${stage.oid}\t${file.path}\0` : gone;
    await session.git.run(['update-index', '-z', '--index-info'], { worktree, input });
    await rm(join(worktree, file.path), { recursive: true, force: true });
    if (stage && stage.mode !== '160000') {
      await session.git.run(['checkout-index', '-q', '-f', '-z', '--stdin'], {
        worktree,
        input: `${file.path}\0`,
      });
    }
  }
}

function wholeRecord({ path }: Unmerged, { took }: HunkChoice): ResolvedFile {
  const reason = `a person took ${took}`;
  return { path, strategy: 'by-hand', hunks: [], reason };
}

/** Lines for the message of the merge: what a person took as a whole, and what they overruled. */
function notesOf(
  wholes: readonly { file: Unmerged; choice: HunkChoice }[],
  files: readonly OpenFile[],
  overrule: ReadonlySet<string>,
  failed: readonly string[] = [],
): string[] {
  return [
    ...wholes.map(({ file, choice }) => `Taken as a whole: ${file.path}, ${choice.took}.`),
    ...files.flatMap(({ path, certificate }) =>
      certificate?.overruled ? [`Overruled by a person: ${path}: ${certificate.reason}`] : [],
    ),
    ...failed
      .filter((name) => overrule.has(name))
      .map((name) => `Overruled by a person: the check ${name} did not pass.`),
  ];
}

function heldBack(
  task: Task,
  open: readonly OpenFile[],
  reason: string,
  refused: RefusedChoice[],
  overrule: ReadonlySet<string>,
): FinishReport {
  const mayName = refused.filter(({ overrulable }) => overrulable).map(({ path }) => path);
  const names = [...new Set([...overrule, ...mayName])].map((name) => ` --overrule ${quoted(name)}`).join('');
  const all = mayName.length === refused.length && refused.length > 0;
  return {
    task: task.slug,
    status: 'bailed-out',
    files: open.map(({ path, certificate }) => {
      const problem = refused.find((one) => one.path === path)?.problems.join('; ');
      return {
        path,
        strategy: 'none',
        certificate: problem ? { status: 'refused', reason: problem } : certificate!,
        hunks: [],
        reason: problem ?? 'it could be merged, but not without the others',
      };
    }),
    reason,
    refused,
    overruled: [...overrule],
    next: [
      `codex-agent merge hunks ${task.slug}`,
      ...(all ? [`codex-agent merge finish ${task.slug}${names}`] : []),
    ],
  };
}

/** The branch has the merge already: that this one could not be noted for the next time is no failure. */
async function remember({ session, worktree }: ResolutionSite, files: readonly OpenFile[]): Promise<void> {
  if (files.length === 0) return;
  try {
    await writeResults(worktree, files);
    await noteOrigins(session, files);
    await rerere(session, worktree);
    await closeMemory(session, worktree);
  } catch (error) {
    const message = `The resolution could not be recorded: ${messageOf(error)}`;
    session.emit({ type: 'noted', level: 'warning', message });
  }
}
