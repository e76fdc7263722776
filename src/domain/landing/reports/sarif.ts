/** SARIF 2.1.0: what has a place is a result, what has none is a notification of the run. */
import { type ReportedProblem, type RevisionReport, reportedProblems } from './report.js';

/** The report as a SARIF log of one run. */
export function sarifReport(report: RevisionReport, version: string): string {
  const problems = reportedProblems(report);
  const placed = problems.filter(({ path }) => path !== '');
  const others = problems.filter(({ path }) => path === '');
  const rules = idsOf(placed);
  const notes = idsOf(others);
  const driver = {
    name: 'codex-agent',
    version,
    rules: rules.map(described),
    ...(notes.length > 0 ? { notifications: notes.map(described) } : {}),
  };
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: report.verdict !== 'error' && report.verdict !== 'stale',
            toolExecutionNotifications: others.map(({ rule, level, message }) => ({
              descriptor: { id: rule, index: notes.indexOf(rule) },
              level,
              message: { text: wellFormed(message) },
            })),
          },
        ],
        results: placed.map((one) => resultOf(one, rules)),
        properties: {
          verdict: report.verdict,
          branch: wellFormed(report.branch),
          base: wellFormed(report.base),
          head: report.head,
          target: report.target,
          leftOut: report.skipped.map(wellFormed),
        },
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

const idsOf = (problems: readonly ReportedProblem[]) => [...new Set(problems.map(({ rule }) => rule))];

const described = (id: string) => ({ id, shortDescription: { text: id.replace('/', ': ') } });

function resultOf({ rule, level, path, line, message }: ReportedProblem, rules: readonly string[]) {
  const artifactLocation = { uri: uriOf(path), uriBaseId: '%SRCROOT%' };
  const region = line > 0 ? { region: { startLine: line } } : {};
  return {
    ruleId: rule,
    ruleIndex: rules.indexOf(rule),
    level,
    message: { text: wellFormed(message) },
    locations: [{ physicalLocation: { artifactLocation, ...region } }],
  };
}

/** A relative reference, whatever the file is called: no part of it reads as a scheme, a query or a fragment. */
const uriOf = (path: string) => wellFormed(path).split('/').map(encodeURIComponent).join('/');

/** Without halves of characters, which no encoding has. */
const wellFormed = (text: string) => text.replace(/\p{Surrogate}/gu, '\uFFFD');
