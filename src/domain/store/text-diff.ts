/** The difference of two small texts, line by line, as a person reads it. */

const context = 2;
/** How many differing lines in a row are compared at most; longer texts are shown one after the other. */
const comparedAtMost = 1_500;

/** Lines that begin with "-", "+" or a space; stretches that are the same are cut to a few lines around. */
export function textDiff(before: string, after: string): string[] {
  const [a, b] = [linesOf(before), linesOf(after)];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end])
    end++;
  const middle = changes(a.slice(start, a.length - end), b.slice(start, b.length - end));
  const same = (lines: readonly string[]) => lines.map((line) => ` ${line}`);
  return folded([...same(a.slice(0, start)), ...middle, ...same(a.slice(a.length - end))]);
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));

/** By the longest common subsequence. */
function changes(a: readonly string[], b: readonly string[]): string[] {
  const removed = (lines: readonly string[]) => lines.map((line) => `-${line}`);
  const added = (lines: readonly string[]) => lines.map((line) => `+${line}`);
  if (a.length > comparedAtMost || b.length > comparedAtMost) return [...removed(a), ...added(b)];
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        a[i] === b[j]
          ? lengths[(i + 1) * width + j + 1]! + 1
          : Math.max(lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!);
    }
  }
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      lines.push(` ${a[i++]}`);
      j++;
    } else if (lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!) lines.push(`-${a[i++]}`);
    else lines.push(`+${b[j++]}`);
  }
  return [...lines, ...removed(a.slice(i)), ...added(b.slice(j))];
}

function folded(lines: readonly string[]): string[] {
  const near = lines.map((_, at) =>
    lines.slice(Math.max(0, at - context), at + context + 1).some((line) => !line.startsWith(' ')),
  );
  return lines.flatMap((line, at) => (near[at] ? [line] : near[at - 1] ? [' …'] : []));
}
