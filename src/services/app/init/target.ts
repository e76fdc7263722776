/** Which branch work is to land on, where no setting says it. */
import type { Git } from '../../platform/index.js';

export interface ChosenTarget {
  branch: string;
  /** Why this one, for the person who set the repository up. */
  why: string;
  /** Where it can be had from, when it is no branch here. */
  missing?: string;
}

/** Names that a default branch has by custom. */
const customary = ['main', 'master', 'trunk', 'develop', 'dev', 'default'];

/**
 * The branch to land on, by the first of these that is there: the default branch that a remote names; the HEAD of a
 * bare repository; the checked-out branch, if it has a customary name or is the only one; a branch with a customary
 * name.
 */
export async function chooseTarget(git: Git, isBare: boolean): Promise<ChosenTarget> {
  const { stdout } = await git.run([
    'for-each-ref',
    '--format=%(refname)%00%(symref)',
    'refs/heads',
    'refs/remotes',
  ]);
  const refs = new Map(
    stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split('\0') as [string, string]),
  );
  const local = [...refs.keys()].flatMap((ref) => (ref.startsWith('refs/heads/') ? [ref.slice(11)] : []));
  const remote = remoteDefault(refs);
  const place = (branch: string): Pick<ChosenTarget, 'missing'> => {
    if (local.includes(branch)) return {};
    const there = [...refs.keys()].find(
      (ref) => /^refs\/remotes\/[^/]+\//.test(ref) && ref.endsWith(`/${branch}`),
    );
    return { missing: there ? there.slice('refs/remotes/'.length) : '' };
  };
  if (remote) {
    return { branch: remote.branch, why: `the default branch of ${remote.name}`, ...place(remote.branch) };
  }
  const head = await headOf(git, isBare);
  if (head && isBare) return { branch: head, why: 'the HEAD of the bare repository', ...place(head) };
  const known = customary.filter((name) => local.includes(name));
  if (head && (customary.includes(head) || known.length === 0)) {
    return { branch: head, why: 'the branch that is checked out' };
  }
  const branch = known[0] ?? 'main';
  const why = head ? `by its name; ${head} is checked out` : 'by its name; no branch is checked out';
  return { branch, why, ...place(branch) };
}

function remoteDefault(refs: ReadonlyMap<string, string>): { name: string; branch: string } | undefined {
  const heads = [...refs].flatMap(([ref, leadsTo]) => {
    const name = /^refs\/remotes\/(.+)\/HEAD$/.exec(ref)?.[1];
    const prefix = `refs/remotes/${name}/`;
    return name && leadsTo.startsWith(prefix) ? [{ name, branch: leadsTo.slice(prefix.length) }] : [];
  });
  return (
    heads.find(({ name }) => name === 'origin') ?? heads.find(({ name }) => name === 'upstream') ?? heads[0]
  );
}

/** Branch of HEAD, also one without a commit; undefined when HEAD is detached. */
async function headOf(git: Git, isBare: boolean): Promise<string | undefined> {
  const env: Record<string, string> = isBare ? { GIT_DIR: git.commonDir } : {};
  const { stdout } = await git.run(['symbolic-ref', '-q', 'HEAD'], { ok: [0, 1], env });
  return /^refs\/heads\/(.+)$/.exec(stdout.trim())?.[1];
}
