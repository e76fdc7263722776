/** `session search`: words in what agents said and did. */
import type { TranscriptHit } from '../../domain/app/events.js';
import { appError } from '../../domain/platform/errors.js';
import { plural } from '../../domain/platform/units.js';
import type { SearchReport } from '../../services/agents/index.js';
import { args, at, cliOnly, command, flag, text, whole } from '../define.js';

/** `data` of `session search`; `found` on the screen only. */
type SearchData = SearchReport & { found?: TranscriptHit[] };

export const searchSessions = command({
  id: 'session.search',
  title: 'Search transcripts',
  summary: 'Find words in what agents said and did, newest runs first.',
  args: args({
    'text!': at(0, text('words to look for, upper and lower case alike', 'text')),
    all: cliOnly(flag('in the runs of every repository')),
    limit: whole('stop after this many places; default 200'),
  }),
  surfaces: ['cli', 'screen'],
  streams: true,
  dryRun: 'reads',
  async run({ text: wanted, all, limit = 200 }, context): Promise<SearchData> {
    if (wanted.trim() === '') {
      throw appError('nothing-to-find', 'The search has no words.', {
        kind: 'usage',
        hint: 'Give them: codex-agent session search "lock file"',
      });
    }
    const { searchRuns } = await context.services.agents();
    const session = await context.session().catch((error: unknown) => {
      if (all) return undefined;
      throw error;
    });
    const attended = session?.attended === true;
    const repo = all ? undefined : session?.repo.id;
    // The screen shows all places on one page; a command line prints each when it is found.
    const found: TranscriptHit[] = [];
    const report = await searchRuns(
      context.paths,
      { text: wanted, limit, signal: context.signal, ...(repo === undefined ? {} : { repo }) },
      (hit) => (attended ? found.push(hit) : context.emit({ type: 'transcript.matched', hit })),
      (message) => context.emit({ type: 'noted', level: 'warning', message }),
    );
    return attended ? { ...report, found } : report;
  },
  print: ({ found = [], hits, runs, more }) => [
    ...found.map(({ task, at: time, line }) => `${task}  ${time.slice(0, 16).replace('T', ' ')}  ${line}`),
    `${plural(hits, 'place')} in ${plural(runs, 'transcript')}${more ? '; there may be more: --limit' : ''}`,
  ],
});
