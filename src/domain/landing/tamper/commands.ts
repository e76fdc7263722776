/** Whether a command that was changed says less than it said. */

/** Flags that make a check look closer, or only speak otherwise. */
const harmless =
  /^(?:--?(?:coverage|verbose|v|vv|q|s|silent|quiet|ci|color|colors|no-color|cache|race|strict|check|max-warnings[= ]?0|all-features|workspace|all|locked|release|reporters?(?:=\S+)?|R|output-file(?:=\S+)?|json|cov(?:=\S+)?|cov-report(?:=\S+)?|durations(?:=\d+)?|forceExit|detectOpenHandles|exit|tb(?:=\w+)?|timeout(?:=\S+)?|maxWorkers(?:=\S+)?|runInBand|w|parallel|n|jobs(?:=\d+)?|j\d*|count(?:=[1-9]\d*)?)|\d+|auto|terse|spec|tap|dot|min|json|\w+:\S+)$/;

/** What keeps a failure from being told, or leaves out what was looked at. */
const silencing =
  /\|\|\s*(?:true|:|exit 0|echo)|;\s*(?:true|:|exit 0)|&&\s*exit 0|(?<!pipefail.*)\|\s*(?:cat|tee|tail|head)\b|\b(?:true|:|exit 0|echo)\s*(?:$|#)|--(?:passWithNoTests|no-verify|help|version|list\w*|dry-run|collect-only|showConfig|testPathIgnorePatterns|exclude\S*|ignore\S*|deselect|allow-empty|if-present|fix-only)\b|(?:^|\s)-(?:k|short|run|skip|t|x)\b|skipTests|skip-tests|set \+e/;

/** Variables by which tools are told to look less closely, or to load something first. */
const loosening =
  /\b(?:PYTHONOPTIMIZE=["']?[1-9]|(?:PYTEST_ADDOPTS|GOFLAGS)=["']?\S*-(?:-?co\w*|k|m|run|short|skip|-ignore|-deselect)|NODE_OPTIONS=["']?(?:[^"'\s]+ )*(?:--require|-r|--import|--loader)\b|RUSTFLAGS=["']?\S*--cfg|MAVEN_OPTS=["']?\S*skip|(?:LD_PRELOAD|BASH_ENV|PYTHONSTARTUP)=)/i;

/** A further case of a condition that can only end in a failure. */
const endsBadly =
  /\b(elif\b(?:(?!\b(?:elif|else|fi)\b).)*;)\s*then\b(?:(?!\b(?:elif|else|fi)\b).)*\bexit [1-9]\d*\s*;?/g;

/** Whether the line is weaker: a program of the old one is gone, or something silences it or leaves things out. */
export function isWeakerCommand(old: string, now: string): boolean {
  if (old === now) return false;
  if (saysNothing(old))
    return alwaysFails.test(old) && !alwaysFails.test(now) && (saysNothing(now) || silencing.test(now));
  if (isQuieter(old, now)) return true;
  if (mostWarnings(now) > mostWarnings(old) || leavesProjectsOut(old, now)) return true;
  const [was, is] = [old, now.replace(endsBadly, (whole, when) => (old.includes(when) ? whole : ''))].map(
    partsOf,
  ) as [string[][], string[][]];
  if (is.length < was.length) return true;
  if (isOtherOrder(old, now)) return false;
  // What stands in front of it may end the line before it runs.
  return was.some((words, at) => {
    const here = is[at];
    return here === undefined || here[0] !== words[0] || !isSameButHarmless(words, here);
  });
}

/** Whether more of it keeps a failure from being told, or tells tools to look less closely. */
export const isQuieter = (old: string, now: string): boolean =>
  [silencing, loosening].some((shape) => count(now, shape) > count(old, shape));

/** What a line says that checks nothing: it prints, or it does nothing. What npm writes there fails, and checks nothing either. */
export const saysNothing = (line: string): boolean =>
  !/\||`|\$\(/.test(line) && partsOf(line).every(([first = '']) => /^(?:echo|true|:|exit)$/.test(first));
const alwaysFails = /\bexit [1-9]/;

/** How many warnings a linter lets pass; a line that does not say it stays as it is judged by its words. */
const mostWarnings = (line: string) => Number(/--max-warnings[= ](\d+)/.exec(line)?.[1] ?? 0);

/** Whether the compiler of types looks at the projects that its settings refer to no more: it does so with `--build` only. */
export function leavesProjectsOut(old: string, now: string): boolean {
  const builds = /\btsc\b[^&|;\n]*\s(?:--build|-b)(?=\s|$)/;
  return builds.test(old) && !builds.test(now) && /\btsc\b/.test(now);
}

/** Whether both lines run the same commands, each only when all before it went well. */
function isOtherOrder(old: string, now: string): boolean {
  if (
    [old, now].some((line) =>
      /\|\||;|\||\n|(?<!&)&(?!&)|\b(?:cd|exec|exit|return|export|source)\b/.test(line),
    )
  )
    return false;
  const parts = (line: string) =>
    line
      .split('&&')
      .map((part) => part.trim())
      .sort()
      .join('\n');
  return parts(old) === parts(now);
}

function isSameButHarmless(old: readonly string[], now: readonly string[]): boolean {
  let at = 0;
  for (const word of now) {
    if (word === old[at]) at++;
    else if (!harmless.test(word)) return false;
  }
  return old.slice(at).every((word) => harmless.test(word));
}

/** Programs that look for all tests by themselves, by what they test. */
const runners: readonly RegExp[] = [
  /^(?:python[\d.]*\s+(?:setup\.py\s+(?:test|pytest|nosetests)|-m\s+(?:pytest|unittest(?:\s+discover)?|nose2?))|pytest|py\.test|nosetests|nose2|trial)(?=\s|$)/,
  /^(?:npx\s+)?(?:jest|vitest(?:\s+run)?|mocha|_mocha|ava|tap|tape|jasmine|karma\s+start|node\s+--test|uvu|wtr)(?=\s|$)/,
  /^(?:cargo\s+(?:test|nextest\s+run))(?=\s|$)/,
  /^(?:go\s+test|gotestsum)(?=\s|$)/,
  /^(?:bundle\s+exec\s+)?(?:rspec|rake\s+(?:test|spec))(?=\s|$)/,
  /^(?:(?:\.\/)?vendor\/bin\/)?(?:phpunit|pest|paratest)(?=\s|$)/,
  /^(?:npx\s+)?(?:tsd|tstyche|dtslint|vitest\s+(?:run\s+)?--typecheck(?:\.only)?)(?=\s|$)/,
];

/** What may follow a runner without leaving tests out: flags, numbers, and folders of all tests. */
const ofAll =
  /^(?:-{1,2}[\w.-]+(?:=[\w./-]+)?|\d+|auto|--|(?:\.\/)?(?:tests?|specs?|src|__tests__)\/?|\.\/?|\.\/\.\.\.)$/;
/** Flags that name what is run, and the way to end early. */
const chooses =
  /^(?:-[kmxtgf]|--(?:filter|grep|fgrep|testNamePattern|testPathPattern|only\w*|maxfail|exitfirst|lf|last-failed|sw|stepwise|group|match|lib|bins?|doc|tests?|example|no-run|run|short|shard|changed\w*|bail|collect-only|co|ignore\S*|deselect|exclude\S*|skip\S*|passWithNoTests|help|version|list\S*|dry-run)(?:=.*)?)$/;

/** Flags that make a tool forgive what it finds, take its orders from elsewhere, or look at less. */
const forgives =
  /^--?(?:no-?|non-?|dis-?|without|un)|zero|soft|forgiv|toler|allow|accept|permit|warn|quiet|silent|continue|keep|max|min|limit|level|sever|threshold|baseline|skip|ignor|exclu|omit|filter|match|pattern|grep|select|only|chang|stag|since|diff|new|last|first|shard|part|sample|fast|quick|short|dry|fix|write|update|snapshot|config|rc\b|rule|plugin|require|import|load|prefix|root|dir|cwd|path|file|override|option|env|pass|exit|force|never|advis|optional/i;

/**
 * The new flags of a line that is weaker for nothing else, of which no meaning is known: `--run-tests`. A person has to
 * tell what they do; undefined when the line is weaker anyway, or as strong as before.
 */
export function unknownFlags(old: string, now: string): string | undefined {
  if (!isWeakerCommand(old, now)) return undefined;
  const had = new Set(old.split(/\s+/));
  const isUnknown = (word: string) =>
    /^--[a-z][\w-]{2,}(?:=[\w.,:-]*)?$/i.test(word) &&
    !had.has(word) &&
    !chooses.test(word) &&
    !forgives.test(word.replace(/=.*/, ''));
  const words = now.split(/(\s+)/);
  const flags = words.filter(isUnknown);
  if (flags.length === 0) return undefined;
  const rest = words.filter((word) => !isUnknown(word)).join('');
  return isWeakerCommand(old, rest) ? undefined : flags.join(' ');
}

/** Flags of the program before that another need not know. */
const demands = /fail[-_]under|threshold|-race\b|strict|-W\s*error|--check/i;

/** Whether the line runs all tests of the same language by another program than the line before, and the rest as it was. */
export function isOtherRunner(old: string, now: string): boolean {
  if (/\|\||;|\||\n/.test(old) || /\|\||;|\||\n/.test(now)) return false;
  const [was, is] = [old, now].map((line) => partsOf(line).map((words) => words.join(' ')));
  if (was!.length !== is!.length) return false;
  const others = was!.map((part, at) => [part, is![at]!] as const).filter(([a, b]) => a !== b);
  return others.length === 1 && runsAllBy(...others[0]!);
}

/** Programs that look at all sources, one in the place of the other. */
const linters =
  /^(?:eslint|oxlint|tslint|xo|standard|biome (?:lint|check|ci))(?: (?:\.|src|--type-aware|--max-warnings[= ]0))*$|^(?:flake8|pylint|ruff check|ruff)(?: (?:\.|src))*$/;

/** Whether another linter comes in the place of one: what its rules find is not known. */
export function isOtherLinter(old: string, now: string): boolean {
  const [was, is] = [partsOf(old), partsOf(now)].map((parts) => parts.map((words) => words.join(' ')));
  if (was!.length !== is!.length || isQuieter(old, now)) return false;
  const others = was!.map((part, at) => [part, is![at]!] as const).filter(([a, b]) => a !== b);
  return others.length > 0 && others.every(([a, b]) => linters.test(a) && linters.test(b));
}

function runsAllBy(was: string, is: string): boolean {
  if (demands.test(was) || silencing.test(is)) return false;
  const shape = runners.find((one) => one.test(was) && one.test(is));
  const name = (line: string) => shape?.exec(line)?.[0];
  if (!shape || name(was) === name(is)) return false;
  const more = is.replace(shape, '').trim().split(/\s+/).filter(Boolean);
  return more.every((word) => ofAll.test(word) && !chooses.test(word));
}

/** The commands of a line, each in its words; assignments in front of one are not its program. */
function partsOf(line: string): string[][] {
  return line
    .split(/&&|\|\||;|\||\n/)
    .map((part) =>
      part
        .trim()
        .split(/\s+/)
        .filter((word) => word !== '' && !/^[A-Z_]\w*=/.test(word)),
    )
    .map((words) =>
      words.map((word) => word.replace(/^[@-]+(?=\w+$)/, (signs) => (signs.startsWith('@') ? '' : signs))),
    )
    .map((words) => words.map((word) => (word === 'py.test' ? 'pytest' : word)))
    .map((words) => plainly(words.join(' ')).split(' '))
    .filter((words) => words.length > 0);
}

/** A command without what only starts its program; the compiler of types says the same whether it writes or not. */
const plainly = (line: string): string => {
  const bare = line.replace(
    /^(?:npx(?: --?(?:yes|no-install|y))*|bunx|(?:pnpm|yarn)(?: exec)?) (?=(?:tsc|vue-tsc|eslint|oxlint|biome|prettier|jest|vitest|mocha|ava|tsd)\b)/,
    '',
  );
  return /^(?:vue-)?tsc\b/.test(bare) ? bare.replace(/ (?:--noEmit|--pretty|--build|-b)(?= |$)/g, '') : bare;
};

const count = (text: string, shape: RegExp): number =>
  text.match(new RegExp(shape.source, `${shape.flags}g`))?.length ?? 0;

/** Whether a script that a check runs lost a line of its own, or gained one that silences it. */
export function isNarrower(before: string, after: string): boolean {
  const linesOf = (text: string) =>
    text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !/^(?:#|\/\/|\*|\/\*)/.test(line));
  const now = new Set(linesOf(after));
  if (linesOf(before).some((line) => !now.has(line))) return true;
  const old = new Set(linesOf(before));
  return linesOf(after)
    .filter((line) => !old.has(line))
    .some(
      (line) =>
        silencing.test(line) || /^(?:exit|return|exec|process\.exit|sys\.exit|os\._exit)\b/.test(line),
    );
}
