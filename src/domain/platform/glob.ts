/**
 * Path globs of configuration: `*`, `?`, `**`, `[a-z]`, `{a,b}`. Paths use `/` and are relative.
 *
 * A glob may come from an agent, as a setting of a test runner does. It is not tried way by way, as a regular expression
 * would do: all ways are followed at once, so that no glob takes longer than its length times that of the path.
 */
import { emptyRange, inClass } from './glob-class.js';

/** True when any of the globs matches the path. A glob without `/` matches top-level names only. */
export function matchesAny(path: string, globs: readonly string[]): boolean {
  return globs.some((glob) => matches(compiledOf(glob), path));
}

/** A character that is wanted, or the places to go on at without one. The place behind all steps is the end. */
type Step = ((char: string) => boolean) | readonly number[];

/** Places that are reached together, and where they lead by the characters that came until now. */
interface State {
  places: ReadonlySet<number>;
  next: Map<string, State>;
}

interface Glob {
  steps: readonly Step[];
  states: Map<string, State>;
  /** How many ways between states are remembered. */
  ways: number;
}

/** With more ways than this, all are forgotten, so that no glob and no path takes much memory. */
const mostWays = 10_000;

/** With more globs than these, all are forgotten, to be compiled anew. */
const mostCompiled = 1000;

const compiled = new Map<string, Glob>();

function compiledOf(glob: string): Glob {
  let known = compiled.get(glob);
  if (!known) {
    if (compiled.size >= mostCompiled) compiled.clear();
    known = { steps: compile(glob), states: new Map(), ways: 0 };
    compiled.set(glob, known);
  }
  return known;
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
    else if (char === '[' && classAt(glob, at) !== undefined) {
      const body = classAt(glob, at)!;
      steps.push(inClass(body));
      at += body.length + 1;
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
  return open.length === 0 ? steps : glob.split('').map(is);
}

/** What stands between the brackets that open at a place; undefined where none close them. */
function classAt(glob: string, at: number): string | undefined {
  // A bracket that comes first means itself.
  const first = glob[at + 1] === '!' || glob[at + 1] === '^' ? at + 2 : at + 1;
  const end = glob.indexOf(']', first + 1);
  return end < 0 ? undefined : glob.slice(at + 1, end);
}

/** What is wrong with a glob that a person wrote, and how to mend it; undefined when nothing is. */
export function globMistake(glob: string): string | undefined {
  for (let at = glob.indexOf('['); at >= 0; at = glob.indexOf('[', at + 1)) {
    const body = classAt(glob, at);
    const range = body === undefined ? undefined : emptyRange(body);
    if (range) {
      const { first, last } = range;
      return `${JSON.stringify(glob)} has the range ${first}-${last}, which holds no character; write ${last}-${first}`;
    }
    if (body !== undefined) at += body.length + 1;
  }
  return undefined;
}

function matches(glob: Glob, text: string): boolean {
  let state = stateOf(glob, [0]);
  for (let at = 0; at < text.length && state.places.size > 0; at++)
    state = state.next.get(text[at]!) ?? onwards(glob, state, text[at]!);
  return state.places.has(glob.steps.length);
}

function onwards(glob: Glob, state: State, char: string): State {
  const next: number[] = [];
  for (const place of state.places) {
    const step = glob.steps[place];
    if (typeof step === 'function' && step(char)) next.push(place + 1);
  }
  const found = stateOf(glob, next);
  if (glob.ways++ < mostWays) state.next.set(char, found);
  else {
    glob.states.clear();
    glob.ways = 0;
  }
  return found;
}

/** These places, and all that are reached from them without a character. */
function stateOf({ steps, states }: Glob, from: readonly number[]): State {
  const key = from.join();
  const known = states.get(key);
  if (known) return known;
  const places = new Set(from);
  for (const place of places) {
    const step = steps[place];
    if (step !== undefined && typeof step !== 'function') for (const to of step) places.add(to);
  }
  const state = { places, next: new Map() };
  states.set(key, state);
  return state;
}
