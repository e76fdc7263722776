/** Compilers and linters that write a problem a line: tsc in both its forms, and `path:line:column: words`. */
import type { Problem, Reader } from './results.js';

export const readTsc: Reader = (text) => {
  const plain = text.matchAll(/^(.+?)\((\d+),\d+\): (error|warning) (TS\d+): (.*)$/gm);
  const pretty = text.matchAll(/^(.+?):(\d+):\d+ - (error|warning) (TS\d+): (.*)$/gm);
  const problems = [...plain, ...pretty].map(([, path = '', line, severity, name = '', message = '']) =>
    finding(name, path, line, message, severity),
  );
  return problems.length > 0 ? { problems } : undefined;
};

/** As gcc, clang, mypy, ruff, flake8, golangci-lint and many others write it. */
export const readLines: Reader = (text) => {
  const pattern =
    /^((?:\/|\.{0,2}\/)?[\w.@+-]+(?:\/[\w.@+-]+)*\.\w+):(\d+):(?:\d+:)? (?:fatal )?(?:(error|warning): )?(.*)$/gm;
  const problems = [...text.matchAll(pattern)].map(([, path = '', line, severity, said = '']) => {
    const [, code, words] = /^([A-Z]{1,5}\d{2,5}):? (?:\[\*\] )?(.*)$/.exec(said) ?? [];
    const name = code ?? /\[([\w-]+)\]$/.exec(said)?.[1] ?? severity ?? 'error';
    return finding(name, path, line, words ?? said, severity);
  });
  return problems.length > 0 ? { problems } : undefined;
};

function finding(
  name: string,
  path: string,
  line: string | undefined,
  message: string,
  severity: string | undefined,
): Problem {
  return {
    ...{ kind: 'finding', name, path, line: Number(line ?? 0), message: message.trim() },
    severity: severity === 'warning' ? 'warning' : 'error',
  };
}
