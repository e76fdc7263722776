import type { ScoreTable } from '../domain/landing/structural/score.js';

export const scoreTable: ScoreTable;
