/** What is said where the target lacks commits of the branch that it follows. */
import { shellWord } from '../../../domain/platform/shell.js';
import { type Upstream, upstreamOf } from '../../platform/index.js';
import type { RepoSession } from '../types.js';

/** A sentence when the target lacks commits of its upstream; undefined when it has them all, or has none. */
export async function upstreamNote(
  session: Pick<RepoSession, 'git' | 'target'>,
): Promise<string | undefined> {
  const upstream = await upstreamOf(session.git, session.target);
  if (upstream?.gone) return goneText(session.target, upstream);
  return upstream && upstream.behind > 0 ? behindText(session.target, upstream) : undefined;
}

const goneText = (target: string, { name, remote }: Upstream): string =>
  `${target} follows ${name}, which is not there any more: renamed, deleted, or never pushed. Have it follow another: git branch -u ${shellWord(`${remote}/<branch>`)} ${shellWord(target)}`;

function behindText(target: string, { name, ahead, behind }: Upstream): string {
  const count = (n: number) => `${n} commit${n === 1 ? '' : 's'}`;
  if (ahead > 0) {
    return `${target} and ${name} have diverged: ${count(ahead)} only here, ${count(behind)} only there. Merge or rebase ${target} before more lands on it.`;
  }
  return `${target} is ${count(behind)} behind ${name}: agents start from the older state, and what lands will diverge. Bring it up: git switch ${shellWord(target)} && git merge --ff-only ${shellWord(name)}`;
}
