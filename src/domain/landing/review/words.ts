/** Marks and words for what a review shows, on paper and on the screen alike. */
import type { DiffFile } from '../diff.js';
import type { CommentState } from './comments.js';

/** The mark of where a comment stands. */
export const commentMarks: Readonly<Record<CommentState, string>> = {
  draft: '●',
  sent: '→',
  met: '✓',
  open: '○',
  settled: '✓',
};

/** The word for where a comment stands. */
export const commentWords: Readonly<Record<CommentState, string>> = {
  draft: 'not sent',
  sent: 'sent',
  met: 'changed since',
  open: 'as it was',
  settled: 'settled',
};

/** The mark of a remark, by how grave it is. */
export const remarkMarks = { error: '✗', warning: '!', info: '·' } as const;

/** The name of a file with how it changed. */
export function fileTitle(file: Omit<DiffFile, 'hunks'>): string {
  const name = file.oldPath ? `${file.oldPath} → ${file.path}` : file.path;
  const change = file.change === 'modified' ? '' : `  ${file.change}`;
  const modes = file.modes ? `  mode ${file.modes.join(' → ')}` : '';
  const kind = file.submodule ? '  submodule' : file.binary ? '  binary' : '';
  return `${name}  +${file.added} -${file.removed}${change}${modes}${kind}`;
}
