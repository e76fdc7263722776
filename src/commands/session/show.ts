/** `session show`: the transcript of a run, live or recorded. */
import { resolve } from 'node:path';
import type { SessionReport } from '../../domain/agents/agent-event.js';
import { isLive, stopReasons, streamNames } from '../../domain/agents/run.js';
import { isTrouble, type LineKind, type TranscriptLine } from '../../domain/agents/transcript/line.js';
import { createPrinter, plainLines } from '../../domain/agents/transcript/plain.js';
import { createRenderer, renderEvents } from '../../domain/agents/transcript/render.js';
import { plural } from '../../domain/platform/units.js';
import { args, at, cliOnly, command, flag, oneOf, text, whole } from '../define.js';
import type { CommandContext, PrintedLine, Tone } from '../types.js';
import { runIdFor } from './run-id.js';

export const showSession = command({
  id: 'session.show',
  title: 'Show a session',
  summary: 'Show the transcript of a run, of the newest run of a task, or of a recorded file.',
  args: args({
    'id!': at(0, text('run id, task, or a recorded file', 'run|task|file')),
    runner: cliOnly(text(`what the file is a recording of: ${streamNames.join(', ')}`, 'name')),
    exitCode: cliOnly(whole('exit code the recorded run ended with', 0)),
    signal: cliOnly(text('signal it ended by', 'name')),
    requested: cliOnly(oneOf(stopReasons, 'what had been asked of it')),
    stderr: cliOnly(text('what it wrote to standard error', 'text')),
    schema: cliOnly(text('JSON Schema its answer was to follow', 'file')),
    wantsJson: cliOnly(flag('its answer was to be JSON')),
    follow: cliOnly(flag('show a run as it goes on, until it ends')),
  }),
  surfaces: ['cli', 'screen'],
  marks: 'cursor',
  streams: ({ follow }) => follow === true,
  dryRun: 'reads',
  async run(given, context): Promise<SessionReport> {
    const runs = await context.services.agents();
    if (given.runner) {
      const { runner, id, schema, follow: _follow, ...facts } = given;
      const report = await runs.reportFile(id, runner, {
        ...facts,
        wantsJson: facts.wantsJson === true || schema !== undefined,
      });
      return schema === undefined ? report : runs.checkAgainst(report, resolve(context.flags.cwd, schema));
    }
    const runId = await runIdFor(given.id, context);
    if (given.follow) return followUntilEnd(runId, context);
    return withVersion(await runs.reportRun(context.paths, runId), context);
  },
  print: (data) => [...renderEvents(data.events).flatMap(printedLine), endLine(data)],
});

const tones: Readonly<Partial<Record<LineKind, Tone>>> = {
  thought: 'dim',
  output: 'dim',
  context: 'dim',
  gap: 'dim',
  unknown: 'dim',
  told: 'info',
  command: 'strong',
  heading: 'strong',
  added: 'good',
  removed: 'bad',
  asks: 'warn',
  answer: 'warn',
  retry: 'warn',
  error: 'bad',
};

function printedLine(line: TranscriptLine): PrintedLine[] {
  const tone = isTrouble(line) ? 'bad' : tones[line.kind];
  return plainLines([line]).map((text) => ({ text, ...(tone ? { tone } : {}) }));
}

/** How the run ended, what it used, and how many of its records were not understood. */
function endLine({ status, error, usage, unknown, runner, version }: SessionReport): string {
  const parts = [`— ${status}`];
  if (error) parts.push(`${error.code}: ${error.message}`);
  if (usage) parts.push(`${usage.input} in`, `${usage.output} out`);
  if (unknown > 0) {
    parts.push(`${plural(unknown, 'record')} of an unknown kind`);
    if (version) parts.push(`${runner} ${version}`);
  }
  return parts.join(', ');
}

/** Prints what the run says until it ends or the person interrupts; the report then comes without the events. */
async function followUntilEnd(runId: string, context: CommandContext): Promise<SessionReport> {
  const { paths, signal, emit } = context;
  const runs = await context.services.agents();
  const renderer = createRenderer({ cwd: runs.cwdOf(paths, runId) });
  const print = createPrinter();
  let ended = false;
  const { stop } = runs.followRun(
    paths,
    runId,
    ({ events }) => {
      for (const event of events)
        emit({ type: 'transcript.grew', run: runId, event, lines: print(renderer.render([event])) });
    },
    {
      signal,
      onEnd: () => {
        ended = true;
      },
    },
  );
  try {
    // A lost run writes no end. Two looks after it is known to be over, all that it wrote has been read.
    for (let looks = 0; !ended && !signal.aborted && looks < 2; ) {
      await runs.waitForRuns(paths, [runId], { signal });
      if (!isLive((await runs.inspectRun(paths, runId)).phase)) looks++;
    }
  } finally {
    stop();
  }
  return { ...(await runs.reportRun(paths, runId)), events: [] };
}

/** Adds the version of the agent's program where some of its records were not understood. */
async function withVersion(report: SessionReport, context: CommandContext): Promise<SessionReport> {
  if (report.unknown === 0) return report;
  const { probeRunners } = await context.services.agents();
  const config = await context.session().then(
    ({ config }) => config,
    () => undefined,
  );
  const { cacheDir } = context.paths;
  const probes = config ? await probeRunners(config, context.env, { cacheDir, only: [report.runner] }) : [];
  const version = probes[0]?.version;
  return version ? { ...report, version } : report;
}
