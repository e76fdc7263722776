/** Commands on sessions: what agents said and did, and how to go on. */
import { resolve } from 'node:path';
import type { SessionReport } from '../domain/agents/agent-event.js';
import { isLive, type RunView, streamNames } from '../domain/agents/run.js';
import { createRenderer } from '../domain/agents/transcript/render.js';
import type { TranscriptHit } from '../domain/app/events.js';
import { nextFor } from '../domain/app/next.js';
import { appError } from '../domain/platform/errors.js';
import { formatSize } from '../domain/platform/units.js';
import type { CollectedRuns, SearchReport } from '../services/agents/index.js';
import { args, at, command, flag, oneOf, text, whole } from './define.js';
import { printers } from './printers.js';
import { runIdFor } from './run-id.js';
import type { AnyCommand, CommandContext } from './types.js';

/** `data.sessions[]` of `session list`: a run, and what can be done about it. */
export type SessionRow = RunView & { next: string[] };

const list = command<{ all?: boolean }, { sessions: SessionRow[] }>({
  id: 'session.list',
  title: 'List sessions',
  summary: 'List runs with how they ended and what can be done.',
  args: args({ all: flag('of every repository') }),
  surfaces: ['cli', 'screen'],
  print: printers['session.list'],
  dryRun: 'reads',
  async run({ all }, context) {
    const { listRuns } = await context.services.agents();
    const runs = await listRuns(context.paths, all ? {} : { repo: (await context.session()).repo.id });
    return { sessions: runs.map((run) => ({ ...run, next: nextFor(run) })) };
  },
});

interface ShowArgs {
  id: string;
  runner?: string;
  exitCode?: number;
  signal?: string;
  requested?: 'interrupt' | 'timeout' | 'idle' | 'connect' | 'budget' | 'retries';
  stderr?: string;
  schema?: string;
  wantsJson?: boolean;
  follow?: boolean;
}

const show = command<ShowArgs, SessionReport>({
  id: 'session.show',
  title: 'Show a session',
  summary: 'Show the transcript of a run, of the newest run of a task, or of a recorded file.',
  args: args({
    'id!': at(0, text('run id, task, or a recorded file', 'run|task|file')),
    runner: text(`what the file is a recording of: ${streamNames.join(', ')}`, 'name'),
    exitCode: whole('exit code the recorded run ended with', 0),
    signal: text('signal it ended by', 'name'),
    requested: oneOf(
      ['interrupt', 'timeout', 'idle', 'connect', 'budget', 'retries'],
      'what had been asked of it',
    ),
    stderr: text('what it wrote to standard error', 'text'),
    schema: text('JSON Schema its answer was to follow', 'file'),
    wantsJson: flag('its answer was to be JSON'),
    follow: flag('show a run as it goes on, until it ends'),
  }),
  surfaces: ['cli', 'screen'],
  streams: ({ follow }) => follow === true,
  print: printers['session.show'],
  dryRun: 'reads',
  async run(given, context) {
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
    if (given.follow) return follow(runId, context);
    return withVersion(await runs.reportRun(context.paths, runId), context);
  },
});

/** Tells what the run says until it is over, or the person has seen enough; the report comes without the events. */
async function follow(runId: string, context: CommandContext): Promise<SessionReport> {
  const { paths, signal, emit } = context;
  const runs = await context.services.agents();
  const renderer = createRenderer({ cwd: runs.cwdOf(paths, runId) });
  let ended = false;
  const { stop } = runs.followRun(
    paths,
    runId,
    ({ events }) => {
      for (const event of events)
        emit({ type: 'transcript.grew', run: runId, event, lines: renderer.render([event]) });
    },
    {
      signal,
      onEnd: () => {
        ended = true;
      },
    },
  );
  try {
    // A run that was lost has no end of its own: two looks after it is known to be over, all of it has been read.
    for (let looks = 0; !ended && !signal.aborted && looks < 2; ) {
      await runs.waitForRuns(paths, [runId], { signal });
      if (!isLive((await runs.inspectRun(paths, runId)).phase)) looks++;
    }
  } finally {
    stop();
  }
  return { ...(await runs.reportRun(paths, runId)), events: [] };
}

/** Where records were not understood, the version of the agent tells whose records they are. */
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

interface SearchArgs {
  text: string;
  all?: boolean;
  limit?: number;
}

/** `data` of `session search`; `found` on the screen only. */
export type SearchData = SearchReport & { found?: TranscriptHit[] };

const search = command<SearchArgs, SearchData>({
  id: 'session.search',
  title: 'Search transcripts',
  summary: 'Find words in what agents said and did, newest runs first.',
  args: args({
    'text!': at(0, text('words to look for, upper and lower case alike', 'text')),
    all: flag('in the runs of every repository'),
    limit: whole('stop after this many places; default 200'),
  }),
  surfaces: ['cli', 'screen'],
  streams: true,
  dryRun: 'reads',
  print: printers['session.search'],
  async run({ text: wanted, all, limit = 200 }, context) {
    if (wanted.trim() === '') {
      throw appError('nothing-to-find', 'There is nothing to look for.', { kind: 'usage' });
    }
    const { searchRuns } = await context.services.agents();
    const session = await context.session().catch((error: unknown) => {
      if (all) return undefined;
      throw error;
    });
    const attended = session?.attended === true;
    const repo = all ? undefined : session?.repo.id;
    // A page of the screen shows them all at once; elsewhere each is told when it is found.
    const found: TranscriptHit[] = [];
    const report = await searchRuns(
      context.paths,
      { text: wanted, limit, signal: context.signal, ...(repo === undefined ? {} : { repo }) },
      (hit) => (attended ? found.push(hit) : context.emit({ type: 'transcript.matched', hit })),
      (message) => context.emit({ type: 'noted', level: 'warning', message }),
    );
    return attended ? { ...report, found } : report;
  },
});

/** `data` of `session export`. */
export interface ExportReport {
  run: string;
  /** The file that was written, and its size. */
  path?: string;
  bytes?: number;
  /** The text, when no file was asked for. */
  markdown?: string;
}

/** A longer text wants a file: nobody reads it on a terminal, and it would have to be held whole. */
const maxPrinted = 16_000_000;

const exported = command<{ id: string; output?: string }, ExportReport>({
  id: 'session.export',
  title: 'Export a session',
  summary: 'Write a transcript as Markdown, with secrets taken out.',
  args: args({
    'id!': at(0, text('run id, or task for its newest run', 'run|task')),
    output: { ...text('file to write; without it the text is printed', 'file'), short: 'o' },
  }),
  surfaces: ['cli'],
  print: printers['session.export'],
  async run({ id, output }, context) {
    const runs = await context.services.agents();
    const run = await runIdFor(id, context);
    const pieces = runs.exportRun(context.paths, run, context.env);
    if (output !== undefined) {
      const path = resolve(context.flags.cwd, output);
      return { run, path, bytes: await runs.writeExport(pieces, path) };
    }
    let markdown = '';
    for await (const piece of pieces) {
      markdown += piece;
      if (markdown.length > maxPrinted) {
        throw appError('too-long', `The transcript of ${run} is too long to print.`, {
          kind: 'usage',
          hint: `Write it to a file: codex-agent session export ${run} -o transcript.md`,
        });
      }
    }
    return { run, markdown };
  },
});

const resume = command<{ id: string; message?: string }, RunView>({
  id: 'session.resume',
  title: 'Resume a session',
  summary: "Continue the runner's own conversation of an ended run, in its worktree.",
  args: args({
    'id!': at(0, text('run id or task', 'run|task')),
    message: text('what to tell the agent', 'text'),
  }),
  surfaces: ['cli', 'screen'],
  said: (run) => `Resumed ${run.task} as ${run.runId}.`,
  async run({ id, message }, context) {
    const session = await context.trustedSession();
    const runs = await context.services.agents();
    const run = await runs.inspectRun(context.paths, await runIdFor(id, context));
    if (isLive(run.phase)) throw appError('still-running', `${run.runId} is still running.`);
    const { sessionId, runner } = run;
    if (!sessionId) {
      throw appError('no-session', `${run.runId} left no session to continue.`, {
        hint: `Start it afresh with \`codex-agent task retry ${run.task}\`.`,
      });
    }
    const { requireTask } = await context.services.store();
    const { resumeTask } = await context.services.app();
    const task = await requireTask(session, run.task);
    return resumeTask(session, task, { sessionId, runner }, message ?? 'Continue where you stopped.');
  },
});

const gc = command<object, CollectedRuns>({
  id: 'session.gc',
  title: 'Clean up runs',
  summary: 'Remove the folders of old runs of settled tasks, by run.keep_for and run.keep_size.',
  args: args({}),
  surfaces: ['cli'],
  dryRun: 'honours',
  said: ({ removed, freed, left }) =>
    `${removed.length === 0 ? 'Nothing to remove' : `Removed ${removed.length} runs, ${formatSize(freed)}`}; ${formatSize(left)} stay.`,
  async run(_, context) {
    const { collectRuns } = await context.services.agents();
    return collectRuns(await context.session(), { dryRun: context.flags.dryRun });
  },
});

export const sessionCommands: readonly AnyCommand[] = [list, show, search, exported, resume, gc];
