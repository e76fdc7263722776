/** The plan, or list of things to do, that an agent keeps. Every runner has its own words for the same. */
import type { PlanStep } from '../agent-event.js';
import { recordsOf, textOf } from './records.js';

const states: Readonly<Record<string, PlanStep['state']>> = {
  completed: 'done',
  done: 'done',
  cancelled: 'done',
  in_progress: 'doing',
  inProgress: 'doing',
};

/** The steps in a list of records, whatever a runner calls their fields. */
export function stepsIn(list: unknown): PlanStep[] {
  return recordsOf(list).flatMap((entry) => {
    const text = [entry.step, entry.text, entry.content, entry.description, entry.subject]
      .map(textOf)
      .find((one) => one !== undefined && one.trim() !== '');
    if (text === undefined) return [];
    const state = entry.completed === true ? 'done' : (states[textOf(entry.status) ?? ''] ?? 'open');
    return [{ text, state }];
  });
}

/** How far the plan has come, with the step that is being done. */
export function planWords(steps: readonly PlanStep[]): string {
  const done = steps.filter(({ state }) => state === 'done').length;
  const doing = steps.find(({ state }) => state === 'doing') ?? steps.find(({ state }) => state === 'open');
  return `plan ${done}/${steps.length}${doing ? `: ${doing.text}` : ''}`;
}
