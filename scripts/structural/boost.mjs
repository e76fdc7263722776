/**
 * Gradient boosted trees for a yes-or-no label (Friedman, "Greedy Function Approximation", 2001): log loss,
 * splits between histogram bins, leaves grown best first. Small, and the same on every machine.
 */

const defaults = {
  trees: 160,
  leaves: 8,
  rate: 0.05,
  minLeaf: 20,
  l2: 5,
  bins: 32,
  /** Share of features and rows that each tree sees. */
  features: 0.4,
  rows: 0.7,
  seed: 1,
};

/**
 * @param {number[][]} table one row of numbers per example
 * @param {number[]} labels 0 or 1
 * @returns {{ bias: number, trees: number[][][] }} see ScoreTable in src/domain/structural/score.ts
 */
export function boost(table, labels, options = {}) {
  const given = { ...defaults, ...options };
  const random = randomFrom(given.seed);
  const cuts = table[0].map((_, feature) => cutsOf(table, feature, given.bins));
  const binned = cuts.map((cut, feature) => Uint8Array.from(table, (row) => binOf(cut, row[feature])));
  const mean = labels.reduce((sum, label) => sum + label, 0) / labels.length;
  const bias = Math.log(mean / (1 - mean));
  const scores = new Float64Array(table.length).fill(bias);
  const trees = [];
  for (let round = 0; round < given.trees; round++) {
    const slopes = scores.map((score, at) => sigmoid(score) - labels[at]);
    const curves = scores.map((score) => Math.max(sigmoid(score) * (1 - sigmoid(score)), 1e-6));
    const features = cuts.flatMap((_, feature) => (random() < given.features ? [feature] : []));
    const rows = table.flatMap((_, at) => (random() < given.rows ? [at] : []));
    const tree = grow({ rows, features, cuts, binned, slopes, curves, given });
    trees.push(tree);
    for (let at = 0; at < table.length; at++) scores[at] += treeValue(tree, table[at]);
  }
  return { bias, trees };
}

export const sigmoid = (x) => 1 / (1 + Math.exp(-x));

export const predict = ({ bias, trees }, row) =>
  sigmoid(trees.reduce((sum, tree) => sum + treeValue(tree, row), bias));

function treeValue(tree, row) {
  let node = tree[0];
  while (node[0] >= 0) node = tree[row[node[0]] <= node[1] ? node[2] : node[3]];
  return node[1];
}

function grow(ground) {
  const { cuts, binned, given } = ground;
  const root = leafOf(ground.rows, ground);
  const open = [root];
  while (open.length < given.leaves) {
    const best = open.filter((leaf) => leaf.split).sort((a, b) => b.split.gain - a.split.gain)[0];
    if (!best) break;
    const { feature, bin } = best.split;
    const side = (left) => best.rows.filter((row) => binned[feature][row] <= bin === left);
    best.at = [feature, cuts[feature][bin]];
    best.children = [leafOf(side(true), ground), leafOf(side(false), ground)];
    open.splice(open.indexOf(best), 1, ...best.children);
  }
  return flatten(root, []);
}

function flatten(node, out) {
  const place = out.push(null) - 1;
  if (!node.children) out[place] = [-1, node.value];
  else {
    const [left, right] = node.children.map((child) => {
      const at = out.length;
      flatten(child, out);
      return at;
    });
    out[place] = [...node.at, left, right];
  }
  return out;
}

function leafOf(rows, { features, cuts, binned, slopes, curves, given }) {
  let [slope, curve] = [0, 0];
  for (const row of rows) {
    slope += slopes[row];
    curve += curves[row];
  }
  const leaf = { rows, value: (-given.rate * slope) / (curve + given.l2), split: undefined };
  if (rows.length < 2 * given.minLeaf) return leaf;
  const whole = slope ** 2 / (curve + given.l2);
  for (const feature of features) {
    const bins = cuts[feature].length + 1;
    const [s, c, n] = [new Float64Array(bins), new Float64Array(bins), new Int32Array(bins)];
    for (const row of rows) {
      const bin = binned[feature][row];
      s[bin] += slopes[row];
      c[bin] += curves[row];
      n[bin]++;
    }
    let [left, bend, count] = [0, 0, 0];
    for (let bin = 0; bin < bins - 1; bin++) {
      left += s[bin];
      bend += c[bin];
      count += n[bin];
      if (count < given.minLeaf || rows.length - count < given.minLeaf) continue;
      const gain = left ** 2 / (bend + given.l2) + (slope - left) ** 2 / (curve - bend + given.l2) - whole;
      if (gain > 1e-6 && gain > (leaf.split?.gain ?? 0)) leaf.split = { gain, feature, bin };
    }
  }
  return leaf;
}

/** Where a feature may be cut: between neighbouring values, or between quantiles when there are many. */
function cutsOf(table, feature, bins) {
  const sorted = table.map((row) => row[feature]).sort((a, b) => a - b);
  const values = [...new Set(sorted)];
  if (values.length <= bins) return values.slice(1).map((value, at) => (values[at] + value) / 2);
  const cuts = new Set();
  for (let quantile = 1; quantile < bins; quantile++) {
    const at = Math.floor((quantile * sorted.length) / bins);
    cuts.add(sorted[at] === sorted[at - 1] ? sorted[at] - 1e-9 : (sorted[at - 1] + sorted[at]) / 2);
  }
  return [...cuts].sort((a, b) => a - b);
}

function binOf(cuts, value) {
  let bin = 0;
  while (bin < cuts.length && value > cuts[bin]) bin++;
  return bin;
}

/** mulberry32 */
function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), 1 | state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
  };
}
