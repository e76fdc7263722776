/** Commands by which a person decides a conflict hunk by hunk. */
import { takes } from '../../domain/landing/hunk-choices.js';
import { appError, ExitCode } from '../../domain/platform/errors.js';
import type { HunkPlace } from '../../services/landing/index.js';
import { args, at, cliOnly, command, flag, oneOf, prose, sentences, taskArg, text } from '../define.js';
import type { AnyCommand } from '../types.js';
import { chosenLines, conflictLinesOf, finishLines, finishSaid } from './hunks-print.js';

const fileArg = at(1, text('path of a file in conflict', 'file'));
const hunkArg = at(2, text('number of a hunk of it, from 1; "all" for the whole file', 'hunk'));
const ofArg = cliOnly(
  text('only while the conflict is the one with this digest, as "merge hunks" tells it', 'digest'),
);

/** Throws `bad-arguments`. */
function placeOf({ file, hunk, of }: { file: string; hunk: string; of?: string }): HunkPlace {
  if (hunk !== 'all' && !/^\d{1,6}$/.test(hunk)) {
    throw appError('bad-arguments', `${JSON.stringify(hunk)} is no number of a hunk.`, {
      kind: 'usage',
      hint: 'Give its number, or "all".',
    });
  }
  return { path: file, hunk: hunk === 'all' ? 'all' : Number(hunk), ...(of ? { of } : {}) };
}

const hunks = command({
  id: 'merge.hunks',
  title: 'Show a conflict',
  summary:
    "Show a task's conflict hunk by hunk: all sides, what is proposed, what you chose, what the gate says.",
  args: args({ 'task!': taskArg, file: at(1, text('only this file', 'file')) }),
  surfaces: ['cli'],
  dryRun: 'reads',
  async run({ task: slug, file }, context) {
    const session = await context.session();
    const { requireTask } = await context.services.store();
    const { readConflict } = await context.services.landing();
    const { document } = await readConflict(session, await requireTask(session, slug));
    if (file === undefined) return document;
    const files = document.files.filter(({ path }) => path === file || path === file.replace(/^\.\//, ''));
    if (files.length > 0) return { ...document, files };
    throw appError('no-file', `${file} is not in conflict.`, {
      kind: 'usage',
      hint: `In conflict: ${document.files.map(({ path }) => path).join(', ') || 'nothing'}.`,
    });
  },
  print: conflictLinesOf,
  exit: ({ status }) => (status === 'open' ? ExitCode.conflictsRemain : ExitCode.ok),
});

const take = command({
  id: 'merge.take',
  part: 'take-hunk',
  title: 'Choose for a hunk',
  summary:
    'Take ours, theirs, both, the base or the proposed answer for a hunk of a conflict; nothing is merged yet.',
  args: args({
    'task!': taskArg,
    'file!': fileArg,
    'hunk!': hunkArg,
    'side!': at(3, oneOf(takes, 'what is to stand there; both: ours, then theirs; answer: what is proposed')),
    of: ofArg,
  }),
  surfaces: ['cli', 'screen'],
  marks: 'cursor',
  async run({ task: slug, side, ...given }, context) {
    const session = await context.session();
    const { requireTask } = await context.services.store();
    const { takeHunk } = await context.services.landing();
    return takeHunk(session, await requireTask(session, slug), placeOf(given), side);
  },
  said: ({ did }) => did,
  print: chosenLines,
});

const ask = command({
  id: 'merge.ask',
  part: 'ask-hunk',
  title: 'Ask again about a hunk',
  summary:
    "Ask the conflict-resolver's model about a hunk again, with a word of yours; its answer is proposed.",
  args: args({
    'task!': taskArg,
    'file!': fileArg,
    'hunk!': hunkArg,
    'word!': prose('what the model is to know, or to do otherwise'),
  }),
  surfaces: ['cli', 'screen'],
  marks: 'cursor',
  async run({ task: slug, word, ...given }, context) {
    const session = await context.trustedSession();
    const { requireTask } = await context.services.store();
    const { askHunk } = await context.services.landing();
    return askHunk(session, await requireTask(session, slug), placeOf(given), word);
  },
  said: ({ did }) => did,
  print: chosenLines,
});

const edit = command({
  id: 'merge.edit',
  part: 'edit-hunk',
  title: 'Write a hunk',
  summary: 'Write what is to stand in a hunk, in $EDITOR with nothing but that hunk, or with --text.',
  args: args({
    'task!': taskArg,
    'file!': fileArg,
    'hunk!': hunkArg,
    text: cliOnly(prose('what is to stand there, instead of an editor')),
    of: ofArg,
  }),
  surfaces: ['cli', 'screen'],
  marks: 'cursor',
  async run({ task: slug, text: written, ...given }, context) {
    const session = await context.session();
    const { requireTask } = await context.services.store();
    const { editHunk, writeHunk } = await context.services.landing();
    const task = await requireTask(session, slug);
    const place = placeOf(given);
    if (written !== undefined) return writeHunk(session, task, place, written);
    if (!context.lendTerminal) {
      throw appError('no-terminal', 'There is no terminal for an editor.', {
        kind: 'usage',
        hint: 'Give the text with --text.',
      });
    }
    return context.lendTerminal(() => editHunk(session, task, place));
  },
  said: ({ did }) => did,
  print: chosenLines,
});

const undo = command({
  id: 'merge.undo',
  part: 'undo-choice',
  title: 'Take a choice back',
  summary: 'Take back the last choice for a conflict, or all of them; nothing was merged.',
  args: args({ 'task!': taskArg, all: flag('all of them; they are proposed from then on') }),
  surfaces: ['cli', 'screen'],
  marks: 'cursor',
  confirm: ({ task, all }) => (all ? `Take back everything chosen for the conflict of ${task}?` : undefined),
  async run({ task: slug, all = false }, context) {
    const session = await context.session();
    const { requireTask } = await context.services.store();
    const { undoChoice } = await context.services.landing();
    return undoChoice(session, await requireTask(session, slug), all);
  },
  said: ({ did }) => did,
  print: chosenLines,
});

const finish = command({
  id: 'merge.finish',
  part: 'finish-choices',
  title: 'Merge what was chosen',
  summary:
    "Merge the target into a task with what you chose, once the gate and the checks pass or you overrule them by name; it doesn't land yet.",
  args: args({
    'task!': taskArg,
    overrule: sentences(
      'a file that the gate refuses, or a check that fails, which you take all the same; once for each, a comma is part of a name',
    ),
  }),
  surfaces: ['cli', 'screen'],
  marks: 'cursor',
  async run({ task: slug, overrule }, context) {
    const session = await context.trustedSession();
    const { requireTask } = await context.services.store();
    const { finishChoices } = await context.services.landing();
    return finishChoices(session, await requireTask(session, slug), overrule);
  },
  said: finishSaid,
  print: finishLines,
  offers: ({ task, refused, overruled }) =>
    refused.length > 0 && refused.every(({ overrulable }) => overrulable)
      ? {
          label: 'overrules it',
          args: { task, overrule: [...overruled, ...refused.map(({ path }) => path)] },
        }
      : undefined,
  exit: ({ status }) => (status === 'resolved' ? ExitCode.ok : ExitCode.conflictsRemain),
});

export const hunkCommands: readonly AnyCommand[] = [hunks, take, ask, edit, undo, finish];
