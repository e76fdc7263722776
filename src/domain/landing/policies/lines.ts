/** Policies on the lines that a change adds. */
import { matchesAny } from '../../platform/glob.js';
import type { PolicyConfig } from '../../store/policies.js';
import type { DiffFile, DiffLine } from '../diff.js';
import { codeOf, isProse } from '../gate/code.js';
import { isGenerated } from '../generated.js';
import type { PolicyEvidence } from '../validation.js';
import type { JudgedChange } from './judge.js';
import { globs, number } from './parameters.js';

/** The lines that a file gets. */
export function addedLines(file: DiffFile): DiffLine[] {
  return file.hunks.flat().filter((line) => line.kind === 'added');
}

function linesWhere(
  files: readonly DiffFile[],
  test: (line: DiffLine, file: DiffFile) => string | undefined,
): PolicyEvidence[] {
  return files.flatMap((file) =>
    addedLines(file).flatMap((line) => {
      const what = test(line, file);
      return what === undefined ? [] : [{ path: file.path, line: line.line, what }];
    }),
  );
}

const opening = /^(?:<{7}|\|{7})(?: |\r?$)/;
const closing = /^>{7}(?: |\r?$)/;
const isMarker = (text: string) => opening.test(text) || closing.test(text);

/** Data that tests and tools read as it is, markers included. */
const dataFile =
  /\.(?:snap|patch|diff|rej|orig|golden|out|expected|stdout|stderr)$|(?:^|\/)(?:_{0,2}fixtures?_{0,2}|testdata|test-data|snapshots?|__snapshots__|golden|cassettes|resources)\//i;

/** Files of which the whole text is wanted, to tell whether a marker is one. */
export function addsMarkers(file: DiffFile): boolean {
  return addedLines(file).some((line) => isMarker(line.text));
}

/**
 * Marks of a conflict that a file was left with. A line that is quoted in a string, shown in a document's code or kept
 * as a test's data is none; nor is a ruler of a document.
 */
export function conflictMarkers({ files, texts }: JudgedChange): PolicyEvidence[] {
  return files.flatMap((file) => {
    const marks = addedLines(file).filter((line) => isMarker(line.text));
    if (marks.length === 0 || dataFile.test(file.path)) return [];
    const text = texts.find(({ path }) => path === file.path)?.after;
    const shown = text === undefined ? undefined : shownLines(file.path, text);
    return marks
      .filter(({ line }) => !shown?.has(line))
      .map(({ line, text: said }) => ({ path: file.path, line, what: said.trim().slice(0, 60) }));
  });
}

/** Lines of markers that only are shown: in a string, in a block of code, or without the other marks of a conflict. */
function shownLines(path: string, text: string): Set<number> {
  const lines = text.split('\n');
  const shown = new Set<number>();
  if (!isProse(path)) {
    const code = codeOf(path, text).text.split('\n');
    for (const [at, line] of lines.entries()) {
      if (isMarker(line) && (code[at] ?? '').trim() === '') shown.add(at + 1);
    }
    return shown;
  }
  const whole = /^<{7} .*\n(?:(?!^[<>]{7} ).*\n)*?^={7}\r?\n(?:(?!^<{7} ).*\n)*?^>{7} /m.test(text);
  let fence = '';
  for (const [at, line] of lines.entries()) {
    const mark = /^\s*(`{3,}|~{3,}|-{4,}$|={4,}$|\.{4,}$)/.exec(line)?.[1];
    if (mark && /[`~]/.test(mark)) {
      if (fence === '') fence = mark[0]!;
      else if (mark.startsWith(fence)) fence = '';
    }
    if (isMarker(line) && (fence !== '' || !whole)) shown.add(at + 1);
  }
  return shown;
}

export function forbiddenPatterns({ files }: JudgedChange, config: PolicyConfig): PolicyEvidence[] {
  const shapes = globs(config, 'patterns').map((pattern) => new RegExp(pattern));
  return linesWhere(files, ({ text }) => {
    const hit = shapes.find((shape) => shape.test(text));
    return hit ? `matches ${hit.source}` : undefined;
  });
}

export function lineLength({ files }: JudgedChange, config: PolicyConfig): PolicyEvidence[] {
  const max = number(config, 'max');
  const written = files.filter(({ path }) => !isGenerated(path) && !isProse(path));
  return linesWhere(written, ({ text }) => {
    const { length } = [...text.replace(/\r$/, '')];
    return length > max ? `${length} characters` : undefined;
  });
}

/** Marks that tell a linter, type checker or coverage to look away. */
const lookAway =
  /\beslint-disable\b(?!-next-line\s*$)|\bbiome-ignore\b|@ts-(?:ignore|nocheck|expect-error)\b|#\s*(?:noqa|type:\s*ignore|pyright:\s*ignore|pylint:\s*disable|pragma:\s*no cover|mypy:\s*ignore-errors|nosec)\b|\/\/\s*nolint\b|#!?\[allow\(|@SuppressWarnings\b|\b(?:istanbul|c8|v8) ignore\b|\/\/\s*(?:NOLINT|NOSONAR)\b|rubocop:disable|#pragma (?:GCC|clang) diagnostic ignored/;

/** New suppressions beyond those that the same change takes away. */
export function suppressions({ files }: JudgedChange, config: PolicyConfig): PolicyEvidence[] {
  const max = number(config, 'max');
  const code = files.filter(({ path }) => !isProse(path));
  const added = linesWhere(code, ({ text }) => lookAway.exec(text)?.[0].trim());
  const removed = code
    .flatMap(({ hunks }) => hunks.flat())
    .filter(({ kind, text }) => kind === 'removed' && lookAway.test(text)).length;
  return added.length - removed > max ? added.slice(0, added.length - removed) : [];
}

/** New source files that do not begin with the header. */
export function licenceHeader({ files, texts }: JudgedChange, config: PolicyConfig): PolicyEvidence[] {
  const paths = globs(config, 'paths');
  const wanted = String(config.text).trim();
  const sources = /\.(?:[cm]?[jt]sx?|py|go|rs|java|kts?|c|cc|cpp|h|hpp|cs|rb|php|swift|scala|sh)$/;
  return files
    .filter(
      ({ path, change }) =>
        change === 'added' && (paths.length > 0 ? matchesAny(path, paths) : sources.test(path)),
    )
    .filter(({ path }) => !isGenerated(path))
    .filter(({ path, hunks }) => {
      const whole = texts.find((one) => one.path === path)?.after;
      const text =
        whole ??
        hunks
          .flat()
          .map((line) => line.text)
          .join('\n');
      return !text.split('\n').slice(0, 20).join('\n').includes(wanted);
    })
    .map(({ path }) => ({ path, line: 1, what: `does not begin with "${wanted}"` }));
}
