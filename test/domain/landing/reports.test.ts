import { describe, expect, it } from '@jest/globals';
import { reportIn, wantedReports } from '../../../src/domain/landing/reports/formats.js';
import type { RevisionReport } from '../../../src/domain/landing/reports/report.js';
import { workflowCommands } from '../../../src/domain/landing/reports/workflow.js';

const hostile = 'a\x1b]]>\n::set-output name=x::<script>\ud800 @team [x](http://evil) | `';
const report: RevisionReport = {
  branch: hostile,
  base: 'main',
  verdict: 'fail',
  checks: [
    { name: hostile, kind: 'test', status: 'fail', durationMs: 1500, summary: `exit code 1\n${hostile}` },
    { name: 'lint', kind: 'lint', status: 'skipped', durationMs: 0, summary: 'no change in src/**' },
    { name: 'types', kind: 'types', status: 'error', durationMs: 10, summary: 'took longer than 10m' },
  ],
  policies: [
    { name: 'secrets', status: 'pass', detail: '', evidence: [] },
    {
      name: 'line_length',
      status: 'fail',
      detail: 'long',
      evidence: [
        { path: hostile, line: 3, what: hostile },
        { path: 'b.ts', line: 0, what: 'long', mild: true },
      ],
    },
  ],
  findings: [{ severity: 'info', path: 'src/a b.ts', line: 7, message: 'a remark' }],
  skipped: ['a step'],
  tree: '',
  target: '1'.repeat(40),
  head: '2'.repeat(40),
};

it('JUnit has a case for every part, its counts are right, and nothing leaves its place', () => {
  const text = reportIn('junit', report, '1.0.0');
  expect(text).toMatch(
    /<testsuites name="codex-agent validate" tests="7" failures="3" errors="1" time="1.510">/,
  );
  expect(text).toMatch(
    /<testsuite name="checks" tests="3" failures="1" errors="1" time="1.510" skipped="1">/,
  );
  expect([...text.matchAll(/<testcase /g)]).toHaveLength(7);
  expect(text).not.toMatch(/[\0-\x08\x0b-\x1f]|\ud800|<script>|]]>/);
  const tags = [...text.matchAll(/<(\/?)([\w-]+)(?: [\w-]+="[^"<]*")*(\/?)>/g)];
  const open: string[] = [];
  for (const [, closes, name, empty] of tags) {
    if (closes) expect(open.pop()).toBe(name);
    else if (!empty) open.push(name!);
  }
  expect(open).toEqual([]);
  expect(text.replace(/<[^<>]*>/g, '')).not.toMatch(/[<>]/);
});

it('SARIF has a result for what has a place, and a notification for what has none', () => {
  const log = JSON.parse(reportIn('sarif', report, '1.0.0'));
  const [run] = log.runs;
  expect([log.version, run.tool.driver.name, run.tool.driver.version]).toEqual([
    '2.1.0',
    'codex-agent',
    '1.0.0',
  ]);
  expect(run.results.map((one: { level: string }) => one.level)).toEqual(['error', 'note', 'note']);
  for (const { ruleId, ruleIndex, locations } of run.results) {
    expect(run.tool.driver.rules[ruleIndex].id).toBe(ruleId);
    const { uri } = locations[0].physicalLocation.artifactLocation;
    expect(uri).toMatch(/^[\w.%/!~*'()-]+$/);
  }
  expect(run.results[1].locations[0].physicalLocation.region).toBeUndefined();
  const [notes] = run.invocations;
  expect(notes.toolExecutionNotifications.map((one: { level: string }) => one.level)).toEqual([
    'error',
    'error',
  ]);
});

it('Markdown shows hostile names as they are: no markup, mention or link comes of them', () => {
  const text = reportIn('markdown', report, '1.0.0');
  const prose = text.replace(/(`+)[^`][\s\S]*?[^`]\1(?!`)/g, '');
  expect(prose).not.toMatch(/<script>|@team|\]\(|http:/);
  expect(text.split('\n').filter((line) => line.startsWith('| '))).toHaveLength(5);
});

it('a workflow command is one line, and begins no other', () => {
  const lines = workflowCommands(report);
  expect(lines).toHaveLength(5);
  for (const line of lines) {
    expect(line).toMatch(/^::(error|warning|notice) [^\r\n]*$/);
    const properties = /^::\w+ (.*?)::/.exec(line)![1]!;
    expect(properties.split(',').every((one) => /^(file|line|title)=[^:]*$/.test(one))).toBe(true);
  }
});

describe('what is asked for', () => {
  it('is read with any sign in a file name but a comma', () => {
    expect(wantedReports(['junit=a=b.xml', 'github'])).toEqual({
      files: [{ format: 'junit', file: 'a=b.xml' }],
      github: true,
    });
  });

  it('is refused by name where it is unknown, also with a name that every object has', () => {
    for (const one of ['constructor=x', 'github=x', 'sarif=', '']) {
      expect(() => wantedReports([one])).toThrow(expect.objectContaining({ code: 'bad-report' }));
    }
  });
});

it('a failure of a check that is told with its place is a result at that place', () => {
  const problems = [
    {
      kind: 'test',
      name: 'adds',
      path: 'src/a.ts',
      line: 12,
      message: 'is wrong',
      severity: 'error',
    } as const,
  ];
  const checks = [{ ...report.checks[0]!, name: 'test', problems }];
  const { runs } = JSON.parse(reportIn('sarif', { ...report, checks }, '1.0.0'));
  expect(runs[0].results[0]).toMatchObject({
    ruleId: 'check/test',
    message: { text: 'adds: is wrong' },
    locations: [{ physicalLocation: { artifactLocation: { uri: 'src/a.ts' }, region: { startLine: 12 } } }],
  });
  expect(workflowCommands({ ...report, checks }).join('\n')).toContain('file=src/a.ts,line=12');
});
