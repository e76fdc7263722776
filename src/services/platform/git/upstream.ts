/** Where a branch stands to the one it follows elsewhere, and bringing that one up to date. */
import type { Git } from '../types.js';

export interface Upstream {
  /** As people say it, such as "origin/main". */
  name: string;
  /** Name of the remote. */
  remote: string;
  /** Commits that only the branch has, and that only its upstream has. */
  ahead: number;
  behind: number;
  /** It is not at its remote any more, of which other branches are known. */
  gone?: true;
}

/**
 * The configured upstream of a branch, else the branch of that name at `origin`; undefined when there is neither
 * here. Only what was fetched counts: nothing is asked over the network.
 */
export async function upstreamOf(git: Git, branch: string): Promise<Upstream | undefined> {
  const format = '--format=%(upstream:lstrip=2)%00%(upstream:remotename)';
  const { stdout } = await git.run(['for-each-ref', format, `refs/heads/${branch}`]);
  const [configured = '', remote = ''] = (stdout.split('\n')[0] ?? '').split('\0');
  const local = configured !== '' && remote === '.';
  const name = configured !== '' && !local ? configured : `origin/${branch}`;
  const range = `refs/heads/${branch}...refs/remotes/${name}`;
  const { code, stdout: counts } = await git.run(['rev-list', '--left-right', '--count', range], {
    ok: [0, 128],
  });
  const [ahead, behind] = counts.trim().split('\t').map(Number);
  const of = { name, remote: local || remote === '' ? 'origin' : remote };
  if (code === 0 && ahead !== undefined && behind !== undefined) return { ...of, ahead, behind };
  if (name !== configured) return undefined;
  // Of a remote that nothing was pushed to yet, nothing is missed.
  const others = await git.run([
    'for-each-ref',
    '--count=1',
    '--format=%(refname)',
    `refs/remotes/${remote}/`,
  ]);
  return others.stdout === '' ? undefined : { ...of, ahead: 0, behind: 0, gone: true };
}

/** Settings by which a repository makes a fetch run a program of its choice; an agent may have written them. */
const planted =
  /^(credential\..*helper|credential\.helper|core\.gitproxy|remote\..*\.(uploadpack|vcs|proxy))$/s;

/**
 * Fetches from a remote into its tracking branches: no tags, no submodules, no prompt. Resolves with the reason when
 * it could not be done; an offline laptop is no error.
 */
export async function fetchRemote(git: Git, remote: string): Promise<string | undefined> {
  const own = (await git.settings()).filter(({ scope }) => scope === 'local' || scope === 'worktree');
  const risky = own.find(({ key }) => planted.test(key));
  if (risky) {
    return `the repository's own git configuration sets ${risky.key}, which would run a program; fetch by hand`;
  }
  if (!own.some(({ key }) => key === `remote.${remote}.url`)) return `there is no remote ${remote}`;
  const flags = ['--no-tags', '--no-recurse-submodules', '--no-auto-maintenance', '--quiet'];
  const { code, stderr } = await git.run(['fetch', ...flags, '--upload-pack=git-upload-pack', remote], {
    ok: [0, 1, 128],
    timeoutMs: 120_000,
    env: {
      GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh',
      GIT_SSH_COMMAND: 'ssh -o BatchMode=yes',
      GIT_TERMINAL_PROMPT: '0',
    },
  });
  return code === 0 ? undefined : stderr.trim().replace(/\s*\n\s*/g, ' ') || `git fetch ended with ${code}`;
}
