/** What is said where the branch that work lands on does not exist. */
import { shellWord } from '../../../domain/platform/shell.js';
import type { RepoSession } from '../types.js';

type Needs = Pick<RepoSession, 'git' | 'target' | 'loaded'>;

/** The sentence without its beginning and its full stop, and what to do; both name the setting. */
export async function targetGone(session: Needs): Promise<{ reason: string; hint: string }> {
  const { target, loaded } = session;
  const origin = loaded.origins.target;
  const named = origin && origin.origin !== 'default' ? `, which ${origin.where} names as target` : '';
  const layer = origin?.origin === 'user' ? '--user' : '--repo';
  const set = (branch: string) => `codex-agent config set ${layer} target ${branch}`;
  return { reason: `there is no branch ${target}${named}`, hint: await wayOut(session, set) };
}

async function wayOut({ git, target }: Needs, set: (branch: string) => string): Promise<string> {
  const plain = /^(?:refs\/)?heads\/(.+)$/.exec(target)?.[1];
  if (plain) return `Name the branch alone: ${set(shellWord(plain))}`;
  const format = await git.run(['check-ref-format', `refs/heads/${target}`], { ok: [0, 1] });
  if (format.code !== 0 || /^-|^HEAD$/.test(target)) {
    return `No branch can have that name; land on one that git has: ${set('<branch>')}`;
  }
  const { stdout } = await git.run(['for-each-ref', '--format=%(refname:lstrip=2)', 'refs/remotes']);
  const remote = stdout.split('\n').filter(Boolean);
  if (remote.includes(target)) {
    const branch = shellWord(target.slice(target.indexOf('/') + 1));
    return `That is a branch of a remote, and work lands on a local one: ${set(branch)} (where there is none yet: git branch ${branch} ${shellWord(target)})`;
  }
  const from = remote.find((name) => name.endsWith(`/${target}`));
  const make = `git branch ${shellWord(target)} ${from ? shellWord(from) : '<commit>'}`;
  return `Make it (${make}), or land on another: ${set('<branch>')}`;
}

/** Both in one line, for reports that have no place for a hint. */
export async function targetGoneLine(session: Needs): Promise<string> {
  const { reason, hint } = await targetGone(session);
  return `${reason}. ${hint}`;
}
