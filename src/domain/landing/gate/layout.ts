/** How lines are broken and indented: what no side shows is a guess, though every word is right. */
import type { ChangedSpan } from '../structural/sequence.js';
import type { Token } from '../structural/tokens.js';

/** The line of each token, from 0. */
export function linesOfTokens(tokens: readonly Token[]): number[] {
  let line = 0;
  return tokens.map(({ lead }) => {
    line += lead.split('\n').length - 1;
    return line;
  });
}

const hasBreak = ({ lead }: Token): boolean => lead.includes('\n');
const indentOf = ({ lead }: Token): string => lead.slice(lead.lastIndexOf('\n') + 1);

/** The first word or sign that begins a line, or does not, unlike in every side between the same neighbours. */
export function wrongBreak(
  given: readonly Token[],
  sides: readonly (readonly Token[])[],
  indented: boolean,
): string | undefined {
  const breaks = new Map<string, Set<string>>();
  const look = (token: Token) => `${hasBreak(token)}${indented && hasBreak(token) ? indentOf(token) : ''}`;
  const note = (name: string, token: Token) =>
    breaks.set(name, (breaks.get(name) ?? new Set()).add(look(token)));
  for (const side of sides) {
    for (const [at, token] of side.entries()) {
      note(`${side[at - 1]?.text ?? ''}\0${token.text}`, token);
      note(`\0\0${token.text}`, token);
    }
  }
  for (const [at, token] of given.entries()) {
    if (at === 0) continue;
    // Where two changes meet, the neighbours are new: then it must be so somewhere.
    const known = breaks.get(`${given[at - 1]!.text}\0${token.text}`) ?? breaks.get(`\0\0${token.text}`);
    if (known && !known.has(look(token))) return `${given[at - 1]!.text} ${token.text}`.trim();
  }
  return undefined;
}

/**
 * Lines that one side breaks elsewhere, or indents anew, in which the other changes words or begins lines: no side
 * shows how such lines look together.
 */
export function laidOut(
  base: readonly Token[],
  sides: Record<'ours' | 'theirs', readonly Token[]>,
  { toOurs, toTheirs }: Record<'toOurs' | 'toTheirs', readonly ChangedSpan[]>,
): string | undefined {
  const lineOf = linesOfTokens(base);
  const places = (spans: readonly ChangedSpan[]) =>
    new Set(
      spans.flatMap(({ start, end }) => lineOf.slice(Math.max(0, start - 1), Math.max(end, start + 1))),
    );
  const words = (spans: readonly ChangedSpan[]) =>
    places(spans.map((span) => ({ ...span, start: span.start + 1 })));
  const begins = (side: readonly Token[], spans: readonly ChangedSpan[]) =>
    places(
      spans.filter(({ start, end, from, to }) =>
        [...side.slice(from, to), ...base.slice(start, end)].some(hasBreak),
      ),
    );
  const meets = (
    layout: ReturnType<typeof layoutOf>,
    side: readonly Token[],
    spans: readonly ChangedSpan[],
  ) => {
    const [changed, begun] = [words(spans), begins(side, spans)];
    return layout.broken.some((line) => changed.has(line)) || layout.indented.some((line) => begun.has(line));
  };
  return meets(layoutOf(base, sides.ours, toOurs, lineOf), sides.theirs, toTheirs) ||
    meets(layoutOf(base, sides.theirs, toTheirs, lineOf), sides.ours, toOurs)
    ? 'one side lays out anew the lines in which the other changes words'
    : undefined;
}

/** Lines of the base whose words stay and that a side breaks elsewhere, or indents differently. */
function layoutOf(
  base: readonly Token[],
  side: readonly Token[],
  spans: readonly ChangedSpan[],
  lineOf: readonly number[],
): { broken: number[]; indented: number[] } {
  const found = { broken: [] as number[], indented: [] as number[] };
  let [at, shift] = [0, 0];
  for (const span of [...spans, { start: base.length - 1, end: base.length, from: 0, to: 0 }]) {
    for (; at < span.start; at++) {
      const [own, before] = [side[at + shift]!, base[at]!];
      if (at > 0 && hasBreak(own) !== hasBreak(before)) found.broken.push(lineOf[at - 1]!, lineOf[at]!);
      else if (indentOf(own) !== indentOf(before) && (at === 0 || hasBreak(before))) {
        found.indented.push(lineOf[at]!);
      }
    }
    at = span.end;
    shift = span.to - span.end;
  }
  return found;
}
