/** A stub or a text in the person's own editor. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { appError, messageOf } from '../../../domain/platform/errors.js';
import type { TaskDraft } from '../../../domain/store/draft.js';
import { openInEditor, temporaryFolder, writeTo } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { formatStub, parseStub } from '../../store/index.js';

/**
 * Opens a stub, filled with what is known, in $VISUAL or $EDITOR on this terminal; resolves with what was saved.
 * A stub that cannot be read is not lost: the error names the file it is in.
 * Throws `editor-failed`, `nothing-written`, and what `parseStub` throws.
 */
export async function editStub(
  session: Pick<RepoSession, 'env' | 'root'>,
  start: Partial<TaskDraft>,
): Promise<TaskDraft> {
  const folder = await mkdtemp(join(temporaryFolder(session.env), 'codex-agent-stub-'));
  // No slug can be made of this name, so the title decides it.
  const path = join(folder, 'New task.md');
  const text = start.title ? formatStub(start as TaskDraft) : blankStub(start);
  await writeTo(path, text, { mode: 0o600 });
  await openInEditor(path, { cwd: session.root, env: session.env });
  const saved = await readFile(path, 'utf8');
  if (saved === text && !start.title) {
    await rm(folder, { recursive: true });
    throw appError('nothing-written', 'The stub was not changed: no task was added.', {
      kind: 'interrupted',
    });
  }
  try {
    const draft = await parseStub(saved, path);
    await rm(folder, { recursive: true });
    return draft;
  } catch (cause) {
    throw appError('stub-invalid', messageOf(cause), {
      kind: 'usage',
      hint: `Your text is kept: mend it, then run \`codex-agent task add --from '${path}'\`.`,
      cause,
    });
  }
}

/**
 * Opens a text in $VISUAL or $EDITOR on this terminal; resolves with what was saved, without blank lines at its end.
 * Throws `editor-failed`, which names the file where something was written before the editor ended badly.
 */
export async function editText(session: Pick<RepoSession, 'env' | 'root'>, text: string): Promise<string> {
  const folder = await mkdtemp(join(temporaryFolder(session.env), 'codex-agent-text-'));
  const path = join(folder, 'text.md');
  const given = text === '' ? '' : `${text}\n`;
  await writeTo(path, given, { mode: 0o600 });
  try {
    await openInEditor(path, { cwd: session.root, env: session.env });
  } catch (error) {
    const written = await readFile(path, 'utf8').catch(() => given);
    if (written !== given) {
      throw appError('editor-failed', `${messageOf(error)} What you wrote is kept in ${path}.`, {
        cause: error,
      });
    }
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  const saved = await readFile(path, 'utf8');
  await rm(folder, { recursive: true });
  return saved.trimEnd();
}

function blankStub(start: Partial<TaskDraft>): string {
  const known = formatStub({ ...start, title: '' });
  const title = 'title = "" # one line, in the imperative';
  const goal = start.goal
    ? ''
    : '\nWhat is to be reached, and what must stay as it is.\n\n## Acceptance\n\n- How to see that it is done\n';
  return known.replace(/^\+\+\+\n\n?/, `+++\n${title}\n`) + goal;
}
