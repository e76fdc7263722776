/** The log of what this program called. */
import { type Call, callText } from '../../domain/platform/call.js';
import { args, command, flag, whole } from '../define.js';

/** `data` of `logs`. */
interface LogReport {
  folder: string;
  calls: Call[];
}

const newest = 200;

export const logsRow = command({
  id: 'logs',
  title: 'Log',
  summary:
    'Show every git call, process and model request, how long it took, how it ended, and for which command.',
  args: args({
    follow: flag('go on with what any process of this program calls from now on'),
    lines: whole(`how many of the newest; default ${newest}`),
    failed: flag('only what did not end well'),
  }),
  surfaces: ['cli'],
  streams: ({ follow }) => follow === true,
  dryRun: 'reads',
  async run({ follow, lines = newest, failed }, context): Promise<LogReport | undefined> {
    const { paths, services, emit, signal } = context;
    const { followCalls, logFolder, readCalls } = await services.log();
    const isWanted = (call: Call) => !failed || !call.ok;
    if (!follow) {
      const calls = await readCalls(paths, failed ? Number.POSITIVE_INFINITY : lines);
      return { folder: logFolder(paths), calls: calls.filter(isWanted).slice(-lines) };
    }
    await followCalls(paths, lines, (call) => isWanted(call) && emit({ type: 'call.ended', call }), signal);
    return undefined;
  },
  print: (data) => {
    if (data === undefined) return [];
    return data.calls.length > 0 ? data.calls.map(callText) : [`Nothing is logged in ${data.folder} yet.`];
  },
});
