/** ESLint: its JSON, and the `stylish` form that it prints without being asked. */
import { asArray, asObject, jsonOf } from './json.js';
import type { Problem, Reader } from './results.js';

export const readEslintJson: Reader = (text) => {
  const root = jsonOf(text);
  if (!Array.isArray(root)) return undefined;
  const files = root.map(asObject);
  if (!files.every((file) => typeof file?.filePath === 'string' && Array.isArray(file.messages)))
    return undefined;
  const problems = files.flatMap((file) =>
    asArray(file!.messages).map((one): Problem => {
      const { ruleId, severity, message, line } = asObject(one) ?? {};
      return {
        ...{ kind: 'finding', name: String(ruleId ?? 'eslint'), path: String(file!.filePath) },
        ...{ line: Number(line ?? 0), message: String(message ?? '') },
        severity: severity === 2 ? 'error' : 'warning',
      };
    }),
  );
  return { problems };
};

export const readEslintStylish: Reader = (text) => {
  if (!/^✖ \d+ problems? \(/m.test(text)) return undefined;
  const problems: Problem[] = [];
  let path = '';
  for (const row of text.split('\n')) {
    const [, line, severity, said] = /^ +(\d+):\d+ +(error|warning) {2}(.*)$/.exec(row) ?? [];
    if (said === undefined) {
      if (/^\S.*\.\w+$/.test(row)) path = row;
      continue;
    }
    // The rule stands in the last column, two spaces or more after the words; a broken file has none.
    const [, message = said, name = 'eslint'] = /^(.*?) {2,}(\S+)$/.exec(said) ?? [];
    problems.push({
      ...{ kind: 'finding', name, path, line: Number(line), message: message.trim() },
      severity: severity === 'error' ? 'error' : 'warning',
    });
  }
  return { problems };
};
