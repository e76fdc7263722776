/** Cargo: the tests of `cargo test`, and what the compiler and clippy say. */
import { firstLine, nowhere, placeIn } from './places.js';
import type { Problem, Reader } from './results.js';

export const readCargo: Reader = (text) => {
  const ran = [...text.matchAll(/^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored/gm)];
  const said = compilerProblems(text);
  if (ran.length === 0 && said.length === 0) return undefined;
  const sum = (at: number) => ran.reduce((all, one) => all + Number(one[at]), 0);
  return {
    ...(ran.length > 0 ? { tests: { passed: sum(1), failed: sum(2), skipped: sum(3) } } : {}),
    problems: [...failedTests(text), ...said],
  };
};

function failedTests(text: string): Problem[] {
  const blocks = new Map(
    text.split(/^(?=---- )/m).flatMap((block): [string, string][] => {
      const [, name, said = ''] = /^---- (.*) stdout ----\n([\s\S]*?)(?=\n\nfailures:|$)/.exec(block) ?? [];
      return name === undefined ? [] : [[name, said]];
    }),
  );
  const names = [...text.matchAll(/^test (.*?)(?: - should panic)? \.\.\. FAILED$/gm)].map(
    ([, name = '']) => name,
  );
  return names.map((name) => {
    const said = blocks.get(name) ?? '';
    const [, old, path, line] = /panicked at (?:'([\s\S]*?)', )?(\S+?):(\d+):\d+/.exec(said) ?? [];
    const after = /panicked at .*:\n(.*)/.exec(said)?.[1];
    const place = path === undefined ? nowhere : { path, line: Number(line) };
    return {
      kind: 'test',
      name,
      ...place,
      message: firstLine(old ?? after ?? said) || 'it failed',
      severity: 'error',
    };
  });
}

function compilerProblems(text: string): Problem[] {
  const found = text.matchAll(/^(error|warning)(?:\[(\w+)\])?: (.*)\n +--> (.*)$/gm);
  return [...found].map(([, severity, code = 'rustc', message = '', where = '']) => ({
    ...{ kind: 'finding', name: code, ...placeIn(where), message },
    severity: severity === 'error' ? 'error' : 'warning',
  }));
}
