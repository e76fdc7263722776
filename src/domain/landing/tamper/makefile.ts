/** Targets of a Makefile or justfile that checks run, with what they depend on. */
import { isOtherRunner, isWeakerCommand, unknownFlags } from './commands.js';
import type { FileTexts } from './test-files.js';
import type { Weakening } from './weakening.js';

/** Targets by which people check, wherever no check is configured that names one. */
const customary =
  /^(?:tests?|checks?|lint|verify|validate|ci|unit|unittests?|coverage|typecheck|types?|vet|all-tests?)(?:[-_.].*)?$|^[^/]*[-_](?:tests?|lint|check)$/;

/** The targets that commands ask `make` or `just` for. */
export function targetsOf(runs: readonly (readonly string[])[]): string[] {
  return runs.flatMap((run) => {
    const words = run.join(' ').split(/[\s;&|()"']+/);
    const at = words.findIndex((word) => /(?:^|\/)(?:g?make|just)$/.test(word));
    return at < 0
      ? []
      : words.slice(at + 1).filter((word) => /^[\w.-]+$/.test(word) && !word.startsWith('-'));
  });
}

interface Rule {
  line: number;
  needs: string[];
  recipe: string[];
}

function rulesOf(text: string): Map<string, Rule> {
  const rules = new Map<string, Rule>();
  let open: Rule[] = [];
  let [started, addsUp] = [false, false];
  for (const [at, raw] of text.replace(/\\\n/g, ' ').split('\n').entries()) {
    const head = /^([^\s#:=][^#:=]*?)\s*::?(?!=)\s*([^#=]*)(?:#.*)?$/.exec(raw);
    if (/^(?:\t| {2,})/.test(raw) && open.length > 0) {
      // Of two recipes of one target, make takes the last.
      if (!started && !addsUp) for (const rule of open) rule.recipe = [];
      for (const rule of open) rule.recipe.push(raw.trim());
      started = true;
    } else if (head) {
      const needs = (head[2] ?? '').split(/\s+/).filter((word) => /^[\w./-]+$/.test(word));
      open = head[1]!.split(/\s+/).map((name) => {
        const rule = rules.get(name) ?? { line: at + 1, needs: [], recipe: [] };
        rule.needs.push(...needs);
        rules.set(name, rule);
        return rule;
      });
      started = false;
      addsUp = /^[^#=]*::/.test(raw);
    } else if (raw.trim() !== '' && started && !raw.startsWith('#')) open = [];
  }
  rules.delete('.PHONY');
  return rules;
}

/** Recipes of the targets that checks run, and of what these need, that say less than they did. */
export function changedRecipes({ path, before, after }: FileTexts, wanted: readonly string[]): Weakening[] {
  const [old, now] = [rulesOf(unprefixed(before)), rulesOf(unprefixed(after))];
  const asked = [...old.keys()].filter((name) => wanted.includes(name) || customary.test(name));
  const seen = new Set<string>();
  const found: Weakening[] = [];
  const look = (name: string) => {
    const was = old.get(name);
    const is = now.get(name);
    if (seen.has(name) || !was || isSource(name, was)) return;
    const other = is ? putsInPlace(was, is) : undefined;
    if (!other && brings(was) && (!is || fetches(is))) return;
    seen.add(name);
    const told = (what: string, more: Partial<Weakening> = {}) =>
      found.push({ path, line: is?.line ?? was.line, what: `the target ${name} ${what}`, ...more });
    if (other) told(`puts another program in the place of one that it runs: ${other}`);
    else if (!is)
      told('is gone', after === '' ? { held: 'its whole file is gone: what asks for it fails' } : {});
    else if (!(onlyCompiles(was) && onlyCompiles(is))) compare(was, is, told);
    for (const need of was.needs) look(need);
  };
  function compare(was: Rule, is: Rule, told: (what: string, more?: Partial<Weakening>) => unknown) {
    if (weakerRecipe(was.recipe, is.recipe, isOtherRunner)) {
      const held = isHandedOn(was, is, now) ? 'what it needs now runs the same programs' : newFlags(was, is);
      told('runs less than before', held ? { held } : {});
    } else if (weakerRecipe(was.recipe, is.recipe)) {
      told('runs other than before', { explained: 'another program runs all tests in its place' });
    } else {
      const gone = was.needs.find((need) => {
        const rule = old.get(need);
        return !is.needs.includes(need) && rule?.recipe.length && !isSource(need, rule);
      });
      if (gone !== undefined) told(`needs ${gone} no more`);
    }
  }
  for (const name of asked) look(name);
  return asked.length > 0 ? [...found, ...ofEveryRecipe({ path, before, after })] : found;
}

/** A file of the program that is generated: what does not compile without it tells that itself. A recipe that checks is none. */
const isSource = (name: string, { recipe }: Rule) =>
  /\.(?:c|cc|cpp|cxx|h|hh|hpp|inc|o|a|so|y|l|in|[1-9])$/.test(name) &&
  !/(?:^|[\s/_.-])(?:c?tests?|check|lint|verify|pytest)\b/m.test(recipe.join('\n'));

const fetching = /^\s*[@+]*\s*(?:curl|wget|go install|cargo install|pip install)\s/;
const placing = /^\s*[@+]*\s*(?:mkdir|chmod|mv|ln|tar|rm)\s/;
/** What was fetched is run to lay itself in its place: `curl … | sh -s -- -b bin`. */
const installing = /^\s*(?:ba|z|da)?sh(?:\s+-s\b[^;&|]*)?\s*$/;
/** The commands of a recipe, where several stand in a line too. */
const commandsOf = ({ recipe }: Rule) =>
  recipe
    .flatMap((line) => line.replace(/"[^"`$]*"|'[^']*'/g, '""').split(/[;&|]/))
    .filter((command) => command.trim() !== '');
/** Whether a recipe only brings a program here, or lays it in its place: who runs the program misses it. */
const brings = (rule: Rule) => {
  const commands = commandsOf(rule);
  const isPlain = (command: string) => fetching.test(command) || placing.test(command);
  return (
    commands.length > 0 &&
    commands.every(
      (one, at) => isPlain(one) || (installing.test(one) && fetching.test(commands[at - 1] ?? '')),
    )
  );
};
const fetches = (rule: Rule) => brings(rule) && commandsOf(rule).some((one) => fetching.test(one));

/** A program that does nothing, or that the recipe writes itself, as what comes to lie somewhere. */
const placesAnother =
  /^[\s@+-]*(?:(?:cp|ln|mv|install)\s+(?:-\S+\s+)*(?:(?:\/\S*\/)?(?:true|echo|test|sleep|cat|sh)|\$[({][^)}]*\b(?:which|command -v|shell)\b[^)}]*[)}]|\$\$\([^)]*\)|`[^`]*`)\s|(?:echo|printf|cat|true|:)\b[^|]*>\s*(?:\S*\/bin\/|\$@|\S*\bbin\/))/;

/** A command that is new in a recipe and lays a program that says nothing where a tool is looked for. */
const putsInPlace = (was: Rule, is: Rule): string | undefined => {
  const known = new Set(was.recipe.flatMap((line) => line.split(/[;&|]+/)).map((one) => one.trim()));
  return is.recipe
    .flatMap((line) => line.split(/[;&|]+/))
    .map((one) => one.trim())
    .find((one) => !known.has(one) && placesAnother.test(one));
};

/** Whether all programs of a recipe are run, failures told, by the rule or by targets that it needs only now. */
function isHandedOn(was: Rule, is: Rule, now: ReadonlyMap<string, Rule>): boolean {
  const programs = (lines: readonly string[]) =>
    lines
      .filter((line) => !line.startsWith('-'))
      .map((line) => /^[@+]*(?:\S*\/)?(\S+)/.exec(line)?.[1] ?? '');
  const news = is.needs
    .filter((need) => !was.needs.includes(need))
    .flatMap((need) => now.get(need)?.recipe ?? []);
  const runs = new Set(programs([...is.recipe, ...news]));
  return news.length > 0 && programs(was.recipe).every((program) => runs.has(program));
}

/** Why a recipe is weaker only for flags of which no meaning is known; undefined when it is weaker anyway. */
function newFlags(was: Rule, is: Rule): string | undefined {
  const seen: string[] = [];
  const isAsGood = (old: string, now: string) => {
    const flags = unknownFlags(old, now);
    if (flags !== undefined) seen.push(flags);
    return flags !== undefined || isOtherRunner(old, now);
  };
  return weakerRecipe(was.recipe, is.recipe, isAsGood) || seen.length === 0
    ? undefined
    : `what ${seen[0]} leaves out is not known`;
}

/** Whether a recipe only makes a program of sources: what it leaves out is missed by who runs that program. */
const onlyCompiles = ({ recipe }: Rule) =>
  recipe.length > 0 &&
  recipe.every((line) =>
    /^[@+]*(?:\$[({](?:CC|CXX|LD|LINK\w*|AR)[)}]|(?:gcc|g\+\+|clang|clang\+\+|cc|c\+\+)\s)[^;&|]*$/.test(
      line,
    ),
  );

/** What is said once, and makes every recipe say less. */
const everywhere: readonly [RegExp, string][] = [
  [/^\.IGNORE\s*:\s*$/gm, 'failures are ignored'],
  [
    /^\s*(?:export\s+|override\s+)*(?:GNU)?MAKEFLAGS\s*[:+?]?=.*(?:(?:^|[\s=])-?[a-zA-Z]*[iknqt][a-zA-Z]*(?=\s|$)|--(?:ignore-errors|keep-going|dry-run|just-print|touch|question))/gm,
    'make does not stop at what fails',
  ],
  [
    /^\s*(?:export\s+|override\s+)*SHELL\s*[:?]?=(?!.*\b(?:ba|da|z|k|fi)?sh\b).*$/gm,
    'recipes are run by something else',
  ],
  [
    /^\s*export\s+(?:GOFLAGS|PYTEST_ADDOPTS|NODE_OPTIONS|RUSTFLAGS|MAVEN_OPTS|JEST_\w+)\s*[:+?]?=.*(?:-run|-k\b|--co\w*|-short|--ignore|--deselect|skip|--require|-r\b|--maxfail|--lf)/gm,
    'tests are left out by options',
  ],
];

function ofEveryRecipe({ path, before, after }: FileTexts): Weakening[] {
  return everywhere.flatMap(([shape, what]) => {
    const now = [...after.matchAll(shape)];
    if (now.length <= [...before.matchAll(shape)].length) return [];
    return [{ path, line: after.slice(0, now.at(-1)!.index).split('\n').length, what }];
  });
}

const bare = (line: string) => line.replace(/^[@+]+\s*/, '');

/** The text without variables in front of programs that people may set to run these under another one, and no line sets. */
function unprefixed(text: string): string {
  const set = new Set([...text.matchAll(setting)].map((match) => match[1] ?? match[2]));
  return text.replace(
    /^(\t[@+]*)\$[({]([A-Z_]+)[)}][ \t]+(?=\.{0,2}\/)/gm,
    (whole, start: string, name: string) => (set.has(name) ? whole : start),
  );
}

const setting =
  /^[ \t]*(?:(?:export|override)[ \t]+)*([A-Z_]+)[ \t]*[:+?!]*=|^[ \t]*define[ \t]+([A-Z_]+)\b/gm;

function weakerRecipe(
  was: readonly string[],
  is: readonly string[],
  isAsGood: (old: string, now: string) => boolean = () => false,
): boolean {
  // Text for the reader does nothing.
  const real = (lines: readonly string[]) =>
    lines.map(bare).filter((line) => !/^(?:echo|printf|#|\$\(info)/.test(line));
  const [old, now] = [real(was), real(is)];
  if (old.length === 0) return false;
  const left = [...now];
  return old.some((line) => {
    const same = left.findIndex(
      (other) =>
        (!isWeakerCommand(line, other) || isAsGood(line, other)) &&
        !(other.startsWith('-') && !line.startsWith('-')),
    );
    if (same < 0) return true;
    left.splice(same, 1);
    return false;
  });
}
