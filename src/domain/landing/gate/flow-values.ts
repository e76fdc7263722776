/** Lists and maps of YAML that are written in flow, within brackets. Pure. */

type PlacedValue = [place: string, value: string];

/** Lists and maps within each other; what is deeper is hard to read. */
const deepest = 100;

/** Entries of a list or a map written in flow; undefined for a plain value, an empty one, and what is hard to read. */
export function flowEntries(place: string, value: string): PlacedValue[] | undefined {
  if (!/^[[{]\s*[^\s\]}]/.test(value) || value.startsWith('{{')) return undefined;
  const signs = [
    ...value.matchAll(/"(?:\\.|[^"\\])*"|'(?:''|[^'])*'|[[\]{},]|:(?=[\s,\]}])|[^\s[\]{},:]+|:|\s+/g),
  ].map(([sign]) => sign);
  const found: PlacedValue[] = [];
  let at = 0;
  const readText = (): string => {
    let text = '';
    for (; at < signs.length && !/^[[\]{},]$/.test(signs[at]!); at++) {
      if (signs[at] === ':' && /^\s|^[,\]}]/.test(signs[at + 1] ?? ',')) break;
      text += signs[at];
    }
    return text.trim();
  };
  const skipBlanks = () => {
    while (signs[at]?.trim() === '') at++;
  };
  /** The place of the next value in a list or a map; undefined for a key that it cannot read. */
  const readPlace = (here: string, isList: boolean): string | undefined => {
    if (isList) return `${here}[]`;
    const key = readText().replace(/^["']|["']$/g, '');
    if (key === '' || signs[at] !== ':') return undefined;
    at++;
    return here === '' ? key : `${here}.${key}`;
  };
  /** False for what it cannot read. */
  const read = (here: string, depth: number): boolean => {
    skipBlanks();
    const open = signs[at];
    if (open !== '[' && open !== '{') {
      found.push([here, readText()]);
      return true;
    }
    if (depth === deepest) return false;
    const close = open === '[' ? ']' : '}';
    at++;
    for (skipBlanks(); at < signs.length && signs[at] !== close; skipBlanks()) {
      const inner = readPlace(here, open === '[');
      if (inner === undefined || !read(inner, depth + 1)) return false;
      skipBlanks();
      if (signs[at] === ',') at++;
      else if (signs[at] !== close) return false;
    }
    return signs[at++] === close;
  };
  const whole = read(place, 0);
  skipBlanks();
  return whole && at === signs.length ? found : undefined;
}
