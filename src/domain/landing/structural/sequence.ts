/** Alignment and three-way merge of sequences, the ground all text rules stand on. */

/** A run of the base that a side replaced: base[start, end) became side[from, to). */
export interface ChangedSpan {
  start: number;
  end: number;
  from: number;
  to: number;
}

/** Part of a three-way merge: ranges in all three. */
export interface Chunk {
  base: [number, number];
  ours: [number, number];
  theirs: [number, number];
  /** Who changed it. */
  changed: 'none' | 'ours' | 'theirs' | 'both';
}

/** Beyond this many edits two sequences have nothing worth aligning. */
const maxEdits = 1500;

/**
 * What turns `base` into `side`, ascending: a shortest edit script (Myers, "An O(ND) Difference Algorithm
 * and Its Variations", 1986). Undefined when they are further apart than is worth knowing.
 */
export function diff(base: readonly string[], side: readonly string[]): ChangedSpan[] | undefined {
  let head = 0;
  const shorter = Math.min(base.length, side.length);
  while (head < shorter && base[head] === side[head]) head++;
  let tail = 0;
  while (tail < shorter - head && base[base.length - 1 - tail] === side[side.length - 1 - tail]) tail++;
  const ids = new Map<string, number>();
  const intern = (items: readonly string[]) =>
    Int32Array.from(items.slice(head, items.length - tail), (item) => {
      const known = ids.get(item);
      if (known !== undefined) return known;
      ids.set(item, ids.size);
      return ids.size - 1;
    });
  const pairs = match(intern(base), intern(side));
  if (!pairs) return undefined;
  const spans: ChangedSpan[] = [];
  let [i, j] = [head, head];
  const close = (nextBase: number, nextSide: number) => {
    if (nextBase > i || nextSide > j) spans.push({ start: i, end: nextBase, from: j, to: nextSide });
  };
  for (const [a, b] of pairs) {
    close(head + a, head + b);
    [i, j] = [head + a + 1, head + b + 1];
  }
  close(base.length - tail, side.length - tail);
  return spans;
}

/** Pairs of equal elements of a longest common subsequence. */
function match(a: Int32Array, b: Int32Array): [number, number][] | undefined {
  const [n, m] = [a.length, b.length];
  if (n === 0 || m === 0) return [];
  const limit = Math.min(n + m, maxEdits);
  const at = limit + 1;
  const reach = new Int32Array(2 * limit + 3);
  for (let d = 0; d <= limit; d++) {
    keep(d, reach.subarray(at - d - 1, at + d + 2));
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && reach[at + k - 1]! < reach[at + k + 1]!);
      let x = down ? reach[at + k + 1]! : reach[at + k - 1]! + 1;
      while (x < n && x - k < m && a[x] === b[x - k]) x++;
      reach[at + k] = x;
      if (x >= n && x - k >= m) return walkBack(d, n, m);
    }
  }
  return undefined;
}

/**
 * How far each step of `match` reached, one row of 2d + 3 numbers after the other. It is one buffer for all calls:
 * thousands of small ones would stay in the process's memory, and every start of a program would copy their pages.
 * At most 9 MB.
 */
let trace = new Int32Array(1024);
const rowOf = (d: number): number => d * d + 2 * d;

function keep(d: number, row: Int32Array): void {
  if (rowOf(d + 1) > trace.length) {
    const larger = new Int32Array(Math.min(2 * rowOf(d + 1), rowOf(maxEdits + 1)));
    larger.set(trace);
    trace = larger;
  }
  trace.set(row, rowOf(d));
}

function walkBack(steps: number, n: number, m: number): [number, number][] {
  const pairs: [number, number][] = [];
  let [x, y] = [n, m];
  for (let d = steps; d >= 0; d--) {
    const reach = (k: number) => trace[rowOf(d) + k + d + 1]!;
    const k = x - y;
    const from = k === -d || (k !== d && reach(k - 1) < reach(k + 1)) ? k + 1 : k - 1;
    const px = d === 0 ? 0 : reach(from);
    const py = d === 0 ? 0 : px - from;
    while (x > px && y > py) pairs.push([--x, --y]);
    if (d > 0) [x, y] = [px, py];
  }
  return pairs.reverse();
}

/** Whether two spans of different sides come within `gap` elements of each other, or insert at one point. */
export function clash(a: ChangedSpan, b: ChangedSpan, gap: number): boolean {
  if (a.start === a.end && b.start === b.end && a.start === b.start) return true;
  return a.start - gap < b.end && b.start - gap < a.end;
}

/**
 * Cuts three sequences into chunks. Changes of both sides that overlap, insert at one point, or touch
 * (unless `touching` is allowed) are one chunk changed by both.
 */
export function chunks(
  ours: readonly ChangedSpan[],
  theirs: readonly ChangedSpan[],
  length: number,
  touching = false,
): Chunk[] {
  const result: Chunk[] = [];
  let [i, j, at, oursBy, theirsBy] = [0, 0, 0, 0, 0];
  const push = (start: number, end: number, a: ChangedSpan[], b: ChangedSpan[]) => {
    const moved = (spans: ChangedSpan[], by: number) =>
      spans.reduce((sum, span) => sum + (span.to - span.from) - (span.end - span.start), by);
    const [nextOurs, nextTheirs] = [moved(a, oursBy), moved(b, theirsBy)];
    const changed = a.length > 0 ? (b.length > 0 ? 'both' : 'ours') : b.length > 0 ? 'theirs' : 'none';
    if (start < end || changed !== 'none') {
      result.push({
        base: [start, end],
        ours: [start + oursBy, end + nextOurs],
        theirs: [start + theirsBy, end + nextTheirs],
        changed,
      });
    }
    [oursBy, theirsBy, at] = [nextOurs, nextTheirs, end];
  };
  while (i < ours.length || j < theirs.length) {
    const first = Math.min(ours[i]?.start ?? length + 1, theirs[j]?.start ?? length + 1);
    push(at, first, [], []);
    const group: { a: ChangedSpan[]; b: ChangedSpan[]; end: number } = { a: [], b: [], end: first };
    const joins = (span: ChangedSpan | undefined, others: readonly ChangedSpan[]) => {
      if (!span) return false;
      if (group.a.length + group.b.length === 0) return span.start === first;
      return touching ? others.some((other) => clash(span, other, 0)) : span.start <= group.end;
    };
    // What only inserts goes before what replaces at the same point.
    const inserts = (span: ChangedSpan | undefined) => span?.start === first && span.end === first;
    const theirsFirst = inserts(theirs[j]) && !inserts(ours[i]);
    for (;;) {
      const empty = group.a.length + group.b.length === 0;
      if (!(empty && theirsFirst) && joins(ours[i], group.b)) group.a.push(ours[i++]!);
      else if (joins(theirs[j], group.a)) group.b.push(theirs[j++]!);
      else break;
      group.end = Math.max(group.end, group.a.at(-1)?.end ?? 0, group.b.at(-1)?.end ?? 0);
    }
    push(first, group.end, group.a, group.b);
  }
  push(at, length, [], []);
  return result;
}
