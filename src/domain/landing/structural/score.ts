/** Applies a score table: how likely is it that a person would have merged the hunk in this very way? */

/** Boosted trees, made by scripts/structural/train.mjs. A node is [feature, cut, left, right] or [-1, value]. */
export interface ScoreTable {
  /** Names of the numbers it was made with, in their order. */
  features: readonly string[];
  bias: number;
  trees: readonly (readonly (readonly number[])[])[];
}

/** A probability from 0 to 1. */
export function scoreOf(table: ScoreTable, features: readonly number[]): number {
  let sum = table.bias;
  for (const tree of table.trees) {
    let node = tree[0]!;
    while (node[0]! >= 0) node = tree[features[node[0]!]! <= node[1]! ? node[2]! : node[3]!]!;
    sum += node[1]!;
  }
  return 1 / (1 + Math.exp(-sum));
}
