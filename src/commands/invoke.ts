/** Runs a command for the command line and the screen alike, and is the one place that catches errors. */

import type { AppState } from '../domain/app/state.js';
import { stoppedByPerson } from '../domain/app/work.js';
import { appError, ExitCode, toAppError } from '../domain/platform/errors.js';
import { findCommand } from './registry.js';
import { typedAs } from './spelling.js';
import type { AnyCommand, CommandContext, Outcome } from './types.js';

/**
 * Checks the arguments, runs the command, and turns its data or its error into an outcome. Never throws.
 * @param label what the command log calls it, e.g. "merge check parser"; default: its title
 */
export async function invoke(
  id: string,
  given: Record<string, unknown>,
  context: CommandContext,
  label = findCommand(id)?.title ?? id,
): Promise<Outcome> {
  const row = findCommand(id);
  const changing = row && row.dryRun !== 'reads' && !context.flags.dryRun;
  const tasks = changing ? tasksChanged(row, given, context.shown?.()) : [];
  const changes = row && tasks.length > 0 ? { changes: { tasks, title: row.title } } : {};
  const ofTasks = tasks.length > 0 ? { tasks } : {};
  context.emit({ type: 'command.started', id, label, ...changes });
  try {
    if (!row) throw unknownCommand(id);
    if (context.flags.dryRun) requireDryRun(row);
    await checkArgs(row, given);
    if (row.dryRun !== 'reads' && row.inRun !== true) {
      await (await context.services.store()).requireOutsideRun(context, typedAs(id));
    }
    if (takesInFirst(row, given, context)) await takeIn(context, given);
    const data = await row.run(given as never, context);
    if (context.signal.aborted) throw interrupted();
    context.emit({ type: 'command.ended', id, ok: true, message: '', ...ofTasks });
    return { ok: true, data, exit: row.exit?.(data) ?? ExitCode.ok };
  } catch (thrown) {
    const stopped = context.signal.reason === stoppedByPerson;
    const error = toAppError(
      context.signal.aborted ? (stopped ? stoppedHere() : interrupted(thrown)) : thrown,
    );
    context.emit({
      ...{ type: 'command.ended', id, ok: stopped, message: `${label}: ${error.message}` },
      ...ofTasks,
    });
    return { ok: false, error };
  }
}

/**
 * Not for what could name a task and names none, as a review of a branch. On the screen nothing is left to take in: it
 * drives, or follows the process that does.
 */
const takesInFirst = (row: AnyCommand, given: Record<string, unknown>, { flags, shown }: CommandContext) =>
  row.takesIn && !flags.dryRun && !shown && (given.task !== undefined || !row.args.properties.task);

async function takeIn(context: CommandContext, given: Record<string, unknown>): Promise<void> {
  const session = await context.session();
  await (await context.services.app()).takeInEnded(session, namedIn(given));
}

const namedIn = ({ task, tasks }: Record<string, unknown>): string[] =>
  [task, tasks].flat().filter((slug): slug is string => typeof slug === 'string');

/** The tasks that arguments name, which have not been checked yet; else those that a screen can tell. */
function tasksChanged(
  row: AnyCommand,
  given: Record<string, unknown>,
  shown: AppState | undefined,
): readonly string[] {
  const named = namedIn(given);
  return named.length > 0 || !shown ? named : (row.about?.(shown) ?? []);
}

const unknownCommand = (id: string) =>
  appError('unknown-command', `There is no command ${id}.`, {
    kind: 'usage',
    hint: '`codex-agent --help` lists them.',
  });

function requireDryRun(row: AnyCommand): void {
  if (row.dryRun) return;
  throw appError(
    'no-dry-run',
    `${typedAs(row.id)} has no dry run: it cannot show beforehand what it would do.`,
    {
      kind: 'usage',
      hint: 'Nothing was done. Leave --dry-run out to run it.',
    },
  );
}

const stoppedHere = () => appError('interrupted', 'Stopped.', { kind: 'interrupted' });

function interrupted(cause?: unknown) {
  return appError('interrupted', 'Interrupted. Agents at work go on.', {
    kind: 'interrupted',
    hint: '`codex-agent manager monitor` adopts them, `codex-agent manager stop` ends them.',
    cause,
  });
}

/** Checks arguments against the row's JSON Schema, compiled at build time. Throws `bad-arguments` (usage). */
async function checkArgs(row: AnyCommand, given: Record<string, unknown>): Promise<void> {
  // Without arguments, given or required, the validators need not be loaded.
  if (Object.keys(given).length === 0 && row.args.required.length === 0) return;
  const { validateArgs } = await import('./check-args.js');
  const problem = validateArgs(row, given);
  if (!problem) return;
  throw appError('bad-arguments', `${row.id}: ${problem}.`, {
    kind: 'usage',
    hint: `\`codex-agent ${typedAs(row.id)} --help\` shows its arguments.`,
  });
}
