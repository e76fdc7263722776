/** Who changed a repository while an agent ran: judged from what git itself noted, never guessed. */

/** One thing that is not as it was before a run. */
export interface Finding {
  /**
   * `moved`: the run's own git moved or deleted somebody else's ref. `made`: it made one. `elsewhere`: that one holds
   * commits which are not on the task's branch. `changed`: a file by which git can be made to run programs.
   * `unsure`: something moved, and it cannot be told by whom.
   */
  code: 'moved' | 'made' | 'elsewhere' | 'changed' | 'unsure';
  /** Full ref name, path of a file, or key of git's configuration. */
  what: string;
  /** Of a ref: the commit it was moved to; '' when it was deleted. */
  after?: string;
  /** One sentence for people: what it was, what it is, what was done about it. */
  text: string;
  /** Certain only where git noted the run's own mark beside the change. */
  by: 'agent' | 'unknown';
  /** True when it is again as it was. */
  restored: boolean;
  /** Where the changed version is kept: a ref, or a file. */
  kept?: string;
}

/** A line of a reflog. */
export interface RefMove {
  before: string;
  after: string;
  /** E-mail of whoever moved it, as git noted it. */
  email: string;
  name: string;
  why: string;
}

/** What the committer's e-mail is for everything that a run's own git does in the repository. */
export const runMark = (runId: string): string => `${runId}@runs.codex-agent.invalid`;

const none = /^0+$/;

/** The lines of a reflog file, oldest first; a line that is not one ends it, since what follows cannot be relied on. */
export function parseReflog(text: string): RefMove[] {
  const moves: RefMove[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const match = /^([0-9a-f]{40,64}) ([0-9a-f]{40,64}) (.*) <([^<>]*)> \d+ [+-]\d{4}(?:\t(.*))?$/.exec(line);
    if (!match) return [];
    const [, before = '', after = '', name = '', email = '', why = ''] = match;
    moves.push({
      before: none.test(before) ? '' : before,
      after: none.test(after) ? '' : after,
      email,
      name,
      why,
    });
  }
  return moves;
}

export type Mover =
  /** The run's own git made every move back to `to`, a value that is known to be good. */
  | { by: 'agent'; to: string }
  /** Nothing that bears the run's mark: the person, another program, or an agent that hid itself. */
  | { by: 'other'; last?: RefMove }
  /** The run's git had a part in it, but others moved it too: putting it back would undo their work. */
  | { by: 'both' }
  /** Git, which notes every move of a branch, knows nothing of this one: somebody wrote git's files. */
  | { by: 'stealth' };

/**
 * Who moved a ref from `before` to `after` ('': it did not exist). Git notes the committer with every move, and a run's
 * git commits under the run's mark, so a chain of marked lines from a good value to where the ref is now is certain.
 * A reflog can be forged, hence only a value that is known without it is ever answered as `to`.
 * @param good other values that the ref may be put back to: commits that landed meanwhile
 */
export function moverOf(
  log: readonly RefMove[],
  mark: string,
  { before, after, good }: { before: string; after: string; good: ReadonlySet<string> },
): Mover {
  const last = log.at(-1);
  if (last && last.after !== after && before !== '') return { by: 'stealth' };
  if (!last || last.after !== after) return { by: 'other' };
  const marked = log.some((move) => move.email === mark);
  if (!marked) return { by: 'other', last };
  let expected = after;
  for (const move of [...log].reverse()) {
    if (move.email !== mark || move.after !== expected) break;
    if (move.before === before || good.has(move.before)) return { by: 'agent', to: move.before };
    expected = move.before;
  }
  return { by: 'both' };
}

/**
 * Keys of git's configuration that programs write in passing and that neither run anything nor send anything elsewhere.
 * Whatever is not listed here counts as tampering when it changes while an agent runs.
 */
const everyday: readonly RegExp[] = [
  /^branch\..*\.(?!mergeoptions$)[^.]+$/s,
  /^submodule\..*\.(active|url)$/s,
  /^lfs\.(.*\.)?(access|repositoryformatversion|locksverify)$/s,
  /^extensions\.(worktreeconfig|partialclone)$/,
  /^core\.(sparsecheckout|sparsecheckoutcone|repositoryformatversion)$/,
  /^index\.sparse$/,
  /^remote\..*\.(promisor|partialclonefilter|gh-resolved)$/s,
];
const remoteKey = /^(remote\..*)\.(url|fetch|pushurl)$/s;
const plainAddress = /^(https?|ssh|git|file):\/\/|^[^:/]+@[^:/]+:|^[./]/;

/** Values of every key, in order. */
export type ConfigValues = ReadonlyMap<string, readonly string[]>;

/** Keys that differ, and whether a person's or a tool's everyday work explains the difference. */
export function configChanges(
  before: ConfigValues,
  after: ConfigValues,
): { key: string; everyday: boolean }[] {
  const keys = [...new Set([...before.keys(), ...after.keys()])].sort();
  return keys
    .filter((key) => JSON.stringify(before.get(key)) !== JSON.stringify(after.get(key)))
    .map((key) => ({ key, everyday: isEveryday(key, before, after) }));
}

function isEveryday(key: string, before: ConfigValues, after: ConfigValues): boolean {
  if (everyday.some((pattern) => pattern.test(key))) return true;
  // A further remote is nobody's harm; where an existing one leads is not to be changed unseen.
  const [, remote] = remoteKey.exec(key) ?? [];
  if (!remote || [...before.keys()].some((known) => known.startsWith(`${remote}.`))) return false;
  return key.endsWith('.fetch') || (after.get(key) ?? []).every((value) => plainAddress.test(value));
}

/** `git config --list -z` of one file: keys in git's own spelling. */
export function parseConfigList(output: string): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const pair of output.split('\0')) {
    if (pair === '') continue;
    const line = pair.indexOf('\n');
    const key = line < 0 ? pair : pair.slice(0, line);
    values.set(key, [...(values.get(key) ?? []), line < 0 ? 'true' : pair.slice(line + 1)]);
  }
  return values;
}
