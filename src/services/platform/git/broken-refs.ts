/** What git says of refs and objects that are broken: which one it is, and what mends it. Pure. */
import { shellWord } from '../../../domain/platform/shell.js';

interface Broken {
  what: string;
  hint: string;
}

/** The first such thing that git names. */
export function brokenRef(stderr: string): Broken | undefined {
  for (const [pattern, told] of kinds) {
    const match = pattern.exec(stderr);
    if (match) return told(match[1] ?? '');
  }
  return undefined;
}

const fsck =
  '`git fsck` names what is missing; `git fetch <folder of another clone>` brings back what that one has.';

const kinds: readonly [RegExp, (named: string) => Broken][] = [
  [
    /bad object (refs\/\S+)/,
    (ref) => ({ what: `${ref} names no commit of the repository`, hint: refHint(ref) }),
  ],
  [
    /bad object ((?:worktrees\/\S+\/)?HEAD)$/m,
    (head) => ({ what: `${head} names no commit of the repository`, hint: headHint }),
  ],
  [
    /bad tree object (\S+)/,
    (named) => ({ what: `files of the commit ${named} are missing from the repository`, hint: fsck }),
  ],
  [
    /bad object ([0-9a-f]{40,64})/,
    (id) => ({ what: `the object ${id} is missing from the repository`, hint: fsck }),
  ],
  [
    /ambiguous argument '([^'\n]+)': unknown revision/,
    (named) => ({ what: `${named} names no commit`, hint: headHint }),
  ],
  [
    /not a git repository: '([^'\n]+\/worktrees\/[^/'\n]+)'/,
    (record) => ({
      what: `git's record of the worktree is damaged: ${record}/HEAD names neither a branch nor a commit`,
      hint: `Write the branch into it: \`echo 'ref: refs/heads/<branch>' >${shellWord(`${record}/HEAD`)}\`; then give the command again.`,
    }),
  ],
  [
    /unexpected line in (\S+packed-refs)/,
    (file) => ({
      what: `${file} has a line that is no ref`,
      hint: `Take that line out of the file: \`git show-ref\` names it. Then give the command again.`,
    }),
  ],
];

/** A file of garbage is not deleted by git itself; moved away it is, and its log stays. */
function refHint(ref: string): string {
  const [file, log] = [ref, `logs/${ref}`].map((path) => `"$(git rev-parse --git-path ${shellWord(path)})"`);
  const away = `mv ${file} "$(git rev-parse --git-common-dir)/broken-ref"`;
  return `Where it stood before: \`tail -n 3 ${log}\`. Move it away: \`${away}\` (\`git update-ref -d ${shellWord(ref)}\` when it is in packed-refs), and make it anew: \`git update-ref ${shellWord(ref)} <commit>\`.`;
}

const headHint =
  'Where it stood before: `git reflog`, or `tail -n 3 "$(git rev-parse --git-path logs/HEAD)"` in that worktree. Put HEAD back on its branch there: `git symbolic-ref HEAD refs/heads/<branch>`; a branch that is gone: `git update-ref refs/heads/<branch> <commit>`.';
