/** Findings at lines that the diff does not show: slips of a model that counts badly, or inventions. */
import type { DiffFile } from '../../../domain/landing/diff.js';
import { isCountable } from '../../../domain/landing/finding-places.js';
import type { Finding } from '../../../domain/landing/validation.js';
import type { RepoSession } from '../../store/index.js';

/** Whether the line is one that the file, or its diff, has. Where that cannot be told, it is. */
export async function mayBeMiscounted(
  { git }: Pick<RepoSession, 'git'>,
  file: DiffFile,
  line: number,
): Promise<boolean> {
  if (isCountable(file, line, 0)) return true;
  const blobs = (file.blobs ?? '').split('..').filter((id) => /[1-9a-f]/.test(id));
  if (blobs.length === 0) return true;
  try {
    const texts = await Promise.all(blobs.map((id) => git.run(['cat-file', 'blob', id])));
    return isCountable(file, line, Math.max(...texts.map(({ stdout }) => stdout.split('\n').length)));
  } catch {
    return true;
  }
}

/** An error at such a line, told of the file: it is shown, and fails nothing by itself. */
export const atItsFile = ({ message, line }: Finding, { path }: DiffFile): Finding => ({
  severity: 'warning',
  path,
  line: 0,
  message: `An error, told of line ${line}, which the diff does not show: ${message}`.slice(0, 1000),
});

/** Why there is no verdict on a change of which the agent tells such errors. */
export function whyNoVerdict(errors: readonly Finding[]): string | undefined {
  const [first] = errors;
  if (!first) return undefined;
  const more = errors.length > 1 ? ` and ${errors.length - 1} more` : '';
  return `validator agent: it tells of an error in ${first.path}${more}, at a line that the diff does not show`;
}
