/** The inspector's page with the change so far, by file. Pure. */
import type { TaskPages } from '../../src/domain/app/pages.js';
import { addedFile, type DiffFile, type DiffLine, parseDiff } from '../../src/domain/landing/diff.js';
import { languageOf, lineColours } from '../../src/domain/landing/review/line-colours.js';
import { sanitizeLine } from '../../src/domain/platform/sanitize.js';
import { plural } from '../../src/domain/platform/units.js';
import type { Task } from '../../src/domain/store/task.js';
import type { TextSpan } from '../canvas.js';
import { codeSpans } from '../code.js';
import type { Model } from '../model.js';
import type { TextLine } from '../overlays/types.js';

/** Columns of the line number and the sign before a line of a diff. */
const diffMargin = 8;

/** Every file with its hunks; what is not read yet, or why there is no change, in its place. */
export function diffLines(task: Task, { pages }: Model): TextLine[] {
  if (pages?.task !== task.slug) return [{ text: 'Reading…', style: 'dim' }];
  if (pages.reason) return [{ text: pages.reason, style: 'dim' }];
  const unread = pages.untracked.filter(({ text }) => text === undefined);
  const files = filesOf(pages);
  const sumOf = (name: 'added' | 'removed') => files.reduce((sum, file) => sum + file[name], 0);
  if (files.length === 0 && unread.length === 0) return [{ text: 'Nothing is changed.', style: 'dim' }];
  return [
    {
      text: `${plural(files.length + unread.length, 'file')}  +${sumOf('added')} -${sumOf('removed')}`,
      style: 'strong',
    },
    ...unread.map(({ path }): TextLine => ({ text: `new, not shown here: ${path}`, style: 'warn' })),
    ...files.flatMap((file): TextLine[] => [
      { text: '' },
      {
        text: `${file.oldPath ? `${file.oldPath} → ` : ''}${file.path}  +${file.added} -${file.removed}${file.change === 'modified' ? '' : `  ${file.change}`}`,
        style: 'accent',
      },
      ...(file.binary ? [{ text: '  binary', style: 'dim' } as const] : []),
      ...file.hunks.flatMap((hunk, at): TextLine[] => [
        ...(at > 0 ? [{ text: '     ⋯', style: 'faint' } as const] : []),
        ...hunk.map((line) => diffLine(line, languageOf(file.path))),
      ]),
    ]),
    ...(pages.cut
      ? [{ text: 'The rest is not shown here; d shows the whole review.', style: 'warn' } as const]
      : []),
  ];
}

const signs = { added: '+', removed: '-', context: ' ' } as const;
const signStyles = { added: 'good', removed: 'bad', context: 'faint' } as const;

/** What stands around a change has no colours, so that the change is seen. */
function diffLine({ kind, text: raw, line }: DiffLine, language: string | undefined): TextLine {
  const text = sanitizeLine(raw);
  const spans: TextSpan[] = [
    { text: `${String(line).padStart(5)} `, style: 'faint' },
    { text: `${signs[kind]} `, style: signStyles[kind] },
    ...(kind === 'context'
      ? [{ text, style: 'dim' } as const]
      : codeSpans(text, language ? lineColours(language, text) : [])),
  ];
  const ground = kind === 'context' ? {} : { ground: kind };
  return { text: spans.map((span) => span.text).join(''), spans, hang: diffMargin, ...ground };
}

let last: { pages: TaskPages; files: DiffFile[] } | undefined;

/** What git knows to be changed, then the new files that it does not know. */
function filesOf(pages: TaskPages): DiffFile[] {
  if (last?.pages !== pages) {
    const fresh = pages.untracked.flatMap(({ path, text }) =>
      text === undefined ? [] : [addedFile(path, text)],
    );
    last = { pages, files: [...parseDiff(pages.diff), ...fresh] };
  }
  return last.files;
}
