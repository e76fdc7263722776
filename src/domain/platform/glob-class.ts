/** `[a-z]` of a glob: the characters it stands for, and what is wrong with one that cannot be. */

interface CharacterClass {
  negated: boolean;
  ranges: { first: string; last: string }[];
}

/** What stands between the brackets. A `-` at either end means itself. */
function classOf(body: string): CharacterClass {
  const negated = /^[!^]/.test(body);
  const chars = negated ? body.slice(1) : body;
  const ranges: CharacterClass['ranges'] = [];
  for (let at = 0; at < chars.length; at++) {
    const first = chars[at]!;
    const isRange = chars[at + 1] === '-' && at + 2 < chars.length;
    ranges.push({ first, last: isRange ? chars[at + 2]! : first });
    if (isRange) at += 2;
  }
  return { negated, ranges };
}

/** Whether a character is one of those that stand between the brackets; a slash never is. */
export function inClass(body: string): (char: string) => boolean {
  const { negated, ranges } = classOf(body);
  return (char) =>
    char !== '/' && ranges.some(({ first, last }) => first <= char && char <= last) !== negated;
}

/** A range from a later character to an earlier one, as `z-a`, of which there is no character. */
export function emptyRange(body: string): { first: string; last: string } | undefined {
  return classOf(body).ranges.find(({ first, last }) => first > last);
}
