/** The configuration that a repository starts with: its checks as they were found and tried. */
import type { CheckKind } from '../../../domain/app/proposals/kinds.js';
import type { Proposals } from '../../../domain/app/proposals/propose.js';
import { formatDuration } from '../../../domain/platform/units.js';
import type { TriedCheck } from '../../landing/index.js';

export interface ProposedCheck {
  name: string;
  kind: CheckKind;
  run: string[];
  /** What says so: a job of CI, or a file. */
  from: string;
  /** The command as it was found, where its read-only form is proposed. */
  found?: string;
  /** How it went on the base; absent: it was not tried. */
  tried?: TriedCheck;
  /** Whether validation runs it. */
  used: boolean;
  /** What is to be known of it, in a few words. */
  remark: string;
}

/** Each proposal with what the trial of the main ones found. One that writes, fails or cannot be run is not used. */
export function judged(
  { checks }: Proposals,
  tried: readonly TriedCheck[] | undefined,
  base: string,
): ProposedCheck[] {
  const main = checks.filter(({ isMain }) => isMain);
  return checks.map((check) => {
    const { variants: _, isMain, ...rest } = check;
    if (!isMain)
      return { ...rest, used: false, remark: 'one of many: not tried, and not among the main ones' };
    const result = tried?.[main.indexOf(check)];
    if (!result) return { ...rest, used: true, remark: 'not tried' };
    const time = formatDuration(result.durationMs);
    const first = result.summary.split('\n').filter(Boolean);
    const remarks: Record<TriedCheck['status'], string> = {
      pass: `passes on ${base} in ${time}`,
      slow: `not finished on ${base} after ${time}`,
      fail: `fails on ${base}: ${[first[0], first.at(-1)].filter((one, place, all) => all.indexOf(one) === place).join(', ')}`,
      error: `cannot be run here: ${first[0] ?? 'no reason was told'}`,
      writes: `writes to the tree that it judges: ${result.wrote.slice(0, 3).join(', ')}${result.wrote.length > 3 ? ' and more' : ''}`,
      untried: result.summary,
    };
    const remark = remarks[result.status].slice(0, 160);
    return { ...rest, tried: result, used: result.status === 'pass' || result.status === 'slow', remark };
  });
}

/** The text of the configuration. What is not used stands there as a comment, with the reason. */
export function starterConfig(
  target: string,
  checks: readonly ProposedCheck[],
  { left, setup }: Partial<Proposals>,
): string {
  const lines = [
    '# codex-agents, shared by everyone who works on this repository.',
    '# `codex-agent schema config` prints every key; `codex-agent config show --origin` what is in force.',
    'schema = 1',
    `target = ${JSON.stringify(target)} # the branch that work lands on`,
    '',
    ...(setup
      ? [
          '# CI installs dependencies so; worktrees get those of the main worktree.',
          '# [worktree]',
          `# setup = [${toml(setup)}]`,
          '',
        ]
      : []),
    '# What a task must pass before it lands. argv lists, never shell lines.',
  ];
  lines.push(...checkTables(checks, left));
  if (checks.length === 0)
    lines.push('# [[validator.checks]]', '# name = "test"', '# run = ["make", "test"]', '');
  return lines.join('\n');
}

/** The lines that configure these checks. What is not used stands there as a comment, with the reason. */
export function checkTables(checks: readonly ProposedCheck[], left: Proposals['left'] = []): string[] {
  const lines: string[] = [];
  for (const check of checks) {
    const table = [
      '[[validator.checks]]',
      `name = ${JSON.stringify(check.name)}`,
      `kind = ${JSON.stringify(check.kind)}`,
      `run = ${toml(check.run)}`,
      ...(check.tried?.status === 'slow' ? ['timeout = "30m"'] : []),
    ];
    lines.push(`# ${commented(`${check.from}; ${check.remark}`)}`);
    lines.push(...(check.used ? table : table.map((line) => `# ${line}`)), '');
  }
  for (const { command, from, why } of left)
    lines.push(`# Left out: ${commented(`${command} (${from}): ${why}`)}`, '');
  return lines;
}

const toml = (argv: readonly string[]) => `[${argv.map((word) => JSON.stringify(word)).join(', ')}]`;
const commented = (text: string) => text.replace(/\s+/g, ' ').replace(/[^\x20-\x7e\u00a0-\uffff]/g, '?');
