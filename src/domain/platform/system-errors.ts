/** What the system refused, in words: what, where, how to go on. */
interface Refusal {
  code: string;
  message: (where: string) => string;
  hint: string;
}

/** What helps where there is no room. */
export const roomHint =
  'Make room there and try again: `codex-agent task worktree gc` removes worktrees that are not needed.';

/** How programs say that there is no room. */
export const noRoom = /No space left|Out of diskspace|quota exceeded/i;

const refusals: Record<string, Refusal> = {
  ENOSPC: {
    code: 'disk-full',
    message: (where) => `The disk is full: ${where} cannot be written.`,
    hint: roomHint,
  },
  EDQUOT: {
    code: 'disk-full',
    message: (where) => `Your quota is used up: ${where} cannot be written.`,
    hint: roomHint,
  },
  EFBIG: {
    code: 'file-too-large',
    message: (where) => `${where} would be larger than files may be here.`,
    hint: 'Raise the limit (`ulimit -f unlimited`), or use a file system that takes larger files, and try again.',
  },
  EROFS: {
    code: 'read-only',
    message: (where) => `The file system is read-only: ${where} cannot be written.`,
    hint: 'Mount it for writing, or point XDG_DATA_HOME, XDG_STATE_HOME and XDG_CACHE_HOME to folders that can be written.',
  },
  EACCES: {
    code: 'no-permission',
    message: (where) => `This user may not read or write ${where}.`,
    hint: 'Look at the owner and the permissions of that file and of the folders above it.',
  },
  EPERM: {
    code: 'no-permission',
    message: (where) => `The system does not permit this at ${where}.`,
    hint: 'Look at the owner of that file, and whether its file system can hold links, permissions and times.',
  },
  EMLINK: {
    code: 'no-links',
    message: (where) => `The file system makes no hard link at ${where}.`,
    hint: 'Point XDG_DATA_HOME and XDG_STATE_HOME to folders on a local file system that can.',
  },
  EMFILE: {
    code: 'too-many-files',
    message: () => 'This program has as many files open as the system allows.',
    hint: 'Raise the limit (`ulimit -n 4096`) and try again.',
  },
  ENFILE: {
    code: 'too-many-files',
    message: () => 'The system has as many files open as it allows.',
    hint: 'End some programs and try again.',
  },
  EIO: {
    code: 'disk-failed',
    message: (where) => `The disk failed at ${where}.`,
    hint: 'Look at the messages of the system (`dmesg`) before anything else is written there.',
  },
};
const inTheWay: Record<string, (where: string) => string> = {
  EISDIR: (where) => `${where} is a folder, where a file belongs.`,
  ENOTDIR: (where) => `A part of the path ${where} is a file, where a folder belongs.`,
  EEXIST: (where) => `${where} is there already, and is not what belongs there.`,
  ELOOP: (where) => `${where} is a link that leads back to itself.`,
};
for (const [code, message] of Object.entries(inTheWay)) {
  refusals[code] = { code: 'in-the-way', message, hint: 'Move it away, then try again.' };
}
refusals.ENOTSUP = refusals.EOPNOTSUPP = refusals.ENOSYS = refusals.EMLINK!;

/** Node says so of a folder for which the disk has no room, when it makes those above it as well. */
const folderNotMade: Refusal = {
  code: 'no-folder',
  message: (where) =>
    `The folder ${where} cannot be made: its disk has no room for one, or a link above it leads nowhere.`,
  hint: `${roomHint} \`df -i\` tells whether it is files that the disk has too many of.`,
};

/** What an error of the system means to a person; undefined for what is not known here. */
export function systemRefusal(error: unknown): { code: string; message: string; hint: string } | undefined {
  const { code, path, dest, syscall } = (error ?? {}) as NodeJS.ErrnoException & { dest?: string };
  const known =
    code === 'ENOENT' && syscall === 'mkdir'
      ? folderNotMade
      : code === undefined
        ? undefined
        : refusals[code];
  // What has no system call was not refused by the system.
  if (!known || !syscall) return undefined;
  const where = dest ?? path ?? (syscall === 'write' ? 'a file' : 'something');
  return { code: known.code, message: known.message(where), hint: known.hint };
}
