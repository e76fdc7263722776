/** What validation found, at the lines that it is about: findings, broken policies and failed checks alike. */
import type { DiffFile } from '../diff.js';
import { placeText } from '../reports/report.js';
import type { CheckResult, PolicyResult, ValidationReport } from '../validation.js';

export interface Remark {
  /** Who says it, e.g. "policy secrets", "check test", "validator agent". */
  from: string;
  severity: 'error' | 'warning' | 'info';
  /** '' and 0 where it names no place. */
  path: string;
  line: number;
  /** The line is one of the file as it was. */
  isOld?: true;
  text: string;
}

/** Every problem of a report; one that names several places of the diff stands at each of them. */
export function remarksOf(
  report: Pick<ValidationReport, 'checks' | 'policies' | 'findings' | 'criteria'> | undefined,
  files: readonly DiffFile[],
): Remark[] {
  if (!report) return [];
  const { checks, policies, findings, criteria = [] } = report;
  return [
    ...policies.flatMap((policy) => (policy.status === 'pass' ? [] : ofPolicy(policy, files))),
    ...checks.flatMap((check) =>
      check.status === 'pass' || check.status === 'skipped' ? [] : ofCheck(check, files),
    ),
    ...criteria
      .filter(({ answer }) => answer === 'not met')
      .map(({ text, path, line, evidence }) => ({
        from: 'validator agent',
        severity: path === '' ? ('warning' as const) : ('error' as const),
        ...{ path, line },
        text: `not met: ${text}${evidence ? ` (${evidence})` : ''}`,
      })),
    ...findings.map(({ severity, path, line, message }) => ({
      from: 'validator agent',
      ...{ severity, path, line },
      text: message,
    })),
  ];
}

/** Each place of a policy's evidence; what its words name where it has none. */
function ofPolicy(
  { name, status, detail, evidence = [] }: PolicyResult,
  files: readonly DiffFile[],
): Remark[] {
  const from = `policy ${name}`;
  const severity: Remark['severity'] = status === 'warn' || status === 'held' ? 'warning' : 'error';
  if (evidence.length === 0) return spread({ from, severity, text: detail }, files);
  const remarks = evidence.slice(0, mostPlaces).map(({ path, line, isOld, what, mild }): Remark => {
    const about = { from, severity: mild ? ('warning' as const) : severity };
    if (!files.some((file) => file.path === path || (isOld && file.oldPath === path)))
      return { ...about, path: '', line: 0, text: placeText(path, line, what) };
    return { ...about, path, line, ...(isOld ? { isOld } : {}), text: what };
  });
  const more = evidence.length - remarks.length;
  return more > 0 ? [...remarks, { from, severity, path: '', line: 0, text: `and ${more} more` }] : remarks;
}

/** Each problem that a check tells of at its line; the places that its words name where it tells of none. */
function ofCheck(check: CheckResult, files: readonly DiffFile[]): Remark[] {
  const { name, status, summary, problems = [] } = check;
  const from = `check ${name}`;
  if (status !== 'fail' || problems.length === 0)
    return spread({ from, severity: 'error', text: summary }, files);
  return problems.map(({ severity, path, line, name: what, message }) => {
    const text = `${what}: ${message}`;
    if (files.some((file) => file.path === path)) return { from, severity, path, line, text };
    return { from, severity, path: '', line: 0, text: placeText(path, line, text) };
  });
}

/** No text of a tool is spread over more lines than these. */
const mostPlaces = 20;

function spread(said: Omit<Remark, 'path' | 'line'>, files: readonly DiffFile[]): Remark[] {
  const places = placesIn(said.text, files);
  if (places.length === 0) return [{ ...said, path: '', line: 0 }];
  return places
    .slice(0, mostPlaces)
    .map(({ path, line, at }) => ({ ...said, path, line, text: lineOf(said.text, at) }));
}

/** The files and lines of the diff that a text names as `path:12`, `path(12,3)`, `path:12:3`, `path, line 12` or `path`. */
function placesIn(text: string, files: readonly DiffFile[]): { path: string; line: number; at: number }[] {
  const found = new Map<string, { path: string; line: number; at: number }>();
  for (const { path } of files) {
    for (let at = text.indexOf(path); at >= 0; at = text.indexOf(path, at + path.length)) {
      // The end of `lib/src/a.ts` does not name `src/a.ts`, the end of an absolute path does.
      const lead = /[^\s'"`()[\]]*$/.exec(text.slice(Math.max(0, at - 500), at))![0];
      if (!/^(?:|\.\/|\/.*\/|file:\/\/.*\/|a\/|b\/)$/.test(lead)) continue;
      const rest = text.slice(at + path.length, at + path.length + 20);
      const line = /^(?::|\(|["']?, line |#L)(\d+)/.exec(rest)?.[1];
      // A file that is named without a line is told of at its head.
      if (line === undefined && !/^(?:[:,;)'"`\s]|\.\s|\.?$)/.test(rest)) continue;
      const key = `${path}:${line ?? 0}`;
      if (!found.has(key)) found.set(key, { path, line: Number(line ?? 0), at });
    }
  }
  return [...found.values()];
}

/** The line of a longer text that names the place; a short text stays whole. */
function lineOf(text: string, at: number): string {
  if (!text.includes('\n')) return text;
  const start = text.lastIndexOf('\n', at) + 1;
  const end = text.indexOf('\n', at);
  return text.slice(start, end < 0 ? undefined : end).trim();
}
