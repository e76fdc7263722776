/** Scripts of `package.json` that checks run, with those that they run in turn. */
import {
  isOtherLinter,
  isOtherRunner,
  isQuieter,
  isWeakerCommand,
  leavesProjectsOut,
  saysNothing,
  unknownFlags,
} from './commands.js';
import type { FileTexts } from './test-files.js';
import type { Weakening } from './weakening.js';

/** Scripts by which people check, wherever no check is configured that names one. */
const customary =
  /^(?:tests?|lint|types?|typecheck|type-check|check|verify|validate|ci|coverage|unit)(?:[:.-].*)?$/;

/** The scripts that commands ask a package manager for. */
export function scriptsOf(runs: readonly (readonly string[])[]): string[] {
  return runs.flatMap((run) => scriptsIn(run.join(' ')));
}

/** Names, and for all scripts of a kind their names with a star. */
function scriptsIn(line: string): string[] {
  const called = [
    ...line.matchAll(/\b(?:npm|pnpm|yarn|bun)\s+(?:-\S+\s+)*(?:run(?:-script)?\s+)?(?:-\S+\s+)*([\w:.-]+)/g),
  ].map((match) => (match[1] === 't' ? 'test' : match[1]!));
  const several = [...line.matchAll(/\b(?:run-[sp]|npm-run-all)((?:[ \t]+["']?[\w:.*-]+["']?)+)/g)]
    .flatMap((match) => match[1]!.split(/[\s"']+/))
    .filter((word) => /^[^-]/.test(word));
  const kinds = [...line.matchAll(/\bpnpm\s+(?:-\S+\s+)*(?:run\s+)?["']?\/\^?(\w+[:.-])/g)].map(
    (match) => `${match[1]}*`,
  );
  return [...called, ...several, ...kinds];
}

type Scripts = Record<string, string>;

function read(text: string): Scripts {
  try {
    const { scripts } = JSON.parse(text) as { scripts?: Record<string, unknown> };
    return Object.fromEntries(
      Object.entries(scripts ?? {}).filter(([, line]) => typeof line === 'string'),
    ) as Scripts;
  } catch {
    return {};
  }
}

interface ScriptsOfBoth {
  old: Scripts;
  now: Scripts;
  /** Names that the configured checks ask for. */
  wanted: readonly string[];
  /** They are those of one package of several in the repository. */
  isOfPart: boolean;
}

type Told = Pick<Weakening, 'what' | 'explained' | 'held'> & { name: string };

/** Scripts that say less than before, their `pre` and `post` included; a new script that none had before is no change. */
export function changedScripts({ path, before, after }: FileTexts, wanted: readonly string[]): Weakening[] {
  const both = { old: read(before), now: read(after), wanted, isOfPart: path.includes('/') };
  const { old } = both;
  const found: Told[] = [];
  const seen = new Set<string>();
  const look = (name: string) => {
    const was = old[name];
    if (seen.has(name) || was === undefined) return;
    seen.add(name);
    found.push(...changeOf(name, was, both), ...changesAround(name, both));
    for (const next of scriptsIn(was)) look(next);
  };
  for (const name of Object.keys(old)) if (wanted.includes(name) || customary.test(name)) look(name);
  return found.map(({ name, ...told }) => ({ path, line: lineOf(after, name), ...told }));
}

/** What one script says less. */
function changeOf(name: string, was: string, both: ScriptsOfBoth): Told[] {
  const { old, now, wanted } = both;
  const is = now[name];
  if (is === undefined) return [{ name, what: `the script ${name} is gone`, ...renamed(name, both) }];
  const [before, after] = [spelledOut(was, old), spelledOut(is, now)];
  if (!isWeakerCommand(before, after)) return [];
  const excuse = isOtherRunner(before, after)
    ? 'another program runs all tests in its place'
    : isMaking(name, wanted) && stillMakes(was, is)
      ? 'it makes what is tested, and does so in another way'
      : undefined;
  const what = `the script ${name} is "${is}", and was "${was}"`;
  if (excuse !== undefined) return [{ name, what, explained: excuse }];
  const flags = unknownFlags(before, after);
  if (flags !== undefined) return [{ name, what, held: `what ${flags} leaves out is not known` }];
  if (isOtherLinter(before, after)) return [{ name, what, held: 'what the other linter finds is not known' }];
  if (
    leavesProjectsOut(before, after) &&
    !isWeakerCommand(before.replace(/ (?:--build|-b)(?= |$)/g, ''), after)
  )
    return [{ name, what, held: 'without --build, tsc leaves out projects that its settings refer to' }];
  const own = /^node (?:--\S+ )*(\S*\btests?\/\S+)$/.exec(after)?.[1];
  return [{ name, what, ...(own === undefined ? {} : { held: `what ${own} checks is not known` }) }];
}

/** What runs before or after a script that checks can undo it, or was a check of its own. */
function changesAround(name: string, { old, now }: ScriptsOfBoth): Told[] {
  const is = now[name];
  if (is === undefined) return [];
  return [`pre${name}`, `post${name}`].flatMap((around) => {
    const [was, then] = [old[around], now[around]];
    if (then !== undefined) {
      const what = `the script ${around} is new or other, and runs with ${name}`;
      return was === then ? [] : [{ name: around, what }];
    }
    const still = checkersIn(spelledOut(is, now));
    const lost = checkersIn(was ?? '').find((one) => !still.includes(one));
    return lost === undefined
      ? []
      : [{ name, what: `the script ${name} is run without ${around}, which ran ${lost}` }];
  });
}

/** Whether a script makes what is tested, and no check asks for it: what it makes is what the tests tell of. */
const isMaking = (name: string, wanted: readonly string[]) =>
  /^(?:pre|post)?(?:build|compile|bundle|generate|codegen|clean)(?:[:.-](?!.*(?:test|lint|check|type)).*)?$/.test(
    name,
  ) && !wanted.includes(name);
/** Whether a line makes something still, tells when that fails, and runs every check that it ran. */
const stillMakes = (was: string, is: string) =>
  !saysNothing(is) &&
  !isQuieter(was, is) &&
  checkersIn(was).every((checker) => checkersIn(is).includes(checker));

const checker =
  /^(?:.*\/)?(?:jest|vitest|mocha|ava|tap|tape|jasmine|karma|uvu|c8|nyc|eslint|tslint|xo|standard|biome|oxlint|prettier|stylelint|vue-tsc|tsd|attw|publint|flow|pytest|mypy|ruff|flake8)$/;

/** The programs and scripts in a line that check something, by their names. */
const checkersIn = (line: string): string[] => [
  ...line.split(/[\s;&|()]+/).filter((word) => checker.test(word)),
  ...(/\btsc\b[^&|;]*--noEmit\b/.test(line) ? ['tsc --noEmit'] : []),
  ...scriptsIn(line).filter((name) => customary.test(name)),
];

/** Why a script may be gone: a new one runs the same, and nothing asks for the old name, or for all names of its kind. */
function renamed(name: string, { old, now, wanted, isOfPart }: ScriptsOfBoth): Partial<Weakening> {
  const [kind = name] = name.split(/[:.-]/);
  const asks = new RegExp(`\\b${name.replace(/\W/g, '\\$&')}(?![\\w:.-])|\\b${kind}[:.-]\\*`);
  // npm runs these unasked.
  if (/^(?:pre|post)/.test(name) && old[name.replace(/^(?:pre|post)/, '')] !== undefined) return {};
  if ([...wanted, ...Object.values(now)].some((line) => asks.test(line))) return {};
  const other = Object.keys(now).find((one) => old[one] === undefined && now[one] === old[name]);
  if (other !== undefined) return { explained: `it is called ${other} now` };
  // What asks for a script by its name fails without it; only who asks for all of a kind would not notice.
  if (Object.values(old).some((line) => asks.test(line))) return {};
  if (kind === name) return {};
  return isOfPart
    ? { held: 'nothing here asks for it, and who asks all packages for it would not notice' }
    : { explained: 'nothing here asks for it, and what does fails without it' };
}

/** The line with the scripts that it calls in their places. */
function spelledOut(line: string, scripts: Scripts, depth = 3): string {
  if (depth === 0) return line;
  return line.replace(
    /(^|&&|;|\|\|)(\s*)(?:(?:npm|pnpm|yarn|bun)\s+(?:run\s+)?)([\w:.-]+)(?:\s+--(?=\s))?/g,
    (whole, before: string, space: string, name: string) =>
      scripts[name] === undefined || isMaking(name, [])
        ? whole
        : `${before}${space}${spelledOut(scripts[name], scripts, depth - 1)}`,
  );
}

function lineOf(text: string, name: string): number {
  const at = text.indexOf(`"${name}"`);
  return at < 0 ? 1 : text.slice(0, at).split('\n').length;
}
