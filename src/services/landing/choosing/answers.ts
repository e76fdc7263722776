/** What is proposed for each hunk of a conflict, without asking a model: the last resolution, white space, rules. */
import { aroundOf } from '../../../domain/landing/gate/certificate.js';
import { whyUnproven } from '../../../domain/landing/gate/proof.js';
import type { ChoiceState, ProposedAnswer } from '../../../domain/landing/hunk-choices.js';
import { type ConflictHunk, hunksOf, whitespaceAnswer } from '../../../domain/landing/hunks.js';
import type { Resolution } from '../../../domain/landing/merge.js';
import type { ConflictTexts } from '../resolution/open-file.js';
import { structuralAnswers } from '../structural/index.js';
import { digestOf } from './sides.js';

export type HunkProposal = { answer: ProposedAnswer; why?: undefined } | { answer?: undefined; why: string };

/** The rules' answers of a file; worked out once for the same texts. */
const ruled = new WeakMap<ConflictTexts, ReturnType<typeof structuralAnswers>>();

/**
 * A proposal for each hunk, or why there is none. What a person had asked for or chosen before comes first.
 * @param resolution the last one of the task, when it was about the same sides
 */
export async function hunkProposals(
  texts: ConflictTexts,
  state: ChoiceState,
  resolution: Resolution | undefined,
): Promise<Map<number, HunkProposal>> {
  const around = aroundOf(texts);
  const recorded = resolution?.files.find(({ path }) => path === texts.path);
  let rules = ruled.get(texts);
  if (!rules) {
    rules = structuralAnswers(texts);
    ruled.set(texts, rules);
  }
  const structural = await rules;
  const withProof = (hunk: ConflictHunk, answer: Omit<ProposedAnswer, 'unproven'>): HunkProposal => {
    const unproven = whyUnproven(hunk, answer.text, around);
    return { answer: { ...answer, ...(unproven === undefined ? {} : { unproven }) } };
  };
  return new Map(
    hunksOf(texts.parts).map((hunk) => {
      const { index } = hunk;
      const own = ownAnswer(texts.path, hunk, state);
      if (own) return [index, withProof(hunk, own)];
      const before = recorded?.hunks.find((one) => one.index === index);
      if (before?.result !== undefined && before.strategy !== 'none') {
        const { result, strategy, rules: names, score, reason } = before;
        const more = { ...(names ? { rules: names } : {}), ...(score === undefined ? {} : { score }) };
        return [index, withProof(hunk, { text: result, strategy, reason, ...more })];
      }
      const spaced = whitespaceAnswer(texts.path, hunk);
      if (spaced !== undefined) {
        const answer = { text: spaced, strategy: 'whitespace', reason: 'only white space differs' } as const;
        return [index, withProof(hunk, answer)];
      }
      const found = structural.get(index);
      const choice = found?.proven ?? found?.likely;
      if (found?.guess && typeof choice === 'string') {
        const { text, rules: names, score } = found.guess;
        const guess = {
          text,
          rules: names,
          score,
          reason: choice,
          strategy: 'structural',
          guess: true,
        } as const;
        return [index, withProof(hunk, guess)];
      }
      if (choice === undefined || typeof choice === 'string') {
        return [index, { why: [choice, before?.reason].filter(Boolean).join('; ') || 'no rule answers it' }];
      }
      const { text, rules: names, score, reason } = choice;
      return [index, withProof(hunk, { text, strategy: 'structural', rules: names, score, reason })];
    }),
  );
}

/** What a model said when it was asked again, or what the person chose when the same was in conflict before. */
function ownAnswer(
  path: string,
  hunk: ConflictHunk,
  { asked, earlier }: ChoiceState,
): Omit<ProposedAnswer, 'unproven'> | undefined {
  const of = digestOf(hunk);
  const told = asked.findLast((one) => one.path === path && one.hunk === hunk.index && one.of === of);
  if (told) return { text: told.text, strategy: 'ai', reason: `asked again, "${told.word}": ${told.reason}` };
  const before = earlier.findLast((one) => one.of === of && one.path === path && one.text !== undefined);
  return before
    ? { text: before.text!, strategy: 'by-hand', reason: 'as you had chosen before a side moved' }
    : undefined;
}
