/** How far a resolved file is shown to be right, apart from whatever made the answer. */
import { answersIn, hunksOf, isIndented, linesOf, type Part, wordsOf } from '../hunks.js';
import type { Certificate } from '../merge.js';
import { leastProven } from '../structural/choose.js';
import { codeOfHunks, isProse } from './code.js';
import { unusedImports } from './imported.js';
import type { GateInput } from './input.js';
import { type Beside, replacedVersions } from './joined.js';
import { judgeResolution } from './judge.js';
import { type Around, whyUnproven } from './proof.js';

export interface Verdicts {
  /** Everything the gate has against the file. */
  problems: string[];
  certificate: Certificate;
  /** Hunks that are proven, by index. */
  proven: ReadonlySet<number>;
}

/** Judges a wholly resolved file. `more`: what else was found to be wrong with it. */
export function certify(input: GateInput, more: readonly string[] = []): Verdicts {
  // What a reason excuses is no proof; most answers need no excuse, and are judged once.
  const strict = judgeResolution({ ...input, reasons: replacedIn(input), trusted: false });
  const problems = [...(strict.length > 0 ? judgeResolution(input) : []), ...more];
  const answers = answersIn(input.parts, input.result);
  const around = aroundOf(input);
  const proven = new Set<number>();
  let doubt: string | undefined;
  for (const hunk of hunksOf(input.parts)) {
    const why = whyUnproven(hunk, answers?.get(hunk.index) ?? '', around) ?? whyUnlikely(input, hunk.index);
    if (why === undefined) proven.add(hunk.index);
    else doubt ??= `hunk ${hunk.index}: ${why}`;
  }
  if (problems.length > 0) {
    return { problems, proven, certificate: { status: 'refused', reason: problems.join('; ') } };
  }
  const [unused] = unusedImports(input);
  const unproven = doubt ?? strict[0] ?? (unused && `it imports ${unused} and does not use it`);
  return {
    problems,
    proven,
    certificate:
      unproven === undefined
        ? { status: 'proven', reason: 'every change of both sides once, and nothing else' }
        : { status: 'checked', reason: `passes the gate; not proven: ${unproven}` },
  };
}

/** Rules say how likely a person would have written the same; nothing says it of others' answers. */
function whyUnlikely({ scores }: GateInput, index: number): string | undefined {
  const score = scores?.get(index);
  return score === undefined || score >= leastProven
    ? undefined
    : `it is every change of both sides, and people often decided such a conflict otherwise (score ${score.toFixed(2)})`;
}

/** The one thing that a proof lets go: the lower of two versions that both sides raised. */
function replacedIn({ path, parts }: GateInput): Map<number, string> {
  return new Map(hunksOf(parts).map((hunk) => [hunk.index, replacedVersions(path, hunk).join(' ')]));
}

/** What the proof needs to know of the file around its hunks. */
export function aroundOf({
  path,
  parts,
  ours,
  theirs,
}: Pick<GateInput, 'path' | 'parts' | 'ours' | 'theirs'>): Around {
  const words = { ours: new Set(wordsOf(ours)), theirs: new Set(wordsOf(theirs)) };
  const code = (['base', 'ours', 'theirs'] as const).map((side) =>
    codeOfHunks(path, parts, (hunk) => hunk[side]),
  );
  return {
    path,
    indented: isIndented(path),
    isProse: ({ index }) => isProse(path) || code.every((texts) => texts.get(index)?.trim() === ''),
    beside: ({ index }) => besideHunk(parts, index),
    has: (side, word) => words[side].has(word),
  };
}

function besideHunk(parts: readonly Part[], index: number): Beside {
  const at = parts.findIndex((part) => part.type === 'hunk' && part.hunk.index === index);
  const lines = (place: number) => {
    const part = parts[place];
    return part?.type === 'text' ? linesOf(part.text) : [];
  };
  return { before: lines(at - 1).at(-1) ?? '', after: lines(at + 1)[0] ?? '' };
}
