/** Whether a command that was changed says less than it said. */

/** Flags that make a check look closer, or only speak otherwise. */
const harmless =
  /^(?:--?(?:coverage|verbose|v|vv|q|s|silent|quiet|ci|color|colors|no-color|cache|race|strict|check|max-warnings[= ]?0|all-features|workspace|all|locked|release|reporters?(?:=\S+)?|output-file(?:=\S+)?|json|cov(?:=\S+)?|cov-report(?:=\S+)?|durations(?:=\d+)?|tb(?:=\w+)?|timeout(?:=\S+)?|maxWorkers(?:=\S+)?|runInBand|w|parallel|n|jobs(?:=\d+)?|j\d*|count(?:=\d+)?)|\d+|auto|\w+:\S+)$/;

/** What keeps a failure from being told, or leaves out what was looked at. */
const silencing =
  /\|\|\s*(?:true|:|exit 0|echo)|;\s*(?:true|:|exit 0)|&&\s*exit 0|\|\s*cat\b|\b(?:true|:|exit 0|echo)\s*(?:$|#)|--(?:passWithNoTests|no-verify|help|version|list\w*|dry-run|collect-only|showConfig|testPathIgnorePatterns|exclude\S*|ignore\S*|deselect|allow-empty|if-present|fix-only)\b|(?:^|\s)-(?:k|short|run|skip|t|x)\b|skipTests|skip-tests|set \+e/;

/** Whether the line is weaker: a program of the old one is gone, or something silences it or leaves things out. */
export function isWeakerCommand(old: string, now: string): boolean {
  if (old === now) return false;
  if (count(now, silencing) > count(old, silencing)) return true;
  const [was, is] = [old, now].map(partsOf) as [string[][], string[][]];
  if (is.length < was.length) return true;
  // What stands in front of it may end the line before it runs.
  return was.some((words, at) => {
    const here = is[at];
    return here === undefined || here[0] !== words[0] || !isSameButHarmless(words, here);
  });
}

function isSameButHarmless(old: readonly string[], now: readonly string[]): boolean {
  let at = 0;
  for (const word of now) {
    if (word === old[at]) at++;
    else if (!harmless.test(word)) return false;
  }
  return old.slice(at).every((word) => harmless.test(word));
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
    .filter((words) => words.length > 0);
}

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
