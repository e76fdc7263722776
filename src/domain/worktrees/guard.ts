/** What changed in a repository while an agent ran: what of it is everyday, and what a person has to look at. */

/** One difference between before a run and now. */
export interface GuardFinding {
  /** What differs: a ref, a path, a path with a key of configuration, or `stash`. */
  what: string;
  /** One sentence for people: what it was, what it is. */
  text: string;
  /** A person has to look at it: the task waits before landing. */
  look: boolean;
  /** Identity of what is there now: a person's word about it holds for this state and no other. */
  state: string;
}

/** What the registry knows of the guard of a task's newest run. */
export interface GuardState {
  /** Run whose note says how things were before. */
  run: string;
  /** SHA-256 of the note. The note stands in a file that an agent may reach; what was changed there is seen by this. */
  note: string;
  /** Every run since then was in a box of ours. A run's own record may say so as well, but an agent may have written it. */
  boxed?: boolean;
  /** What waits for a person's word. */
  found?: GuardFinding[];
  /** What a person accepted or put back, as `what state`. */
  settled?: string[];
}

export const settledKey = ({ what, state }: Pick<GuardFinding, 'what' | 'state'>): string =>
  `${what} ${state}`;

/** A line of a reflog. */
export interface RefMove {
  before: string;
  after: string;
  /** E-mail of the committer who moved it, as git noted it. */
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
    const id = (text: string) => (none.test(text) ? '' : text);
    moves.push({ before: id(before), after: id(after), email, name, why });
  }
  return moves;
}

/** Values of every key, in order. */
export type ConfigValues = ReadonlyMap<string, readonly string[]>;

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

const never = () => false;
const isBoolean = (value: string) => /^(|true|false|yes|no|on|off|[01])$/i.test(value);
/** Programs that are found on PATH and only show or edit, with plain options. */
const isTool = (value: string) =>
  /^(|:|true|false|cat|less|more|most|delta|bat|diff-so-fancy|diff-highlight|vi|vim|nvim|view|nano|emacs|emacsclient|ed|micro|hx|code|codium|subl|gpg|gpg2|gpgsm|ssh-keygen)( -[-\w=]+)*$/.test(
    value,
  );
const isFilter = (value: string) =>
  /^(|git-lfs (clean|smudge)( --skip)? -- %f|git-lfs filter-process( --skip)?)$/.test(value);
const isAlias = (value: string) =>
  /^\w[\w-]*( |$)/.test(value) &&
  !/(^| )(-[xOc]|--exec|--extcmd|--upload-pack|--receive-pack|--open-files|--config|run |foreach )/.test(
    value,
  );
/** Keepers of passwords that come with git or with the system; `store` writes them down for all to read. */
const isKeeper = (value: string) =>
  /^(|cache( --timeout[= ]\d+)?|osxkeychain|manager(-core)?|libsecret|gnome-keyring|wincred)$/.test(value);
const isAddress = (value: string) => !/^\w+::|^-/.test(value);

/** Keys by which a repository makes git run a program or look elsewhere; the test says which values do neither. */
const reaching: readonly [RegExp, (value: string) => boolean][] = [
  [/^(core\.(editor|pager)|sequence\.editor|gpg\.(.*\.)?program)$/s, isTool],
  [/^pager\./, (value) => isBoolean(value) || isTool(value)],
  [/^core\.fsmonitor$/, isBoolean],
  [/^core\.bare$/, (value) => /^(false|no|off|0)$/i.test(value)],
  [/^filter\..*\.(clean|smudge|process)$/s, isFilter],
  [/^alias\./, isAlias],
  [/^(remote\..*\.(push)?url|submodule\..*\.url|url\..*\.(push)?insteadof)$/s, isAddress],
  [/^remote\..*\.uploadpack$/s, (value) => value === 'git-upload-pack'],
  [/^remote\..*\.receivepack$/s, (value) => value === 'git-receive-pack'],
  [/^submodule\..*\.update$/s, (value) => !value.startsWith('!')],
  [/^sendemail\.(.*\.)?smtpserver$/s, (value) => !value.startsWith('/')],
  [/^core\.(worktree|attributesfile|sshcommand|askpass|gitproxy|alternaterefscommand)$/, never],
  [/^(include|includeif\..*)\.path$|^url\.\w+::.*\.(push)?insteadof$|^protocol\./s, never],
  [/^(branch\..*\.mergeoptions|pull\.(twohead|octopus)|remote\..*\.vcs|init\.templatedir)$/s, never],
  [/^(web\.browser|interactive\.difffilter|diff\.external|imap\.tunnel|svn\.authorsprog)$/, never],
  [/^(diff|merge|tar|trailer)\..*\.(command|textconv|driver|cmd)$/s, isTool],
  [/^(difftool|mergetool|browser|man|guitool|instaweb)\..*(cmd|path|httpd)$/s, never],
  [/^lfs\.(customtransfer\..*|extension\..*\.(clean|smudge)|standalonetransferagent)$/s, never],
  [/^credential\.(.*\.)?helper$/s, isKeeper],
  [/(hook|command|(?<!^credential\..*)helper|program|cmd)$/s, isTool],
];

/** Whether this value of a key can make git run a program or look elsewhere. `core.hooksPath` is judged by what is there. */
export function reaches(key: string, value: string): boolean {
  return reaching.some(([pattern, harmless]) => pattern.test(key) && !harmless(value));
}

/** Keys whose values differ, sorted. */
export function changedKeys(before: ConfigValues, after: ConfigValues): string[] {
  const differs = (key: string) => JSON.stringify(before.get(key)) !== JSON.stringify(after.get(key));
  return [...new Set([...before.keys(), ...after.keys()])].filter(differs).sort();
}

/** Hook managers: what the code of their hooks has in it. */
const managers: Readonly<Record<string, RegExp>> = {
  husky: /\/h"$|\bhusky\b/m,
  lefthook: /\blefthook\b/,
  'pre-commit': /\bpre[-_]commit\b|\bprek\b/,
  prek: /\bprek\b/,
  'simple-git-hooks': /SKIP_SIMPLE_GIT_HOOKS|simple-git-hooks/,
  dvc: /\bdvc git-hook\b/,
  overcommit: /\bovercommit\b/i,
  captainhook: /\bcaptainhook\b/i,
  yorkie: /\byorkie\b/,
};

/** The configuration of the manager stands in the repository, or one of its manifests names it. */
function declares(files: ReadonlyMap<string, string>, name: string): boolean {
  const own = new RegExp(`^\\.?${name}(-config|-local)?(rc)?(\\.\\w+)*$`);
  return [...files].some(([path, text]) => own.test(path) || new RegExp(`["'\\s]${name}["'\\s]`).test(text));
}

/** Files at the root of a repository in which a hook manager may be named besides a file of its own. */
export const manifests = ['package.json', 'composer.json', 'Cargo.toml', 'Gemfile', 'pyproject.toml'];

/** What no hook of a manager does, whatever else it says: fetch or unpack code, write files, go on in the background. */
const foreign = [
  /\b(curl|wget|ncat|nc|socat|telnet|ssh|scp|base64|xxd|openssl|osascript|powershell|crontab|nohup|setsid|disown)\b/,
  /(^|[;&|({`]|\b(then|else|do|exec))\s*(eval|source|tee|dd|rm|mv|cp|ln|chmod|chown|mkdir|mkfifo|install)\s/,
  /\b(python\d?(\.\d+)?|perl|ruby|node|php|lua)\s+(-\w*[cer]\b|--eval)|\b(ba|z|k|da)?sh\s+-\w*c\b/,
  /\/dev\/(tcp|udp)\/|\|\s*(ba|z|k|da)?sh\b|(^|[^&>])&\s*$|(^|[^<>&\d])>>?(?![>\s]*(?:&|\/dev\/null\b))/,
] as const;

/** The line by which a hook hands over to husky, versions 4 to 9; what follows it is a hook of its own. */
const huskyCall = /^\. "\$\(dirname (-- )?"\$0"\)\/(_\/)?(h|husky\.sh)"$/;

/** Whether code that names a manager does no more than its hooks do. */
function isPlain(code: readonly string[]): boolean {
  if (code.some((line) => huskyCall.test(line)) && code.length > 1) return false;
  return !foreign.some((sign) => code.some((line) => sign.test(line)));
}

const codeOf = (hook: string): string[] =>
  hook.split('\n').flatMap((line) => (/^\s*(#|$)/.test(line) ? [] : [line.trim()]));

/** A hook that runs nothing. */
const isIdle = (code: readonly string[]) => code.every((line) => /^(:|true|exit( \d+)?)$/.test(line));

/** What `git lfs install` writes. */
const isLfs = (code: readonly string[]) =>
  code.every((line) =>
    /^(command -v git-lfs >\/dev\/null 2>&1 \|\| \{ (printf|echo) >&2( "[^"$`]*")+; exit \d; \}|git lfs [a-z-]+ "\$@")$/.test(
      line,
    ),
  );

/**
 * What a hook is that a person need not look at: `nothing` runs nothing, otherwise the name of the manager whose hook it is.
 * @param files tracked files at the root of the repository, with the text of its manifests
 */
export function harmlessHook(hook: string, files: ReadonlyMap<string, string>): string | undefined {
  const code = codeOf(hook);
  if (isIdle(code)) return 'nothing';
  if (isLfs(code)) return 'git-lfs';
  const isOf = ([name, sign]: [string, RegExp]) => sign.test(code.join('\n')) && declares(files, name);
  if (!isPlain(code)) return undefined;
  return Object.entries(managers).find(isOf)?.[0];
}
