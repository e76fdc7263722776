/**
 * The trash of removed worktrees. A removal is a rename into it. An entry's name tells the task, when it came and
 * how long it stays, so any process can go on with a deletion that a crash cut short.
 */
import { join } from 'node:path';
import { parseDuration, parseSize } from '../../../domain/platform/units.js';
import { baseEnvironment, findProgram, namesInFolder, startDetached } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { trashFolder } from '../places/places.js';

type Needs = Pick<RepoSession, 'git' | 'root' | 'config' | 'env'>;

/** Not at all; as long as `worktree.trash_for` and `trash_size` allow; or for good, because no ref can hold it. */
export type Keep = 'no' | 'trash' | 'always';
const endings: Record<Keep, string> = { no: '.gone', trash: '', always: '.kept' };

export interface TrashEntry {
  /** Its folder's name, which identifies it. */
  name: string;
  /** Folder that holds the files, absolute. */
  folder: string;
  /** Task, or folder, that the worktree was of. */
  slug: string;
  /** Milliseconds since the epoch. */
  removedAt: number;
  /** When it may be deleted, by age; undefined when it stays for good. */
  until?: number;
}

const namePattern = /^(.+)-(\d{13})(\.day|\.kept)?$/;

/** Task, or folder, that an entry of this name is of; undefined for any other name. */
export const slugOf = (name: string): string | undefined => namePattern.exec(name)?.[1];

export const trashName = (slug: string, keep: Keep) => `${slug}-${Date.now()}${endings[keep]}`;

/** Entry's subfolder that holds git's record of the worktree: index, HEAD and reflog as they were. */
export const recordFolder = '.codex-agents-record';

/** What can be restored, newest first. */
export async function listTrash(session: Needs): Promise<TrashEntry[]> {
  const trash = trashFolder(session);
  const entries = (await namesInFolder(trash)).flatMap((name) => {
    const [, slug, at, ending] = namePattern.exec(name) ?? [];
    if (!slug || !at) return [];
    const keepMs = ending === endings.always ? undefined : trashMs(session);
    const until = keepMs === undefined ? {} : { until: Number(at) + keepMs };
    return [{ name, folder: join(trash, name), slug, removedAt: Number(at), ...until }];
  });
  return entries.sort((a, b) => b.removedAt - a.removedAt);
}

function trashMs({ config }: Needs): number | undefined {
  return config.worktree.trash_for ? parseDuration(config.worktree.trash_for) : undefined;
}

/**
 * Deletes in the background what need not be kept any longer: what is too old, and the oldest while all together are
 * larger than `worktree.trash_size`; with `all`, everything that does not stay for good. `just` came there a moment
 * ago: others that did are being deleted by the process that put them there.
 */
export async function emptyTrash(
  session: Needs,
  { all = false, just }: { all?: boolean; just?: string } = {},
): Promise<void> {
  const due = (await trashedNow(session, all)).filter((path) => {
    const at = Number(/-(\d{13})\.gone$/.exec(path)?.[1] ?? 0);
    return (just !== undefined && path.endsWith(just)) || Date.now() - at > cutShortMs || just === undefined;
  });
  const left = (await listTrash(session)).filter(
    ({ folder, until }) => until !== undefined && !due.includes(folder),
  );
  await deleteAtLeisure(
    session,
    due,
    left.map(({ folder }) => folder),
  );
}

/** A deletion that has not ended after this long was cut short. */
const cutShortMs = 10 * 60_000;

/** Paths in the trash whose time has come. */
export async function trashedNow(session: Needs, all = false): Promise<string[]> {
  const trash = trashFolder(session);
  const gone = (await namesInFolder(trash)).filter((name) => name.endsWith(endings.no));
  const old = (await listTrash(session)).filter(
    ({ until }) => until !== undefined && (all || until < Date.now()),
  );
  return [...gone.map((name) => join(trash, name)), ...old.map(({ folder }) => folder)];
}

/**
 * A moment later, since what is still to be written durably would wait behind thousands of deletions. Each is renamed
 * before it is deleted: it cannot be restored then, not even the half of it. Of a worktree on another disk the trash
 * holds only a link: the folder behind it goes too, but none to which a person had made a link. Over the limit the newest
 * stays, however large it is.
 */
const script = `
delete() {
  case $1 in *.gone) gone=$1 ;; *) gone=$1.gone; mv -- "$1" "$gone" || return ;; esac
  if [ -L "$gone" ]; then
    behind=$(readlink -- "$gone")
    case $behind in /*/.codex-agents-trash/*) rm -rf -- "$behind" ;; esac
  fi
  rm -rf -- "$gone"
}
sleep 1
limit=$1; shift
while [ "$1" != -- ]; do delete "$1"; shift; done
shift
[ -n "$limit" ] || exit
total=0 newest=yes
for folder; do
  size=$(du -sk -- "$folder/" 2>/dev/null | cut -f1)
  total=$((total + \${size:-0}))
  if [ "$newest" = no ] && [ "$total" -gt "$limit" ]; then
    delete "$folder"
  fi
  newest=no
done`;

/** At low priority, in a process that outlives this one. `left`: newest first, to be kept within the size. */
async function deleteAtLeisure(
  session: Needs,
  due: readonly string[],
  left: readonly string[],
): Promise<void> {
  const { trash_size } = session.config.worktree;
  if (due.length === 0 && (left.length < 2 || !trash_size)) return;
  const env = baseEnvironment(session.env);
  const idle = findProgram('ionice', env) ? ['ionice', '-c', '3'] : [];
  const limit = trash_size ? String(Math.ceil(parseSize(trash_size) / 1024)) : '';
  const argv = ['sh', '-c', script, 'sh', limit, ...due, '--', ...left];
  startDetached(['nice', '-n', '19', ...idle, ...argv], { cwd: '/', env });
}
