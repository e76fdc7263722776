/** What a launch did, for people and scripts: shared by the commands that start agents. */
import type { WaitKind } from '../domain/app/launched.js';
import { glyphs } from '../domain/app/selectors.js';
import { landingExit } from '../domain/landing/landing.js';
import { nothingChecked } from '../domain/landing/validation.js';
import { ExitCode } from '../domain/platform/errors.js';
import type { LaunchReport } from '../services/app/index.js';
import { table } from './table.js';

const nothing = 'Nothing was launched: no task is ready.';

/** A line for each task: how far it got, and what is in its way. */
export function launchLines(report: LaunchReport): string[] {
  const { launched, tasks, unchecked } = report;
  if (launched.length === 0) return [nothing];
  // A dry run names the tasks and has no outcome of them.
  if (tasks.length === 0) return [wouldLaunch(report)];
  const rows = tasks.map((task) => [
    task.slug,
    `${glyphs[task.status]} ${task.status}`,
    task.problem?.message ?? task.reason ?? '',
  ]);
  return [...table(rows), ...(unchecked ? [nothingChecked] : [])];
}

function wouldLaunch({ launched, atOnce }: LaunchReport): string {
  const few = atOnce !== undefined && atOnce < launched.length;
  return `Would launch ${launched.join(', ')}${few ? `, ${atOnce} at a time` : ''}.`;
}

/** When those start that have not, the soonest first. */
const startsWhen: Readonly<Record<WaitKind, string>> = {
  driver: 'in a moment',
  place: 'as places are free',
  others: 'as others land',
  time: 'at another try',
  limit: 'when a limit ends',
};

/** The same in one line. */
export function launchSaid(report: LaunchReport): string {
  const { launched, tasks, unchecked } = report;
  if (launched.length === 0) return nothing;
  if (tasks.length === 0) return wouldLaunch(report);
  const waiting = tasks.filter((task) => task.waits);
  const started = launched.length - waiting.length;
  const later = Object.entries(startsWhen).flatMap(([kind, when]) => {
    const count = waiting.filter(({ waits }) => waits === kind).length;
    return count > 0 ? [`${count} ${count === 1 ? 'starts' : 'start'} ${when}`] : [];
  });
  const said = [...(started > 0 || later.length === 0 ? [`${started} launched`] : []), ...later];
  return `${said.join(', ')}.${unchecked ? ` ${nothingChecked}` : ''}`;
}

/** Exit code of a launch: how the worst of its tasks ended. */
export function launchExit({ tasks }: LaunchReport): ExitCode {
  const bad = tasks.filter((task) => !task.ok && task.status !== 'running');
  if (bad.length === 0) return ExitCode.ok;
  if (bad.some((task) => task.pause || ['failed', 'needs-input'].includes(task.status)))
    return ExitCode.runFailed;
  return landingExit(bad.map((task) => ({ code: task.problem?.code ?? '' })));
}

/** What a stop says where the process that drives is halted by a signal or Ctrl-Z. */
export const stopSaid = (what: string, suspended: number | undefined): string =>
  suspended === undefined
    ? what
    : `${what} Process ${suspended}, which drives, is suspended: it takes in what the runs left when it goes on (\`kill -CONT ${suspended}\`). Once it has ended, the next command about these tasks does.`;
