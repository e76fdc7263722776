/** Commands to the runner of a GitHub workflow, one a line: each puts a note at a line of the pull request. */
import { type RevisionReport, reportedProblems } from './report.js';

const commandNames = { error: 'error', warning: 'warning', note: 'notice' } as const;

/** The problems as workflow commands. No name or message in them can begin a command of its own. */
export function workflowCommands(report: RevisionReport): string[] {
  return reportedProblems(report).map(({ rule, level, path, line, message }) => {
    const place = [
      ...(path ? [`file=${property(path)}`] : []),
      ...(path && line > 0 ? [`line=${line}`] : []),
    ];
    const properties = [...place, `title=${property(rule)}`].join(',');
    return `::${commandNames[level]} ${properties}::${data(message)}`;
  });
}

const data = (text: string) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const property = (text: string) => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
