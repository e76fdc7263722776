/** Files that the command of a check names: those that it runs define the check, others are only read by it. */

/** Programs that run the file that they are given. */
const interpreter =
  /^(?:sh|bash|zsh|dash|ksh|fish|node|nodejs|deno|bun|tsx|ts-node|python[\d.]*|ruby|perl|php|lua|pwsh|Rscript|source|\.)$/;

/** Programs that run what follows them. */
const wrapper = /^(?:env|exec|command|time|timeout|nice|npx|xvfb-run|sudo|uv|poetry|pipenv|run)$/;

/** Flags by which a program is told where its settings are. */
const settingsFlag =
  /^(?:-c|-f|--config|--configfile|--config-file|--file|--rcfile|--settings|-r|--require|--import)$/;

const plain = (word: string): string => word.replace(/^(?:\.\/)+/, '');

/** The words of each simple command, quotes taken away; assignments in front are left out. */
function commandsOf(run: readonly string[]): string[][] {
  return run
    .join(' ')
    .split(/[;&|()\n]+/)
    .map((part) => part.split(/[\s"'<>=]+/).filter((word) => word !== '' && !/^[A-Z_]+$/.test(word)))
    .filter((words) => words.length > 0);
}

/** Whether a command names the file anywhere. */
export function isNamed(path: string, run: readonly string[]): boolean {
  return commandsOf(run).some((words) => words.some((word) => plain(word) === path));
}

/** Whether a command runs the file, by itself or through an interpreter, or takes its settings from it. */
export function isRun(path: string, run: readonly string[]): boolean {
  return commandsOf(run).some((words) => {
    const at = words.findIndex((word) => plain(word) === path);
    if (at < 0) return false;
    const before = words.slice(0, at);
    const program = before.filter(
      (word) => !wrapper.test(word) && !word.startsWith('-') && !/^\d+[smh]?$/.test(word),
    );
    if (program.length === 0 || settingsFlag.test(before.at(-1)!)) return true;
    const name = program.at(-1)!;
    return interpreter.test(name.slice(name.lastIndexOf('/') + 1));
  });
}
