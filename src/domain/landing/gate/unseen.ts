/** Signs that a screen does not show, or that turn the order of text round: an answer has none that no side has. Pure. */
import type { JudgedResult } from './input.js';

const unseen = /\r(?!\n)|(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}\ufffd]/gu;

export function unseenProblems({ answers, base, ours, theirs }: JudgedResult): string[] {
  return [...answers].flatMap(([index, answer]) => {
    const sign = [...answer.matchAll(unseen)]
      .map(([found]) => found)
      .find((found) => ![base, ours, theirs].some((text) => text.includes(found)));
    if (sign === undefined) return [];
    const number = sign.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
    return [`hunk ${index}: it holds the unseen sign U+${number}, which no side has`];
  });
}
