/** The JSON values in a model's words. Local servers and their models put thinking, fences and prose around them. */

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

/**
 * Values that may be the answer, the likeliest first: the whole text, what stands in fences, and every outermost
 * object or list in the text, the last one first. The model's thinking is left out unless nothing else is there.
 */
export function jsonIn(text: string): unknown[] {
  const said = withoutThinking(text);
  const found = valuesIn(said);
  return found.length > 0 || said === text ? found : valuesIn(text);
}

/** What the model says after it has thought. */
export function withoutThinking(text: string): string {
  const channels = [...text.matchAll(finalChannel)];
  const last = channels.at(-1);
  const spoken = last ? text.slice(last.index + last[0].length) : withoutSpans(text, thinking, endOfThinking);
  const ends = [...spoken.matchAll(endOnly)];
  const end = ends.at(-1);
  return (end ? spoken.slice(end.index + end[0].length) : spoken).replace(specialToken, '').trim();
}

function valuesIn(text: string): unknown[] {
  const fenced = [...text.matchAll(/```[\w-]*[ \t]*\r?\n?([\s\S]*?)```/g)].map(([, inner = '']) => inner);
  const candidates = [text, ...fenced.reverse().slice(0, maxValues), ...outermost(text).reverse()];
  return candidates.flatMap((candidate) => {
    const value = parsed(candidate.replace(/^\uFEFF/, '').trim());
    return value === undefined ? [] : [value];
  });
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

/** Balanced objects and lists that are in no other one; brackets in strings do not count. */
function outermost(text: string): string[] {
  const found: string[] = [];
  let steps = 0;
  for (let at = 0; at < text.length && found.length < maxValues && steps < maxSteps; ) {
    const begin = nextBracket(text, at);
    if (begin < 0) break;
    const { closed, to } = endOf(text, begin);
    steps += to - begin;
    if (closed) found.push(text.slice(begin, to));
    at = closed ? to : begin + 1;
  }
  return found;
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
