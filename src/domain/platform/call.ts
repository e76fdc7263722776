/** A call: one program, git command or model request that this program made. The log keeps them, the screen shows them. */
import { redactSecrets, secretName } from '../landing/secrets.js';

/** What the maker of a call knows of it. */
export interface CallFact {
  kind: 'git' | 'process' | 'model';
  /** Program and arguments, or the words that say what was asked of which model. */
  words: readonly string[];
  /** Folder it ran in. */
  cwd?: string;
  ms: number;
  /** "ok", or how it ended, e.g. "exit 128". */
  outcome: string;
  ok: boolean;
  /** What it complained of, when it did not end well. */
  said?: string;
}

/** One line of the log; nothing of a secret's shape is in it. */
export interface Call {
  /** ISO time of its end. */
  at: string;
  pid: number;
  /** The command that caused it, e.g. "manager launch". */
  cause: string;
  /** `fault`: an internal error, with its places. */
  kind: CallFact['kind'] | 'command' | 'fault';
  what: string;
  cwd?: string;
  ms: number;
  outcome: string;
  ok: boolean;
  said?: string;
}

const longestWord = 160;
const mostWords = 100;
const longestWhat = 1000;
const longestSaid = 400;

/** The line of a call. `secrets`: values that must not stand in it, besides everything of a secret's shape. */
export function callOf(
  fact: CallFact,
  known: { at: string; pid: number; cause: string; secrets: readonly string[] },
): Call {
  const clean = (text: string) => redactSecrets(text, known.secrets);
  return {
    at: known.at,
    pid: known.pid,
    cause: known.cause,
    kind: fact.kind,
    what: cut(clean(withoutValues(readable(fact.words)).map(quoted).join(' ')), longestWhat),
    ...(fact.cwd ? { cwd: clean(fact.cwd) } : {}),
    ms: Math.round(fact.ms),
    outcome: fact.outcome,
    ok: fact.ok,
    ...(fact.said ? { said: cut(clean(fact.said), longestSaid) } : {}),
  };
}

/** A line of the log as a call; undefined when it is none. */
export function parseCall(line: string): Call | undefined {
  try {
    const found = JSON.parse(line) as Partial<Call>;
    const whole =
      typeof found.at === 'string' && typeof found.what === 'string' && typeof found.ms === 'number';
    return whole ? (found as Call) : undefined;
  } catch {
    return undefined;
  }
}

/** How long it took and how it ended when that was not simply well, then what was called: the end may be cut off. */
export function callSaid({ what, ms, outcome, ok, said }: Call): string {
  const ended = outcome === 'ok' ? '' : `, ${outcome}`;
  return `[${ms} ms${ended}] $ ${what}${!ok && said ? `: ${said}` : ''}`.replaceAll('\n', ' ');
}

/** One line of the log for people: when, caused by what, and what was called. */
export function callText(call: Call): string {
  return `${call.at.slice(11, 23)} ${call.cause}: ${callSaid(call)}`;
}

/** Git commands that only look: the screen shows them when they fail. */
const looks =
  /^git(?: -c \S+)* (?:status|for-each-ref|rev-parse|rev-list|cat-file|diff|diff-\w+|ls-files|ls-tree|merge-tree|merge-base|config|log|show|check-attr|check-ignore|worktree list|count-objects|blame|var|--version)\b/;

/** Whether a person wants to see it while it happens: it changes something, costs something, or failed. */
export function isNotable(call: Call): boolean {
  return call.kind !== 'git' || !call.ok || !looks.test(call.what);
}

/** As much of the words as is worth looking through for secrets; a prompt may be megabytes long. */
function readable(words: readonly string[]): string[] {
  return words.slice(0, mostWords).map((word) => cut(word, 10 * longestWord));
}

/** Arguments with the values of secret options left out: `--token x`, `--token=x`, `?token=x`. */
function withoutValues(words: readonly string[]): string[] {
  return words.map((word, at) => {
    const before = words[at - 1] ?? '';
    if (/^(--?[\w-]+|[\w-]+\.[\w.-]+)$/.test(before) && secretName.test(before)) return '[redacted]';
    return word.replace(/(?<![\w.-])([\w.-]+)=([^&\s]+)/g, (all, name: string) =>
      secretName.test(name) ? `${name}=[redacted]` : all,
    );
  });
}

function quoted(word: string): string {
  const short = cut(word, longestWord);
  return /^[\w@%+=:,./^~{}[\]-]+$/.test(short) ? short : `'${short.replaceAll("'", "'\\''")}'`;
}

const cut = (text: string, longest: number) =>
  text.length > longest ? `${text.slice(0, longest)}… (${text.length} characters)` : text;
