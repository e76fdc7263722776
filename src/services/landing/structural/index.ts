/** Rules of text and syntax that answer conflicts, and the judgement of a file of any origin. */
export { judgeFile, judgeText, structuralAnswers } from './answer.js';
export { mergeFile } from './merge-file.js';
