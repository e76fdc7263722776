/** Reads a task's conflict with all that is known of it: what to decide, what was chosen, what the gate says, what comes next. */
import { quoted } from '../../../domain/app/proposals/shell.js';
import {
  type ChoiceState,
  type ChosenHunk,
  type ConflictDocument,
  type ConflictDocumentFile,
  choicesThatCount,
  hunkKey,
  mergedFile,
  type SideOfFile,
  type Take,
  textNow,
} from '../../../domain/landing/hunk-choices.js';
import { hunksOf, linesOf, type Part } from '../../../domain/landing/hunks.js';
import type { Resolution } from '../../../domain/landing/merge.js';
import { hasCode, messageOf } from '../../../domain/platform/errors.js';
import { formatSize, plural } from '../../../domain/platform/units.js';
import type { Task } from '../../../domain/store/task.js';
import { loadAgent, whyNoThinking } from '../../agents/index.js';
import { unfinishedIn, waysOut } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { type Blob, readBlobs, textOfBlob } from '../prediction/blobs.js';
import { requireQuiet } from '../resolution/apply.js';
import { readResolution } from '../resolution/record.js';
import { nextAfterMerge } from '../resolution/report.js';
import { requireSides } from '../resolution/sides.js';
import type { Sides } from '../resolution/types.js';
import { judgeFile } from '../structural/index.js';
import { hunkProposals } from './answers.js';
import { digestsIn, type FileInConflict, filesInConflict } from './sides.js';
import { readChoices } from './store.js';

/** What was read of a conflict. */
export interface OpenConflict {
  document: ConflictDocument;
  sides: Sides;
  files: readonly FileInConflict[];
  state: ChoiceState;
}

/** The conflict as it is now. Throws `no-branch`, `bad-choices`, `merge-unknown`. */
export async function readConflict(session: RepoSession, task: Task): Promise<OpenConflict> {
  const record = await lastResolution(session, task);
  const sides = await requireSides(session, task).catch((error: unknown) => {
    if (!hasCode(error, 'no-branch') || record?.status !== 'resolved') throw error;
    return { head: record.commit ?? record.ours, target: record.theirs, upToDate: true };
  });
  const state = await readChoices(session, task, sides);
  const files = sides.upToDate ? [] : await conflictOf(session, sides);
  if (files.length === 0)
    return { document: withoutConflict(session, task, sides, record), sides, files, state };
  const sameSides = record?.ours === sides.head && record.theirs === sides.target;
  const blobs = await wholeBlobs(session, files);
  const shown = await Promise.all(
    files.map((file) => documentFile(blobs, file, state, sameSides ? record : undefined)),
  );
  const [blocked, cannotAsk] = await Promise.all([
    whyBlocked(session, task, files),
    whyNotAsked(session, task),
  ]);
  const left = shown.reduce((sum, file) => sum + file.left, 0);
  const document: ConflictDocument = {
    task: task.slug,
    title: task.title,
    status: 'open',
    branch: task.branch,
    target: session.target,
    ours: sides.head,
    theirs: sides.target,
    files: shown,
    total: shown.reduce(
      (sum, { hunks, whole }) => sum + (whole ? (whole.optional ? 0 : 1) : hunks.length),
      0,
    ),
    left,
    ...voidWords(session, task, state),
    ...(cannotAsk ? { cannotAsk } : {}),
    ...(blocked ? { blocked } : {}),
    next: nextOf(task, shown, left),
  };
  return { document, sides, files, state };
}

/** One conflict is looked at again and again while its hunks are decided. */
let last: { key: string; files: Promise<FileInConflict[]> } | undefined;

/** The files in conflict between these two commits, which never change. */
async function conflictOf(session: RepoSession, { head, target }: Sides): Promise<readonly FileInConflict[]> {
  const key = `${session.git.commonDir} ${head} ${target}`;
  if (last?.key !== key) last = { key, files: filesInConflict(session, { head, target }) };
  const reading = last;
  return reading.files.catch((error) => {
    if (last === reading) last = undefined;
    throw error;
  });
}

const lastResolution = (session: RepoSession, task: Task): Promise<Resolution | undefined> =>
  readResolution(session, task).catch((error: unknown) => {
    if (hasCode(error, 'no-resolution')) return undefined;
    throw error;
  });

/** Nothing is in conflict: the last resolution tells how that came, where there was one. */
function withoutConflict(
  session: RepoSession,
  task: Task,
  sides: Sides,
  record: Resolution | undefined,
): ConflictDocument {
  const merged = record?.status === 'resolved' ? record : undefined;
  return {
    task: task.slug,
    title: task.title,
    status: merged ? 'merged' : 'none',
    branch: task.branch,
    target: session.target,
    ours: merged?.ours ?? sides.head,
    theirs: merged?.theirs ?? sides.target,
    files: merged?.files.map(mergedFile) ?? [],
    total: 0,
    left: 0,
    ...(merged?.commit ? { commit: merged.commit } : {}),
    next: nextAfterMerge(task),
  };
}

async function documentFile(
  blobs: ReadonlyMap<string, Blob>,
  file: FileInConflict,
  state: ChoiceState,
  record: Resolution | undefined,
): Promise<ConflictDocumentFile> {
  const chosen = choicesThatCount(state);
  const digests = digestsIn(file);
  const choiceOf = (hunk: number) => {
    const choice = chosen.get(hunkKey({ path: file.path, hunk }));
    return choice?.of === digests.get(hunk) ? choice : undefined;
  };
  const { path, kind, texts } = file;
  if (!texts) {
    const took = choiceOf(0)?.took as Take | undefined;
    const [base, ours, theirs] = (['base', 'ours', 'theirs'] as const).map((side) =>
      sideWords(blobs, file, side),
    );
    const whole = {
      reason: file.whole ?? '',
      of: digests.get(0)!,
      base: base!,
      ours: ours!,
      theirs: theirs!,
    };
    return {
      path,
      kind,
      hunks: [],
      whole: {
        ...whole,
        ...(took ? { took } : {}),
        ...(file.lock ? { optional: true } : {}),
        ...(file.apart ? { apart: true } : {}),
      },
      left: took || file.lock ? 0 : 1,
    };
  }
  const proposals = await hunkProposals(texts, state, record);
  const lines = linesAt(texts.parts);
  const hunks = hunksOf(texts.parts).map(({ index, base, ours, theirs }): ChosenHunk => {
    const choice = choiceOf(index);
    const { answer, why } = proposals.get(index)!;
    return {
      ...{ index, of: digests.get(index)!, base, ours, theirs, ...lines.get(index)! },
      ...(answer ? { answer } : { why: why ?? '' }),
      ...(choice ? { choice: { took: choice.took, at: choice.at, text: choice.text ?? '' } } : {}),
    };
  });
  const answers = new Map(
    hunks.flatMap((hunk) => {
      const content = textNow(hunk);
      const reason = hunk.choice ? '' : (hunk.answer?.reason ?? '');
      return content === undefined ? [] : [[hunk.index, { content, reason }] as const];
    }),
  );
  const verdicts = answers.size === hunks.length ? await judgeFile(texts, answers) : undefined;
  return {
    path,
    kind,
    hunks,
    left: hunks.filter(({ choice }) => !choice).length,
    ...(verdicts ? { certificate: verdicts.certificate } : {}),
  };
}

const contextLines = 3;

/** Where each hunk begins when those before it are as in ours, and the lines around it. */
function linesAt(parts: readonly Part[]): Map<number, { line: number; before: string; after: string }> {
  const places = new Map<number, { line: number; before: string; after: string }>();
  let line = 1;
  parts.forEach((part, at) => {
    if (part.type === 'text') {
      line += linesOf(part.text).length;
      return;
    }
    const textAt = (place: number) => {
      const beside = parts[place];
      return beside?.type === 'text' ? linesOf(beside.text) : [];
    };
    const before = textAt(at - 1)
      .slice(-contextLines)
      .join('');
    const after = textAt(at + 1)
      .slice(0, contextLines)
      .join('');
    places.set(part.hunk.index, { line, before, after });
    line += linesOf(part.hunk.ours).length;
  });
  return places;
}

/** By id, what stands on the sides of files that are decided as a whole. */
async function wholeBlobs(
  { git }: Pick<RepoSession, 'git'>,
  files: readonly FileInConflict[],
): Promise<Map<string, Blob>> {
  const stages = files.flatMap((file) =>
    file.texts ? [] : (['base', 'ours', 'theirs'] as const).map((side) => file.stages[side]),
  );
  const ids = [...new Set(stages.flatMap((stage) => (stage && stage.mode !== submodule ? [stage.oid] : [])))];
  const blobs = await readBlobs(git.run, ids);
  return new Map(ids.flatMap((id, at) => (blobs[at] ? [[id, blobs[at]] as const] : [])));
}

const submodule = '160000';

function sideWords(
  blobs: ReadonlyMap<string, Blob>,
  { stages }: FileInConflict,
  side: 'base' | 'ours' | 'theirs',
): SideOfFile {
  const stage = stages[side];
  if (!stage) return { words: side === 'base' ? 'not there yet' : 'deleted, or elsewhere' };
  const { mode, oid } = stage;
  if (mode === submodule) return { words: `submodule at ${oid.slice(0, 10)}`, mode };
  const blob = blobs.get(oid);
  const text = blob && textOfBlob(blob);
  if (mode === '120000') return { words: `link to ${text ?? '?'}`, mode };
  const executable = mode === '100755' ? ', executable' : '';
  if (text !== undefined)
    return { words: `text, ${plural(linesOf(text).length, 'line')}${executable}`, mode };
  const size = blob ? formatSize(blob.bytes) : 'missing in this repository';
  return { words: `not text, ${size}${executable}`, mode };
}

function voidWords(session: RepoSession, task: Task, { moved, earlier }: ChoiceState): { void?: string } {
  if (!moved || earlier.length === 0) return {};
  const who = { ours: task.branch, theirs: session.target, both: `${task.branch} and ${session.target}` }[
    moved
  ];
  const many = plural(earlier.length, 'choice');
  return {
    void: `${who} moved, so ${many} made before ${earlier.length === 1 ? 'is' : 'are'} void; where the same is in conflict still, ${earlier.length === 1 ? 'it is' : 'they are'} proposed again`,
  };
}

async function whyBlocked(
  session: RepoSession,
  task: Task,
  files: readonly FileInConflict[],
): Promise<string | undefined> {
  const apart = files.find((file) => file.apart);
  if (apart) {
    return `${apart.path} has to be put in its place by hand: \`codex-agent merge resolve ${task.slug} --by-hand\``;
  }
  const { worktree } = task;
  const unfinished = worktree && (await unfinishedIn(session.git, worktree).catch(() => undefined));
  if (unfinished) return `a ${unfinished} is under way in ${worktree}: ${waysOut(unfinished, worktree)}`;
  return requireQuiet(session, task).then(
    () => undefined,
    (error: unknown) => messageOf(error),
  );
}

async function whyNotAsked(session: RepoSession, task: Task): Promise<string | undefined> {
  try {
    return whyNoThinking(session, await loadAgent(session, 'conflict-resolver', task));
  } catch (error) {
    return messageOf(error);
  }
}

function nextOf(task: Task, files: readonly ConflictDocumentFile[], left: number): string[] {
  const { slug } = task;
  const undo = `codex-agent merge undo ${slug} --all`;
  if (left === 0) return [`codex-agent merge finish ${slug}`, undo];
  const file = files.find((one) => one.left > 0)!;
  if (file.whole?.apart) return [`codex-agent merge resolve ${slug} --by-hand`];
  // A name that begins like an option would be read as one.
  const name = quoted(file.path.startsWith('-') ? `./${file.path}` : file.path);
  const hunk = file.hunks.find(({ choice }) => !choice);
  const take = `codex-agent merge take ${slug} ${name} ${hunk?.index ?? 'all'}`;
  return [
    `${take} ${hunk?.answer && !hunk.answer.guess ? 'answer' : 'ours'}`,
    ...(hunk ? [`codex-agent merge edit ${slug} ${name} ${hunk.index}`] : [`${take} theirs`]),
    `codex-agent merge resolve ${slug}`,
  ];
}
