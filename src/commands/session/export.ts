/** `session export`: a transcript as Markdown. */
import { resolve } from 'node:path';
import { appError } from '../../domain/platform/errors.js';
import { args, command, short, text } from '../define.js';
import { runArg, runIdFor } from './run-id.js';

/** `data` of `session export`. */
interface ExportReport {
  run: string;
  /** The file that was written, and its size. */
  path?: string;
  bytes?: number;
  /** The text, when no file was asked for. */
  markdown?: string;
}

/** A longer text is not printed: it would be held in memory whole, and is too long to read on a terminal. */
const maxPrinted = 16_000_000;

export const exportSession = command({
  id: 'session.export',
  title: 'Export a session',
  summary: 'Write a transcript as Markdown, with secrets taken out.',
  args: args({
    'id!': runArg,
    output: short('o', text('file to write; without it the text is printed', 'file')),
  }),
  surfaces: ['cli'],
  async run({ id, output }, context): Promise<ExportReport> {
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
  print: ({ path, bytes, markdown }) =>
    path === undefined ? [markdown ?? ''] : [`Wrote ${path} (${bytes} bytes).`],
});
