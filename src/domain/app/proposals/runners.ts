/** Programs that run tasks by their names, or several commands side by side. */
import { type CheckKind, kindOfName, noCheck } from './kinds.js';
import { programName } from './read-only.js';
import { type Statement, statementOf, statementsOf } from './shell.js';

const startsTool = /^(?:npx|bunx|exec|dlx|x|pnpm|yarn|bun|npm|--yes|-y|--no-install)$/;

/** The commands that one statement runs side by side, or one after the other, each as its statements; undefined where it runs none that way. */
export function commandsWithin({ words, text }: Statement): Statement[][] | undefined {
  const later = /^([\s\S]*[^&>\s])\s*&\s*(?:\w+=\$!)?$/.exec(text);
  if (later) return [[statementOf(later[1]!)]];
  const at = words.findIndex((word) => !startsTool.test(word));
  const program = programName(words[at] ?? '');
  const rest = words.slice(at + 1);
  const lines = isTogether(program)
    ? togetherIn(rest)
    : /^(?:npm-run-all2?|run-[sp])$/.test(program)
      ? rest
          .filter((word) => /^[\w:.-]+$/.test(word) && !word.startsWith('-'))
          .map((word) => `npm run ${word}`)
      : undefined;
  if (!lines || lines.length === 0) return undefined;
  return lines.map((line) => statementsOf(line) ?? []);
}

const isTogether = (program: string) => /^(?:concurrently|conc)$/.test(program);

/** Its commands are those words that are not the values of its options. */
function togetherIn(words: readonly string[]): string[] {
  const takesValue =
    /^(?:-n|--names|-c|--prefix-colors|-p|--prefix|-m|--max-processes|-s|--success|--name-separator|--restart-\w+|-i|--handle-input)$/;
  return words
    .filter((word, at) => !word.startsWith('-') && !takesValue.test(words[at - 1] ?? ''))
    .map((word) => word.replace(/^(npm|pnpm|yarn|bun):(\S+)/, '$1 run $2'));
}

/** How the tasks of a program are named in its words: behind a verb, behind an option, or at once. */
const tasksOf: Record<string, (words: readonly string[]) => readonly string[]> = {
  turbo: (words) => plain(words[0] === 'run' ? words.slice(1) : words),
  nx: (words) =>
    /^(?:run-many|affected)$/.test(words[0] ?? '')
      ? targetsIn(words)
      : [(words[0] === 'run' ? words[1] : words[0])?.split(':').at(-1) ?? ''],
  lerna: (words) => (words[0] === 'run' ? plain(words.slice(1)) : []),
  moon: (words) =>
    /^(?:run|ci|check)$/.test(words[0] ?? '')
      ? plain(words.slice(1)).map((one) => one.replace(/^.*:/, ''))
      : [],
  lage: (words) => plain(words[0] === 'run' ? words.slice(1) : words),
  rush: (words) => plain(words),
  task: (words) => plain(words),
  poe: (words) => plain(words).slice(0, 1),
  inv: (words) => plain(words),
  invoke: (words) => plain(words),
  mise: (words) => (/^(?:run|r)$/.test(words[0] ?? '') ? plain(words.slice(1)).slice(0, 1) : []),
  hatch: (words) =>
    words[0] === 'run'
      ? plain(words.slice(1))
          .slice(0, 1)
          .map((one) => one.replace(/^.*:/, ''))
      : words[0] === 'test'
        ? ['test']
        : [],
  pdm: (words) => (words[0] === 'run' ? plain(words.slice(1)).slice(0, 1) : []),
  rye: (words) =>
    words[0] === 'run'
      ? plain(words.slice(1)).slice(0, 1)
      : /^(?:test|lint)$/.test(words[0] ?? '')
        ? [words[0]!]
        : [],
};

const plain = (words: readonly string[]) =>
  words.filter(
    (word, at) =>
      /^[\w@/:.-]+$/.test(word) &&
      !word.startsWith('-') &&
      !/^-(?:F|-filter|-scope|-parallel|-projects?|-base|-head|-concurrency)$/.test(words[at - 1] ?? ''),
  );

function targetsIn(words: readonly string[]): string[] {
  const at = words.findIndex((word) => /^(?:-t|--targets?)(?:=|$)/.test(word));
  if (at < 0) return [];
  const said = /=(.+)$/.exec(words[at]!)?.[1];
  const rest = words.slice(at + 1);
  const end = rest.findIndex((word) => word.startsWith('-'));
  return (said ? [said] : rest.slice(0, end < 0 ? undefined : end)).flatMap((one) => one.split(','));
}

/** What the tasks check that a program runs by their names; undefined where it runs none, or none that checks. */
export function taskRun(
  words: readonly string[],
): { kind: CheckKind; name: string; key: string } | undefined {
  if (/^(?:pnpm|yarn|bun)$/.test(words[0] ?? '') && Object.hasOwn(tasksOf, words[1] ?? '')) {
    const found = taskRun(words.slice(1));
    return found && { ...found, key: words.join(' ') };
  }
  const program = programName(words[0] ?? '');
  const tasks = Object.hasOwn(tasksOf, program) ? tasksOf[program]!(words.slice(1)) : [];
  const checking = tasks.filter((task) => task !== '' && !noCheck(task));
  const kinds = checking.map(kindOfName);
  const kind = kinds.includes('test') ? 'test' : kinds.find((one) => one !== undefined);
  if (!kind || checking.some((task) => /(?:^|[^a-z])(?:fix|write|format)$/i.test(task))) return undefined;
  return { kind, name: checking.join('-'), key: words.join(' ') };
}
