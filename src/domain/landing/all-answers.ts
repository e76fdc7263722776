/** One answer of all that the validator agent said at once: no error is silenced by what stands around it. */
import type { RawCriterion } from './criteria.js';
import type { Finding, Severity } from './validation.js';

interface Answer {
  criteria?: RawCriterion[];
  findings: Finding[];
}

/** Words for severities that were not asked for; one that is not known is an error until the agent says otherwise. */
const milder: readonly [RegExp, Severity][] = [
  [/^(?:warn(?:ing)?|medium|moderate|minor)$/i, 'warning'],
  [/^(?:info(?:rmation(?:al)?)?|low|note|notice|hint|nit(?:pick)?|suggestion|style|trivial)$/i, 'info'],
];
const severityOf = (word: string): Severity =>
  milder.find(([shape]) => shape.test(word.trim()))?.[1] ?? 'error';

/** How deep a finding may lie in a value that is no answer. */
const mostDepth = 20;

/** Words of a finding in what cannot be read as one, and those that say that there is none, or no grave one. */
const severityWords = /severity["'`*_\\]*\s*[:=][\s"'`*_\\]*([\w/]*)/gi;
const noSeverity = /^(?:none|null|nil|n\/a|0)$/i;
const graveWords = /error|critical|blocker|fatal|severe|vulnerab|backdoor|must not land/i;

/**
 * The first answer with the findings of all others, and with those that stand beside them in another shape. Where
 * something beside them speaks of an error that cannot be read as a finding, the agent has to answer again.
 */
export function allAnswers<A extends Answer>(said: {
  answers: readonly A[];
  others: readonly unknown[];
  beside: string;
}): { ok: true; value: A } | { ok: false; problems: string[] } {
  const { answers, others, beside } = said;
  const read = others.map((value) => findingsIn(value, mostDepth));
  const criteria = answers.flatMap((one) => one.criteria ?? []);
  const findings = [...answers.flatMap((one) => one.findings), ...read.flat()];
  const isDark = (value: unknown, at: number) =>
    read[at]!.length === 0 && graveWords.test(JSON.stringify(value));
  if (
    !findings.some(({ severity }) => severity === 'error') &&
    (speaksOfErrors(beside) || others.some(isDark))
  )
    return { ok: false, problems: ['findings stand beside the answer, in a form that cannot be read'] };
  return { ok: true, value: { ...answers[0]!, ...(criteria.length > 0 ? { criteria } : {}), findings } };
}

function speaksOfErrors(beside: string): boolean {
  const said = [...beside.matchAll(severityWords)].map(([, word = '']) => word);
  return said.some((word) => !noSeverity.test(word) && severityOf(word) === 'error');
}

/** Findings that stand in a value that is no answer: each on a line of its own, in a list, or below another name. */
function findingsIn(value: unknown, depth: number): Finding[] {
  if (typeof value !== 'object' || value === null || depth === 0) return [];
  const { severity, path, line, message } = value as Record<string, unknown>;
  if (typeof severity !== 'string') return Object.values(value).flatMap((one) => findingsIn(one, depth - 1));
  const place = {
    path: typeof path === 'string' ? path : '',
    line: Number.isInteger(line) ? Number(line) : 0,
  };
  const text = typeof message === 'string' ? message : JSON.stringify(value);
  return [{ severity: severityOf(severity), ...place, message: text }];
}
