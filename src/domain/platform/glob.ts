/**
 * Path globs of configuration: `*`, `?`, `**`, `[a-z]`, `{a,b}`. Paths use `/` and are relative.
 *
 * A glob may come from an agent, as a setting of a test runner does. It is not tried way by way, as a regular expression
 * would do: all ways are followed at once, so that no glob takes longer than its length times that of the path.
 */

/** True when any of the globs matches the path. A glob without `/` matches top-level names only. */
export function matchesAny(path: string, globs: readonly string[]): boolean {
  return globs.some((glob) => matches(stepsOf(glob), path));
}

/** A character that is wanted, or the places to go on at without one. The place behind all steps is the end. */
type Step = ((char: string) => boolean) | readonly number[];

const compiled = new Map<string, readonly Step[]>();

function stepsOf(glob: string): readonly Step[] {
  let steps = compiled.get(glob);
  if (!steps) {
    steps = compile(glob);
    compiled.set(glob, steps);
  }
  return steps;
}

const any = () => true;
const isSlash = (char: string) => char === '/';
const inName = (char: string) => char !== '/';
const is = (wanted: string) => (char: string) => char === wanted;

function compile(glob: string): readonly Step[] {
  const steps: Step[] = [];
  const open: { ways: number[]; ends: number[][] }[] = [];
  for (let at = 0; at < glob.length; at++) {
    const char = glob[at]!;
    const here = steps.length;
    const group = open.at(-1);
    if (char === '*' && glob[at + 1] === '*') {
      const atStart = at === 0 || glob[at - 1] === '/';
      at++;
      if (atStart && glob[at + 1] === '/') {
        at++;
        // Any number of whole names, each with its slash.
        steps.push([here + 1, here + 5], inName, [here + 1, here + 3], isSlash, [here]);
      } else steps.push([here + 1, here + 3], any, [here]);
    } else if (char === '*') steps.push([here + 1, here + 3], inName, [here]);
    else if (char === '?') steps.push(inName);
    else if (char === '[' && glob.indexOf(']', at + 2) > 0) {
      const end = glob.indexOf(']', at + 2);
      steps.push(oneOf(glob.slice(at + 1, end)));
      at = end;
    } else if (char === '{' && glob.includes('}', at)) {
      const ways = [here + 1];
      steps.push(ways);
      open.push({ ways, ends: [] });
    } else if (char === '}' && group) {
      for (const end of group.ends) end.push(here);
      open.pop();
    } else if (char === ',' && group) {
      const end: number[] = [];
      steps.push(end);
      group.ends.push(end);
      group.ways.push(here + 1);
    } else steps.push(is(char));
  }
  // A group that is not closed can only mean its own characters.
  return open.length === 0 ? steps : [...glob].flatMap((char) => char.split('').map(is));
}

function oneOf(body: string): (char: string) => boolean {
  const inside = body.replace(/^!/, '^').replace(/\\/g, '\\\\').replace(/\[/g, '\\[');
  const shape = new RegExp(`^(?!/)[${inside}]$`, 's');
  return (char) => shape.test(char);
}

function matches(steps: readonly Step[], text: string): boolean {
  let places = reached(steps, [0]);
  for (let at = 0; at < text.length && places.size > 0; at++) {
    const next: number[] = [];
    for (const place of places) {
      const step = steps[place];
      if (typeof step === 'function' && step(text[at]!)) next.push(place + 1);
    }
    places = reached(steps, next);
  }
  return places.has(steps.length);
}

/** These places, and all that are reached from them without a character. */
function reached(steps: readonly Step[], from: readonly number[]): ReadonlySet<number> {
  const places = new Set(from);
  for (const place of places) {
    const step = steps[place];
    if (step !== undefined && typeof step !== 'function') for (const to of step) places.add(to);
  }
  return places;
}
