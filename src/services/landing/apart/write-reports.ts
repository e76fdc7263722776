/** Reports go to the files that were asked for: whole, or not at all. */
import { randomUUID } from 'node:crypto';
import { mkdir, realpath, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { badReport, reportIn, type WantedReports } from '../../../domain/landing/reports/formats.js';
import type { RevisionReport } from '../../../domain/landing/reports/report.js';
import { workflowCommands } from '../../../domain/landing/reports/workflow.js';
import { hasCode } from '../../../domain/platform/errors.js';
import { writeFileDurably, writeTo } from '../../platform/index.js';

/**
 * The files of the reports, as absolute paths, with the folders that they need. Throws `bad-report` (usage) where
 * two reports would be one file, or where a folder stands.
 */
export async function reportFiles(cwd: string, { files }: WantedReports): Promise<string[]> {
  const paths = files.map(({ file }) => resolve(cwd, file));
  for (const [at, path] of paths.entries()) {
    if (paths.indexOf(path) !== at) throw badReport(`Two reports would be written to ${path}.`);
    if ((await statOfFile(path))?.isDirectory()) throw badReport(`${path} is a folder.`);
  }
  return paths;
}

/** Commands for the runner of a workflow, and the word between which it takes none. */
export interface WorkflowOutput {
  fence: string;
  commands: string[];
}

/**
 * Writes each report to its file, replacing what is there. Returns what goes to standard output, where that was asked
 * for. Throws as `reportFiles`, and the system's errors.
 */
export async function writeReports(
  cwd: string,
  wanted: WantedReports,
  report: RevisionReport,
  version: string,
): Promise<WorkflowOutput | undefined> {
  const paths = await reportFiles(cwd, wanted);
  for (const [at, { format }] of wanted.files.entries()) {
    await writeReport(paths[at]!, reportIn(format, report, version));
  }
  // Text from the repository is printed between two of these: it cannot know the word that ends it.
  return wanted.github ? { fence: randomUUID(), commands: workflowCommands(report) } : undefined;
}

/** A pipe or a terminal is written to, never replaced; behind a link, the file itself is. */
async function writeReport(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const found = await statOfFile(path);
  if (!found) await writeFileDurably(path, text, 0o644);
  else if (found.isFile()) await writeFileDurably(await realpath(path), text, found.mode & 0o777);
  else await writeTo(path, text);
}

async function statOfFile(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}
