/** The JSON values in a model's words. Local servers and their models put thinking, fences and prose around them. */

import { randomUUID } from 'node:crypto';
import { withoutSpans } from '../../../domain/platform/spans.js';

/** Thinking begins with one of the tags that models use for it; what it says is no answer, braces or not. */
const thinking =
  /<(?:\w+:)?(?:think|thinking|thoughts?|reasoning|reflection|analysis|scratchpad)\b[^<>]*>|<\|begin_of_thought\|>|\[THINK\]|◁think▷/gi;
const endOfThinking = (opened: string): string =>
  opened.startsWith('<|')
    ? '<|end_of_thought|>'
    : opened.replace(/^<([\w:]+)[^>]*>$/, '</$1>').replace(/^[[◁]/, '$&/');
/** Its end alone, where the beginning stands in the prompt's template: all before it was thought. */
const endOnly =
  /<\/(?:\w+:)?(?:think|thinking|thoughts?|reasoning|reflection|analysis|scratchpad)>|<\|end_of_thought\|>|\[\/THINK\]|◁\/think▷/gi;
/** The final channel of models that write in channels; what they thought stands in others before it. */
const finalChannel = /<\|channel\|>\s*final\b[^<]*<\|message\|>/gi;
const specialToken = /<\|[a-z_]+\|>|<\/?s>|<end_of_turn>/gi;

/** How many values are looked at in one text; an answer with more is no answer to any question of ours. */
const maxValues = 200;
/** How many characters are read in search of where values end: brackets that never close read the rest each. */
const maxSteps = 4_000_000;

/** What stands in a model's words. */
interface Said {
  /** Values that may be the answer, the likeliest first. */
  values: unknown[];
  /** What stands beside all values. */
  beside: string;
  /** The words held more values, or brackets, than are looked at. */
  cut: boolean;
}

/**
 * The whole text, what stands in fences, and every outermost object or list in the text, the last one first. The model's
 * thinking is left out unless nothing else is there.
 */
export function jsonIn(text: string): Said {
  const said = withoutThinking(text);
  const found = valuesIn(said);
  return found.values.length > 0 || said === text ? found : valuesIn(text);
}

/** What the model says after it has thought. A tag within a value that can be read is a part of that value. */
export function withoutThinking(text: string): string {
  const { values, without } = apart(text);
  const channels = [...without.matchAll(finalChannel)];
  const last = channels.at(-1);
  const spoken = last
    ? without.slice(last.index + last[0].length)
    : withoutSpans(without, thinking, endOfThinking);
  const ends = [...spoken.matchAll(endOnly)];
  const end = ends.at(-1);
  const plain = (end ? spoken.slice(end.index + end[0].length) : spoken).replace(specialToken, '').trim();
  return values.reduce((whole, { mark, value }) => whole.replace(mark, () => value), plain);
}

function valuesIn(text: string): Said {
  const fenced = [...text.matchAll(/```[\w-]*[ \t]*\r?\n?([\s\S]*?)```/g)].map(([, inner = '']) => inner);
  const { values, without, cut } = apart(text);
  const spans = values.map(({ value }) => value);
  const candidates = [text, ...fenced.reverse().slice(0, maxValues), ...spans.reverse()];
  const parts = candidates.map((candidate) => parsed(candidate.replace(/^\uFEFF/, '').trim()));
  const isWhole = parts[0] !== undefined;
  const beside = values.reduce((rest, { mark }) => rest.replace(mark, ''), isWhole ? '' : without);
  return {
    values: parts.filter((value) => value !== undefined),
    beside,
    cut: !isWhole && (cut || fenced.length > maxValues),
  };
}

/** Every value that can be read, and the text with a mark that stands nowhere else in place of each. */
function apart(text: string): { values: { mark: string; value: string }[]; without: string; cut: boolean } {
  const { found, cut } = outermost(text);
  const name = randomUUID();
  const values: { mark: string; value: string }[] = [];
  const pieces: string[] = [];
  let from = 0;
  for (const [begin, end] of found) {
    const value = text.slice(begin, end);
    if (parsed(value) === undefined) continue;
    const mark = `${name}:${values.length};`;
    values.push({ mark, value });
    pieces.push(text.slice(from, begin), mark);
    from = end;
  }
  return { values, without: pieces.join('') + text.slice(from), cut };
}

/** Undefined for what is no JSON, or says two things of one key: which of them was meant is not known. */
function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    // Some models put their answer into a string of JSON.
    if (typeof value === 'string' && /^\s*[{[]/.test(value)) return parsed(value);
    return hasKeyTwice(text) ? undefined : value;
  } catch {
    return undefined;
  }
}

/** Whether an object in this JSON has a key more than once, however it is escaped. */
function hasKeyTwice(json: string): boolean {
  const objects: (Set<string> | undefined)[] = [];
  for (const [token, key] of json.matchAll(/("(?:[^"\\]|\\.)*")(?=\s*:)|"(?:[^"\\]|\\.)*"|[{}[\]]/g)) {
    if (token === '{') objects.push(new Set());
    else if (token === '[') objects.push(undefined);
    else if (token === '}' || token === ']') objects.pop();
    if (key === undefined) continue;
    const keys = objects.at(-1);
    const name: string = JSON.parse(key);
    if (keys?.has(name)) return true;
    keys?.add(name);
  }
  return false;
}

/** Where balanced objects and lists stand that are in no other one; brackets in strings do not count. */
function outermost(text: string): { found: [begin: number, end: number][]; cut: boolean } {
  const found: [number, number][] = [];
  let steps = 0;
  for (let at = 0; ; ) {
    const begin = nextBracket(text, at);
    if (begin < 0) return { found, cut: false };
    if (found.length >= maxValues || steps >= maxSteps) return { found, cut: true };
    const { closed, to } = endOf(text, begin);
    steps += to - begin;
    if (closed) found.push([begin, to]);
    at = closed ? to : begin + 1;
  }
}

function nextBracket(text: string, from: number): number {
  const next = text.slice(from).search(/[{[]/);
  return next < 0 ? -1 : from + next;
}

/** Where the value ends that begins here, or as far as was read when its brackets do not match or never close. */
function endOf(text: string, begin: number): { closed: boolean; to: number } {
  const open: string[] = [];
  for (let at = begin; at < text.length; at++) {
    const char = text[at];
    if (char === '"') {
      const end = endOfString(text, at);
      if (end < 0) return { closed: false, to: -end };
      at = end;
    } else if (char === '{') open.push('}');
    else if (char === '[') open.push(']');
    else if (char === '}' || char === ']') {
      if (open.pop() !== char) return { closed: false, to: at };
      if (open.length === 0) return { closed: true, to: at + 1 };
    }
  }
  return { closed: false, to: text.length };
}

/** The quote that ends it; where it does not end, the place up to which was read, below zero. */
function endOfString(text: string, begin: number): number {
  for (let at = begin + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
    else if (text[at] === '\n') return -at;
  }
  return -text.length;
}
