import type { ScoreTable } from '../domain/structural/score.js';

export const scoreTable: ScoreTable;
