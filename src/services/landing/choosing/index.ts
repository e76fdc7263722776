/** A person decides a conflict hunk by hunk: what there is to decide, what was chosen, and the merge that comes of it. */
export { askHunk } from './ask.js';
export { type ChosenReport, type HunkPlace, takeHunk, undoChoice, writeHunk } from './choose.js';
export { editHunk } from './edit.js';
export { type FinishReport, finishChoices } from './finish.js';
export { readConflict } from './read.js';
