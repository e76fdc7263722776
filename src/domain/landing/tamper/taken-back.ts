/** A commit that the change takes back: with its code go the tests that came with it. */
import type { DiffFile, DiffLine } from '../diff.js';
import { isTestFile } from './test-files.js';

/** Files whose tests went only by lines that came with one of these commits, and whose code went as well. */
export function takenBack(
  files: readonly DiffFile[],
  commits: readonly (readonly DiffFile[])[],
): Set<string> {
  return new Set(
    commits.flatMap((commit) => {
      const sources = commit.filter(({ path }) => !isTestFile(path));
      const news = sources.flatMap((file) => linesOf(file, 'added'));
      const gone = new Set(files.flatMap((file) => linesOf(file, 'removed')));
      const back = news.filter((line) => gone.has(line));
      if (back.length === 0 || back.length < news.length * 0.8) return [];
      return files
        .filter(({ path }) => {
          const came = new Set(
            commit.filter((one) => one.path === path).flatMap((file) => linesOf(file, 'added')),
          );
          const here = files.filter((one) => one.path === path);
          const stays = new Set(here.flatMap((file) => linesOf(file, 'added')));
          const went = here.flatMap((file) => linesOf(file, 'removed')).filter((line) => !stays.has(line));
          return went.length > 0 && went.every((line) => came.has(line));
        })
        .map(({ path }) => path);
    }),
  );
}

/** Whether a file is, line by line, as it was before one of these commits. */
export function isUndone(
  path: string,
  files: readonly DiffFile[],
  commits: readonly (readonly DiffFile[])[],
): boolean {
  const sides = (all: readonly DiffFile[], kind: DiffLine['kind']) =>
    all
      .filter((one) => one.path === path)
      .flatMap((file) => linesOf(file, kind))
      .sort()
      .join('\n');
  return commits.some((commit) => {
    const [came, went] = [sides(commit, 'added'), sides(commit, 'removed')];
    return came + went !== '' && sides(files, 'removed') === came && sides(files, 'added') === went;
  });
}

const linesOf = ({ hunks }: DiffFile, kind: DiffLine['kind']) =>
  hunks
    .flat()
    .filter((line) => line.kind === kind && /\w/.test(line.text))
    .map(({ text }) => text.trim());
