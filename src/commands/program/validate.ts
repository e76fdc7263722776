/** Validation for CI: two revisions in, a verdict and reports out. */
import { badReport, wantedReports } from '../../domain/landing/reports/formats.js';
import { placeText, type RevisionReport } from '../../domain/landing/reports/report.js';
import { exitOfVerdict } from '../../domain/landing/validation.js';
import { shellWord } from '../../domain/platform/shell.js';
import type { WorkflowOutput } from '../../services/landing/index.js';
import { args, command, flag, list, text } from '../define.js';
import { requirePolicies } from '../task/allow.js';
import { checkLine } from '../task/words.js';

interface ValidateData extends RevisionReport {
  /** Where it is asked for, what the runner of a workflow is told. */
  workflow?: WorkflowOutput;
}

export const validateRow = command({
  id: 'validate',
  title: 'Validate a branch',
  summary:
    'Judge a revision merged into another, for CI: no registry, no set-up, nothing left behind, configured by the base.',
  args: args({
    'branch!': text('what is judged: any revision', 'revision'),
    'base!': text('what it is to be merged into: any revision', 'revision'),
    trustBase: flag('use the configuration of the base commit, which can run programs: you vouch for it'),
    allow: list('policies that a person lets this change break, or policy:glob', 'policy[:glob],…'),
    report: list('reports to write: junit=FILE, sarif=FILE, markdown=FILE, github (stdout)', 'format=file,…'),
  }),
  surfaces: ['cli'],
  leavesNothing: true,
  async run(
    { branch, base, trustBase = false, allow = [], report: asked = [] },
    context,
  ): Promise<ValidateData> {
    const { version, paths, env, emit, signal, flags } = context;
    requirePolicies(allow);
    const wanted = wantedReports(asked);
    if (wanted.github && flags.json) throw badReport('github and --json both want standard output.');
    const { reportFiles, validateApart, writeReports } = await context.services.landing();
    await reportFiles(flags.cwd, wanted);
    const revisions = { branch, base };
    const report = await validateApart({
      ...{ cwd: flags.cwd, paths, env, emit, signal },
      revisions,
      trustBase,
      allow,
    });
    const workflow = await writeReports(flags.cwd, wanted, report, version);
    return { ...report, ...(workflow ? { workflow } : {}) };
  },
  print(data) {
    const lines = reportLines(data);
    if (!data.workflow) return lines;
    const { fence, commands } = data.workflow;
    return [`::stop-commands::${fence}`, ...lines, `::${fence}::`, ...commands];
  },
  exit: ({ verdict }) => exitOfVerdict[verdict],
});

function reportLines(data: RevisionReport): string[] {
  const { branch, base, verdict, reason } = data;
  const next = nextStep(data);
  return [
    `${branch} into ${base}: ${verdict}${reason ? `, ${reason}` : ''}`,
    ...data.checks.map(checkLine),
    ...data.policies
      .filter(({ status }) => status !== 'pass')
      .map(({ status, name, detail }) => `  ${status} ${name}: ${detail}`),
    ...data.findings.map(
      ({ severity, path, line, message }) => `  ${severity} ${placeText(path, line, message)}`,
    ),
    ...data.skipped.map((step) => `  left out ${step}`),
    ...(next ? [`  next: ${next}`] : []),
  ];
}

/** What goes on from a verdict, or undefined where nothing has to. */
function nextStep({
  verdict,
  branch,
  base,
  skipped,
  policies,
  reason = '',
}: RevisionReport): string | undefined {
  switch (verdict) {
    case 'conflict':
      return `on the branch: git merge ${shellWord(base)}, resolve what conflicts, commit, and validate again`;
    case 'error':
      return reason.includes('--unshallow') ? 'git fetch --unshallow, and the same command again' : undefined;
    case 'held': {
      const held = policies.filter(({ status }) => status === 'held').map(({ name }) => name);
      return `a person looks at what is held, and where it is right: the same command with --allow ${held.join(',')}`;
    }
    case 'stale':
      return 'the same command again';
    case 'unchecked':
      return skipped.some((step) => step.includes('--trust-base'))
        ? `codex-agent validate --branch ${shellWord(branch)} --base ${shellWord(base)} --trust-base`
        : '`codex-agent init` proposes checks; commit its configuration to the base';
    default:
      return undefined;
  }
}
