/** Scripts of `package.json` that checks run, with those that they run in turn. */
import { isOtherRunner, isWeakerCommand } from './commands.js';
import type { FileTexts } from './test-files.js';
import type { Weakening } from './weakening.js';

/** Scripts by which people check, wherever no check is configured that names one. */
const customary =
  /^(?:tests?|lint|types?|typecheck|type-check|check|verify|validate|ci|coverage|unit)(?:[:.-].*)?$/;

/** The scripts that commands ask a package manager for. */
export function scriptsOf(runs: readonly (readonly string[])[]): string[] {
  return runs.flatMap((run) => scriptsIn(run.join(' ')));
}

function scriptsIn(line: string): string[] {
  const called = [
    ...line.matchAll(/\b(?:npm|pnpm|yarn|bun)\s+(?:-\S+\s+)*(?:run(?:-script)?\s+)?(?:-\S+\s+)*([\w:.-]+)/g),
    ...line.matchAll(/\b(?:run-[sp]|npm-run-all)\s+(?:-\S+\s+)*([\w:.*-]+)/g),
  ];
  return called.map((match) => (match[1] === 't' ? 'test' : match[1]!));
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

/** Scripts that say less than before, their `pre` and `post` included; a new script that none had before is no change. */
export function changedScripts({ path, before, after }: FileTexts, wanted: readonly string[]): Weakening[] {
  const [old, now] = [read(before), read(after)];
  const found: Weakening[] = [];
  const seen = new Set<string>();
  const look = (name: string) => {
    if (seen.has(name)) return;
    seen.add(name);
    const [was, is] = [old[name], now[name]];
    const told = (what: string, more: Partial<Weakening> = {}) =>
      found.push({ path, line: lineOf(after, name), what: `the script ${name} ${what}`, ...more });
    if (was !== undefined && is === undefined) told('is gone', renamed(name, wanted, old, now));
    else if (
      was !== undefined &&
      !(isMaking(name, wanted) && stillMakes(is!)) &&
      isWeakerCommand(spelledOut(was, old), spelledOut(is!, now))
    ) {
      const isOther = isOtherRunner(spelledOut(was, old), spelledOut(is!, now));
      told(
        `is "${is}", and was "${was}"`,
        isOther ? { explained: 'another program runs all tests in its place' } : {},
      );
    }
    // What runs before or after a script that checks can undo it.
    if (was !== undefined) {
      for (const around of [`pre${name}`, `post${name}`]) {
        if (now[around] !== undefined && old[around] !== now[around] && is !== undefined) {
          found.push({
            path,
            line: lineOf(after, around),
            what: `the script ${around} is new or other, and runs with ${name}`,
          });
        }
      }
      for (const next of scriptsIn(was)) look(next);
    }
  };
  for (const name of Object.keys(old)) if (wanted.includes(name) || customary.test(name)) look(name);
  return found;
}

/** Whether a script makes what is tested, and no check asks for it: what it makes is what the tests tell of. */
const isMaking = (name: string, wanted: readonly string[]) =>
  /^(?:pre|post)?(?:build|compile|bundle|generate|codegen|clean)(?:[:.-](?!.*(?:test|lint|check|type)).*)?$/.test(
    name,
  ) && !wanted.includes(name);
const stillMakes = (line: string) =>
  !/^\s*(?:true|:|echo\b.*|exit 0|)\s*$/.test(line) && !/\|\|\s*(?:true|:|exit 0)/.test(line);

/** Why a script may be gone: a new one runs the same, and nothing asks for the old name, or for all names of its kind. */
function renamed(name: string, wanted: readonly string[], old: Scripts, now: Scripts): Partial<Weakening> {
  const [kind = name] = name.split(/[:.-]/);
  const asks = new RegExp(`\\b${name.replace(/\W/g, '\\$&')}(?![\\w:.-])|\\b${kind}[:.-]\\*`);
  if (wanted.includes(name) || Object.values(now).some((line) => asks.test(line))) return {};
  const other = Object.keys(now).find((one) => old[one] === undefined && now[one] === old[name]);
  return other === undefined ? {} : { explained: `it is called ${other} now` };
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
