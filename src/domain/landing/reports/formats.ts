/** Which reports are asked for, and how each is written. */
import { appError } from '../../platform/errors.js';
import { junitReport } from './junit.js';
import { markdownReport } from './markdown.js';
import type { RevisionReport } from './report.js';
import { sarifReport } from './sarif.js';

const writers = { junit: junitReport, sarif: sarifReport, markdown: markdownReport };

type FileFormat = keyof typeof writers;

/** What `--report` asked for. */
export interface WantedReports {
  files: { format: FileFormat; file: string }[];
  /** Workflow commands on standard output. */
  github: boolean;
}

const known = 'junit=FILE, sarif=FILE, markdown=FILE, github';

/** Reads `junit=FILE,sarif=FILE,markdown=FILE,github`. Throws `bad-report` (usage), naming the formats there are. */
export function wantedReports(asked: readonly string[]): WantedReports {
  const wanted: WantedReports = { files: [], github: false };
  for (const one of asked) {
    const at = one.indexOf('=');
    const [format, file] = at < 0 ? [one, undefined] : [one.slice(0, at), one.slice(at + 1)];
    if (format === 'github' && file === undefined) wanted.github = true;
    else if (format === 'github') throw badReport('github names no file: it goes to standard output.');
    else if (!Object.hasOwn(writers, format)) {
      throw badReport(`There is no report format ${JSON.stringify(format)}.`);
    } else if (!file) throw badReport(`The ${format} report needs a file: ${format}=FILE.`);
    else wanted.files.push({ format: format as FileFormat, file });
  }
  return wanted;
}

/** What is wrong with `--report`, and what it takes. */
export const badReport = (message: string) =>
  appError('bad-report', message, { kind: 'usage', hint: `Known: ${known}.` });

/** The text of a report in a format. */
export function reportIn(format: FileFormat, report: RevisionReport, version: string): string {
  return writers[format](report, version);
}
