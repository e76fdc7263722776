/** SARIF 2.1.0, as analysers write it. */
import { asArray, asObject, jsonOf } from './json.js';
import type { Problem, Reader } from './results.js';

export const readSarif: Reader = (text) => {
  const root = asObject(jsonOf(text));
  if (!root || !Array.isArray(root.runs) || typeof root.version !== 'string') return undefined;
  const results = root.runs.flatMap((run) => asArray(asObject(run)?.results));
  return { problems: results.flatMap((one) => problemOf(asObject(one) ?? {})) };
};

/** What is suppressed, or told without being wrong, is no problem. */
function problemOf(result: Record<string, unknown>): Problem[] {
  const { level = 'warning', kind = 'fail', ruleId } = result;
  if (asArray(result.suppressions).length > 0 || kind !== 'fail' || level === 'none') return [];
  const physical = asObject(asObject(asArray(result.locations)[0])?.physicalLocation);
  const uri = String(asObject(physical?.artifactLocation)?.uri ?? '');
  return [
    {
      ...{ kind: 'finding', name: String(ruleId ?? 'sarif'), path: decoded(uri) },
      line: Number(asObject(physical?.region)?.startLine ?? 0),
      message: String(asObject(result.message)?.text ?? ''),
      severity: level === 'error' ? 'error' : 'warning',
    },
  ];
}

function decoded(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}
