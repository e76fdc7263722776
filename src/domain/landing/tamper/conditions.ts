/** Conditions on what a test runs on, of which a change keeps one side for good and drops the other. */
import { codeOf } from '../gate/code.js';
import type { FileTexts } from './test-files.js';

/** What asks for a version, an extension or a system. */
const ofMachine =
  /\b(?:RUBY_VERSION|RUBY_ENGINE|RUBY_PLATFORM|version_info|PY[23]|PY_?3\w*|is_py[23]\d?|PYPY|PHP_VERSION(?:_ID)?|PHP_OS\w*|extension_loaded|version_compare|NODE_VERSION)\b|\bprocess\.versions?\b|\bsys\.platform\b|\bruntime\.(?:GOOS|GOARCH|Version)\b/;
const otherwise = /^[ \t]*\}?[ \t]*else\b[ \t]*[:{]?[ \t]*$/;

/** What the sides say that are gone, in one line each, where the condition is gone and the other side is there still. */
export function droppedSides(files: readonly FileTexts[]): string[] {
  return files.flatMap(({ path, before, after }) => {
    if (before === '' || after === '' || !ofMachine.test(before)) return [];
    const [old, now] = [before.split('\n'), after.split('\n')];
    const code = codeOf(path, before).text.split('\n');
    const here = new Set(now.map((line) => line.trim()));
    const count = (lines: readonly string[], one: string) =>
      lines.filter((line) => line.trim() === one.trim()).length;
    return code.flatMap((line, at) => {
      if (!/^[ \t]*if\b/.test(line) || !ofMachine.test(old[at]!)) return [];
      if (count(now, old[at]!) >= count(old, old[at]!)) return [];
      const middle = endOfSide(code, at);
      if (!otherwise.test(code[middle] ?? '')) return [];
      const sides = [old.slice(at + 1, middle), old.slice(middle + 1, endOfSide(code, middle))];
      const stays = sides.map(
        (side) => wordsOf(side).every((one) => here.has(one)) && wordsOf(side).length > 0,
      );
      return sides.filter((_, which) => !stays[which] && stays[1 - which]).map(plain);
    });
  });
}

/** The first line behind this one that is not indented deeper. */
function endOfSide(code: readonly string[], at: number): number {
  const indent = (line: string) => /^[ \t]*/.exec(line)![0].length;
  const end = code.findIndex(
    (line, other) => other > at && line.trim() !== '' && indent(line) <= indent(code[at]!),
  );
  return end < 0 ? code.length : end;
}

const wordsOf = (lines: readonly string[]) =>
  lines.map((line) => line.trim()).filter((line) => /\w/.test(line));
const plain = (lines: readonly string[]) => wordsOf(lines).join('\n').replace(/\s+/g, ' ');

/** Whether everything that is told to be gone stood in a side that was dropped. */
export const isOfSide = (about: string, sides: readonly string[]): boolean => {
  const lines = wordsOf(about.split('\n')).map((line) => line.replace(/\s+/g, ' '));
  return lines.length > 0 && sides.some((side) => lines.every((line) => side.includes(line)));
};
