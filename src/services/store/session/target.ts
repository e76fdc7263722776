/** What is said where the branch that work lands on does not exist. */
import { shellWord } from '../../../domain/platform/shell.js';
import type { RepoSession } from '../types.js';

/** The sentence without its beginning and its full stop, and what to do; both name the setting. */
export function targetGone({ target, loaded }: Pick<RepoSession, 'target' | 'loaded'>): {
  reason: string;
  hint: string;
} {
  const origin = loaded.origins.target;
  const named = origin && origin.origin !== 'default' ? `, which ${origin.where} names as target` : '';
  const layer = origin?.origin === 'user' ? '--user' : '--repo';
  return {
    reason: `there is no branch ${target}${named}`,
    hint: `Make it (git branch ${shellWord(target)} <commit>), or land on another: codex-agent config set ${layer} target <branch>`,
  };
}

/** Both in one line, for reports that have no place for a hint. */
export function targetGoneLine(session: Pick<RepoSession, 'target' | 'loaded'>): string {
  const { reason, hint } = targetGone(session);
  return `${reason}. ${hint}`;
}
