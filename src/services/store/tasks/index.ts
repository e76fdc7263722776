/** Tasks in the registry: the doors through which they are found, added, changed and removed. */
export { addTasks, previewTasks } from './add.js';
export { editTask, type TaskChanges, updateTask } from './change.js';
export { keepTasks, noteStubs, type StubNews, takeStubs } from './from-stubs.js';
export { type Proposal, proposeDependencies } from './propose.js';
export { newId, requireTask, tasksOf } from './query.js';
export { removeTask } from './remove.js';
export { lastChange, type UndoReport, undoChange } from './undo.js';
