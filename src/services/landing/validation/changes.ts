/** What a task changes, as its diff from where it left the target. */
import { type DiffFile, parseDiff, pathsOf } from '../../../domain/landing/diff.js';
import type { RepoSession } from '../../store/index.js';
import { type FormerTarget, formerTarget } from '../candidates/former.js';

/** More changed lines than this are counted, not read. */
const readableLines = 200_000;

export interface Changes {
  files: DiffFile[];
  paths: string[];
  /** The unified diff; '' when unread. */
  text: string;
  /** Why the lines were not read. */
  unread?: string;
  /** The commit that it is told from, where that is not where both parted. */
  base?: string;
  /** Where the target once was, and is not any more. */
  former?: FormerTarget;
}

/**
 * The changes of `head` since it left `target`, both commit ids. What the target was given anew, as by a rebase of it, is
 * none of them. Throws `git-failed`, e.g. for unrelated histories.
 * @param parted where both parted, where that is known
 */
export async function changesOf(
  session: Pick<RepoSession, 'git' | 'signal' | 'target'>,
  target: string,
  head: string,
  parted?: string,
): Promise<Changes> {
  const former = await formerTarget(session, { target, head, ...(parted ? { base: parted } : {}) });
  if (!former) return readChanges(session, `${target}...${head}`);
  if (former.dropped.length > 0) return { ...(await readChanges(session, `${target}...${head}`)), former };
  const base = former.commit;
  return { ...(await readChanges(session, `${base}..${head}`)), former, base };
}

/**
 * The changes of a range of commits or between two trees, with so many unchanged lines around each. Throws `git-failed`.
 * @param paths only these files; without any, all
 */
export async function readChanges(
  session: Pick<RepoSession, 'git' | 'signal'>,
  range: string,
  context = 10,
  paths: readonly string[] = [],
): Promise<Changes> {
  // The lines are read while they are counted: seldom are there too many, and then reading ends.
  const enough = new AbortController();
  const reading = diffText(
    { git: session.git, signal: AbortSignal.any([session.signal, enough.signal]) },
    range,
    [`--unified=${context}`],
    paths,
  );
  const ended = reading.then(
    () => {},
    () => {},
  );
  const only = paths.map(exactly);
  const counted = await session.git
    .run(['diff', '--numstat', '-z', '--no-renames', range, '--', ...only], { signal: session.signal })
    .catch(async (cause: unknown) => {
      enough.abort();
      await ended;
      throw cause;
    });
  const files = parseNumstat(counted.stdout);
  const lines = files.reduce((sum, file) => sum + file.added + file.removed, 0);
  if (lines > readableLines) {
    enough.abort();
    await ended;
    return {
      files,
      paths: pathsOf(files),
      text: '',
      unread: `the diff has ${lines} lines, too many to read`,
    };
  }
  const text = await reading;
  const read = parseDiff(text);
  const hidden: string[] = [];
  for (const file of read.filter(({ binary }) => binary))
    if (isSource.test(file.path) || (await beginsAsText(session, file))) hidden.push(file.path);
  if (hidden.length === 0) return { files: read, paths: pathsOf(read), text };
  const shown = await diffText(session, range, [`--unified=${context}`, '--text', '--no-renames'], hidden);
  const all = [...read.filter(({ path }) => !hidden.includes(path)), ...parseDiff(shown)];
  return { files: all, paths: pathsOf(all), text: `${text}${shown}` };
}

/** Written by people: one odd byte makes git call such a file binary, and would hide its lines from all who read. */
const isSource =
  /\.(?:[cm]?[jt]sx?|pyi?|go|rs|java|kts?|rb|php|cs|c|cc|cpp|cxx|hh?|hpp|mm?|swift|scala|ex|exs|erl|hs|lua|pl|pm|r|sh|bash|zsh|fish|ps1|bat|sql|json5?|ya?ml|toml|ini|cfg|conf|xml|html?|css|scss|less|vue|svelte|md|rst|txt|gradle|mk|cmake|tf|proto|graphql)$|(?:^|\/)[^./]*(?:file|Makefile)$/i;

/** Larger files are not looked into: no program that is read by people is. */
const maxTextBytes = 1_000_000;
/** A script, or more text than the head of any binary format holds. */
const textHead = /^#!|^[\t\n\r\x20-\x7e\u00a0-\ufffc]{100}/;

/** Whether git calls a file binary, by whatever name, for an odd byte behind text. Throws `git-failed`. */
async function beginsAsText(
  { git, signal }: Pick<RepoSession, 'git' | 'signal'>,
  { blobs = '' }: DiffFile,
): Promise<boolean> {
  const id = blobs.split('..')[1] ?? '';
  if (!/[1-9a-f]/.test(id)) return false;
  const { stdout: size } = await git.run(['cat-file', '-s', id], { signal });
  if (!(Number(size) <= maxTextBytes)) return false;
  const { stdout } = await git.run(['cat-file', 'blob', id], { signal });
  // Without such a byte it is text that the repository's attributes call binary: that is meant.
  return stdout.includes('\0') && textHead.test(stdout);
}

/** Every setting of the user's that would change the form is overridden. */
async function diffText(
  session: Pick<RepoSession, 'git' | 'signal'>,
  range: string,
  flags: readonly string[],
  paths: readonly string[] = [],
): Promise<string> {
  const form = [
    '--no-color',
    '--find-renames',
    '--src-prefix=a/',
    '--dst-prefix=b/',
    '--no-relative',
    '-O/dev/null',
  ];
  const args = ['-c', 'core.quotePath=true', 'diff', ...form, ...flags, range, '--', ...paths.map(exactly)];
  return (await session.git.run(args, { signal: session.signal })).stdout;
}

const exactly = (path: string) => `:(top,literal)${path}`;

/** `git diff --stat` of changes that were read, for people. */
export async function statOf(
  session: Pick<RepoSession, 'git' | 'signal'>,
  { base }: Changes,
  { target, head }: { target: string; head: string },
): Promise<string> {
  return diffText(session, base ? `${base}..${head}` : `${target}...${head}`, ['--stat=100']);
}

function parseNumstat(output: string): DiffFile[] {
  return output
    .split('\0')
    .filter((row) => row !== '')
    .map((row) => {
      const [added = '-', removed = '-', ...name] = row.split('\t');
      return {
        path: name.join('\t'),
        change: 'modified',
        binary: added === '-',
        added: Number(added) || 0,
        removed: Number(removed) || 0,
        hunks: [],
      };
    });
}
