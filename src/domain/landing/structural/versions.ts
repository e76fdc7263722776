/** Both sides raised a version: the higher one is what either task would want. */

const versionShape =
  /(?:v|(?<!\d))\d+(?:\.\d+)+(?:[-.+]?(?:alpha|beta|rc|dev|pre|snapshot|canary|next|a|b|M|RC)[-.]?\d*(?:[-.]\d+)*)?/gi;

export interface VersionAnswer {
  side: 'ours' | 'theirs';
  /** Nothing about it is unusual: neither side goes below the base, and both count in the same way. */
  plain: boolean;
}

export interface VersionNumber {
  numbers: number[];
  pre: string;
}

/** A text with its versions taken out. */
export const withoutVersions = (text: string): string =>
  text.replace(versionShape, '#').replace(/\s+/g, ' ').trim();

/** Rule R9. Undefined when more than versions differ, or each side has the higher one somewhere. */
export function higherVersion(base: string, ours: string, theirs: string): VersionAnswer | undefined {
  if (withoutVersions(ours) !== withoutVersions(theirs)) return undefined;
  const [o, t, b] = [versionsIn(ours), versionsIn(theirs), versionsIn(base)];
  if (o.length === 0 || o.length !== t.length) return undefined;
  const order = o.map((one, at) => compare(one, t[at]!));
  if (order.every((sign) => sign === 0)) return undefined;
  const side = order.every((sign) => sign >= 0)
    ? 'ours'
    : order.every((sign) => sign <= 0)
      ? 'theirs'
      : undefined;
  if (!side) return undefined;
  // Lines that only one of base and sides has tell nothing about how far each side went.
  const known = b.length === o.length;
  const [high, low] = side === 'ours' ? [o, t] : [t, o];
  if (known && high.some((one, at) => raisedApart(b[at]!, one, low[at]!))) return undefined;
  const plain = o.every((one, at) => {
    const two = t[at]!;
    const alike = one.numbers.length === two.numbers.length && isLine(one) === isLine(two);
    if (!alike || isAheadByRelease(one, two)) return false;
    return !known || (compare(one, b[at]!) >= 0 && compare(two, b[at]!) >= 0);
  });
  return { side, plain };
}

/**
 * Whether the higher one kept the end of its number, which the other raised: 2.1.9 became 2.2.9 and 2.1.10. It counts
 * those parts apart, so neither is the number of both.
 */
function raisedApart(base: VersionNumber, high: VersionNumber, low: VersionNumber): boolean {
  const first = high.numbers.findIndex((part, at) => part !== base.numbers[at]);
  return high.numbers.some(
    (part, at) =>
      at > first && first >= 0 && part > 0 && part === base.numbers[at] && part !== low.numbers[at],
  );
}

/** A snapshot stands for a line of development, not for a step on the way to its release. */
const isLine = ({ pre }: VersionNumber): boolean => /snapshot|dev/i.test(pre);

/** One side released what the other still prepares: which of them the merged branch is, no number tells. */
const isAheadByRelease = (one: VersionNumber, two: VersionNumber): boolean =>
  (one.pre === '') !== (two.pre === '') && one.numbers.join('.') === two.numbers.join('.');

/** Files whose versions a tool chooses together and whose checksums it writes elsewhere: no one of them is chosen alone. */
export const areChosenTogether = (path: string): boolean => /(?:^|\/)go\.(?:mod|work)$/.test(path);

/** All versions of a text, in order. */
export function versionsIn(text: string): VersionNumber[] {
  return (text.match(versionShape) ?? []).map((found) => {
    const [, numbers = '', pre = ''] = /^v?(\d+(?:\.\d+)+)(.*)$/i.exec(found) ?? [];
    return { numbers: numbers.split('.').map(Number), pre };
  });
}

/** Numerically by part; a release comes after its pre-releases. */
function compare(a: VersionNumber, b: VersionNumber): number {
  for (let at = 0; at < Math.max(a.numbers.length, b.numbers.length); at++) {
    const sign = Math.sign((a.numbers[at] ?? 0) - (b.numbers[at] ?? 0));
    if (sign !== 0) return sign;
  }
  if (a.pre === '' || b.pre === '') return Math.sign(Number(a.pre === '') - Number(b.pre === ''));
  return Math.sign(a.pre.localeCompare(b.pre, 'en', { numeric: true }));
}
