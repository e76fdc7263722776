/** Writing a task down: questions and answers with the task-author agent, or plain questions without a model. */
export { editStub } from './editor.js';
export { interview } from './interview.js';
