/** Which of the lines that work adds were run by its checks, where the person wants that told. */
import { changedCoverage, uncoveredFiles } from '../../../domain/landing/checks/changed-coverage.js';
import { wantedReport } from '../../../domain/landing/results/format-names.js';
import type { CheckResult } from '../../../domain/landing/validation.js';
import type { CheckConfig } from '../../../domain/store/config.js';
import type { RepoSession } from '../../store/index.js';
import { readChanges } from './changes.js';

type Reader = Pick<RepoSession, 'git' | 'signal' | 'config'>;

const policyOf = ({ config }: Pick<Reader, 'config'>) => {
  const policy = config.validator.policies.changed_coverage;
  return policy && policy.level !== 'off' ? policy : undefined;
};

/** Whether a pass that is remembered lacks what is asked of it now: which lines its check ran. */
export const lacksCoverage = (session: Reader, check: CheckConfig, pass: CheckResult): boolean =>
  policyOf(session) !== undefined &&
  pass.covered === undefined &&
  [check.report ?? []].flat().some((text) => /^(?:lcov|cobertura)$/.test(wantedReport(text).format));

/**
 * The results without the lines of whole files; the first that tells of coverage has what all of them ran of the lines
 * that this tree has beyond the target. Throws `git-failed`, `interrupted`.
 */
export async function withChangedLines(
  session: Reader,
  checks: readonly CheckResult[],
  { target, tree }: { target?: string; tree: string },
): Promise<CheckResult[]> {
  const policy = policyOf(session);
  const at = checks.findIndex(({ covered }) => covered);
  const { files } =
    policy && at >= 0 && target !== undefined
      ? await readChanges(session, `${target}..${tree}`, 0)
      : { files: [] };
  const coverage = policy && target !== undefined && changedCoverage(files, checks, uncoveredFiles(policy));
  return checks.map(({ covered: _, ...check }, index) =>
    coverage && index === at ? { ...check, coverage } : check,
  );
}
