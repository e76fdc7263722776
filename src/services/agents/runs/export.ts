/** Writes a transcript as Markdown, secrets taken out, without ever holding all of it. */
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import type { AgentEvent } from '../../../domain/agents/agent-event.js';
import { createMarkdown, markdownHead } from '../../../domain/agents/transcript/markdown.js';
import { unknownWords } from '../../../domain/agents/transcript/plain.js';
import { inlineCode, ownMark } from '../../../domain/agents/transcript/quoted.js';
import { streamOf } from '../../../domain/agents/transcript/streams.js';
import { redactSecrets, secretValues } from '../../../domain/landing/secrets.js';
import { appError, hasCode } from '../../../domain/platform/errors.js';
import { sanitizeText } from '../../../domain/platform/sanitize.js';
import { systemRefusal } from '../../../domain/platform/system-errors.js';
import type { Paths } from '../../platform/index.js';
import { readIntent, runFolder } from '../../worktrees/index.js';
import { transcriptOf } from './chunks.js';
import { executorOf } from './executor.js';
import { inspectRun } from './view.js';

/**
 * The Markdown of a run, piece by piece. Everything of a secret's shape is taken out, and the values that
 * variables named like secrets have now. Throws `run-not-found`.
 */
export async function* exportRun(
  paths: Pick<Paths, 'runsDir'>,
  runId: string,
  env: NodeJS.ProcessEnv,
): AsyncGenerator<string> {
  const intent = readIntent(runFolder(paths, runId));
  const values = secretValues(env);
  const clean = (text: string) => sanitizeText(redactSecrets(text, values));
  yield clean(markdownHead(await inspectRun(paths, runId)));
  const unknown = new Map<string, number>();
  const parser = streamOf(intent).parser();
  const markdown = createMarkdown({ cwd: intent.cwd });
  const blocks = (events: readonly AgentEvent[]): string => {
    for (const event of events) {
      if (event.type === 'unknown') unknown.set(event.name, (unknown.get(event.name) ?? 0) + 1);
    }
    return events.map((event) => clean(markdown(event))).join('');
  };
  for await (const chunk of transcriptOf(executorOf(paths), runId)) yield blocks(parser.push(chunk));
  yield blocks(parser.end());
  if (unknown.size > 0) yield clean(`\n${ownMark} ${inlineCode(unknownWords(unknown))}\n`);
}

/**
 * Writes the pieces to a file, complete or not at all; returns its size. Behind a link, the file itself is replaced. A pipe, a
 * terminal or another device is written to, never replaced. Throws `cannot-write`.
 */
export async function writeExport(pieces: AsyncIterable<string>, path: string): Promise<number> {
  const real = await realpath(path).catch(() => path);
  const found = await stat(real).catch(() => undefined);
  const isThere = found !== undefined && !found.isFile() && !found.isDirectory();
  const temporary = isThere ? undefined : `${real}.${process.pid}.part`;
  let size = 0;
  try {
    const file = await open(temporary ?? real, temporary ? 'wx' : 'w', 0o600);
    try {
      for await (const piece of pieces) size += (await file.write(piece)).bytesWritten;
    } finally {
      await file.close();
    }
    if (temporary) await rename(temporary, real);
    return size;
  } catch (error) {
    if (temporary) await rm(temporary, { force: true }).catch(() => {});
    if (hasCode(error, 'ENOENT')) {
      throw appError('cannot-write', `${path} cannot be written: its folder is not there.`, { cause: error });
    }
    const refused = systemRefusal(Object.assign(error as Error, { path }));
    if (!refused) throw error;
    throw appError('cannot-write', refused.message, { cause: error, hint: refused.hint });
  }
}
