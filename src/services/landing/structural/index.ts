export { judgeFile, structuralAnswers } from './answer.js';
export { mergeFile } from './merge-file.js';
