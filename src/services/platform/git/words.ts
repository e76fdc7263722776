/** What git said of a failure, in words a person can act on. Pure. */
import { noRoom, roomHint } from '../../../domain/platform/system-errors.js';
import { brokenRef } from './broken-refs.js';

/** A lock that another git holds, or has left behind. */
export const heldLock = (stderr: string): string | undefined =>
  /Unable to create '([^'\n]+\.lock)': File exists/.exec(stderr)?.[1];

/** What git and the programs it started said, without its advice: the first lines name the cause, the last the end. */
export function gitWords(stderr: string): string {
  const lock = heldLock(stderr);
  if (lock) return `another git holds ${lock}; once none is at work there, remove that file and try again`;
  const lfs = lfsFailure(stderr);
  if (lfs) return `git-lfs cannot get the content of ${lfs.path}: ${lfs.why}`;
  const broken = brokenRef(stderr);
  if (broken) return broken.what;
  const lines = [...new Set(stderr.split('\n').map((line) => line.trim()))].filter(
    (line) => line !== '' && !line.startsWith('hint:'),
  );
  return (lines.length > 4 ? [...lines.slice(0, 2), '...', ...lines.slice(-2)] : lines).join('; ');
}

const brokenIndex =
  /index file (corrupt|smaller than expected)|bad (index file|signature)|index uses .* extension/;
const brokenIndexHint =
  'The index there is broken. In that worktree: `i="$(git rev-parse --git-path index)"; mv "$i" "$i.broken"; git reset -q`. Files stay as they are; then give the command again.';

/** What helps against it, where that is known. */
export function hintFor(stderr: string): string | undefined {
  if (noRoom.test(stderr)) return roomHint;
  if (brokenIndex.test(stderr)) return brokenIndexHint;
  const broken = brokenRef(stderr);
  if (broken) return broken.hint;
  const lfs = lfsFailure(stderr);
  if (!lfs) return undefined;
  const first = lfs.missing
    ? 'Push it from a clone that has it: `git lfs push --all <remote>`.'
    : 'Try it by hand: `git lfs fetch`.';
  return `${first} Or go on with its pointer file: set GIT_LFS_SKIP_SMUDGE=1 and give the command again.`;
}

interface LfsFailure {
  path: string;
  why: string;
  /** The server has no such object. */
  missing: boolean;
}

/** What git-lfs says of the first file that it could not get; it repeats paths and ids. */
function lfsFailure(stderr: string): LfsFailure | undefined {
  const [, path, said] =
    /^Error downloading object: (.+?) \([0-9a-f]{7,}\): (?:Smudge error: )?(.+)$/m.exec(stderr) ?? [];
  if (path === undefined || said === undefined) return undefined;
  const id = /\b[0-9a-f]{64}\b/.exec(said)?.[0];
  if (/remote missing object|does not exist on the server|\[404\]/i.test(said))
    return { path, why: `the remote has no object ${id ?? 'of it'}`, missing: true };
  const why = said
    .replace(/^Error downloading .*? \([0-9a-f]{64}\): /, '')
    .replace(/^error transferring "[0-9a-f]{64}": /, '');
  return { path, why, missing: false };
}
