/** What an agent asks, with the answers it offers; the first choice is to answer later. */
import type { AnswerKind, PendingApproval } from '../../src/domain/agents/approval.js';
import type { RunView } from '../../src/domain/agents/run.js';
import { askedDetail } from '../../src/domain/app/attention.js';
import { askingRuns } from '../../src/domain/app/selectors.js';
import type { AppState } from '../../src/domain/app/state.js';
import { sanitizeLine } from '../../src/domain/platform/sanitize.js';
import { plural } from '../../src/domain/platform/units.js';
import type { MenuChoice, Overlay } from './types.js';

const keys: Readonly<Record<AnswerKind, string>> = {
  allow: 'a',
  'allow-always': 's',
  deny: 'd',
  cancel: 'x',
};

/** The longest waiting question of the run with this id, else of any run; undefined when no agent asks. */
export function approvalOverlay(
  state: AppState,
  runId: string | undefined,
  command: string,
): Overlay | undefined {
  const asking = askingRuns(state);
  const run = asking.find((one) => one.runId === runId) ?? asking[0];
  const approval = run?.approvals?.[0];
  if (!run || !approval) return undefined;
  const more = (run.approvals?.length ?? 1) - 1;
  return {
    type: 'choice',
    title: `${run.task} asks`,
    lines: [
      ...linesIn(`${approval.kind}: ${askedDetail(approval)}`),
      ...(approval.reason ? linesIn(`because: ${approval.reason}`) : []),
      ...(more > 0 ? [`${plural(more, 'more question')} after this one.`] : []),
    ],
    choices: [{ key: 'l', label: 'Later', effect: { type: 'close' } }, ...answers(run, approval, command)],
    index: 0,
  };
}

/** Every line on its own, as the program that is asked for would read them: nothing hides behind a lone `\r`. */
const linesIn = (text: string): string[] => text.trimEnd().split(/\r\n?|[\n\u2028\u2029]/);

/** The first answer of each kind, with the key of that kind. */
function answers(run: RunView, approval: PendingApproval, command: string): MenuChoice[] {
  const kinds = new Set<AnswerKind>();
  return approval.options.flatMap((option): MenuChoice[] => {
    if (kinds.has(option.kind)) return [];
    kinds.add(option.kind);
    const args = { id: run.runId, approval: approval.id, option: option.id };
    return [
      {
        key: keys[option.kind],
        label: sanitizeLine(option.label).slice(0, 30),
        effect: { type: 'invoke', calls: [{ id: command, args }] },
      },
    ];
  });
}
