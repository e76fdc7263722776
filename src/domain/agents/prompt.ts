/**
 * Prompts: Markdown with TOML front matter. What stands above the request mark instructs the agent and holds
 * nothing from outside; what stands below it asks, and its placeholders are filled with fenced data.
 */
import { parse } from 'smol-toml';
import { appError, messageOf } from '../platform/errors.js';

export interface Prompt {
  /** Names the request uses, each exactly the ones declared in the front matter. */
  placeholders: string[];
  /** Goes into the agent's instructions. */
  instructions: string;
  /** Template of what is asked. */
  request: string;
}

const requestMark = '<!-- request -->';
const placeholder = /\{\{\s*([a-z][a-z0-9_]*)\s*\}\}/g;

/**
 * Reads a prompt file. Throws `bad-prompt` in four cases: no front matter, no request mark, a placeholder that is
 * used but not declared (or the reverse), and a placeholder above the request mark.
 * @param origin shown in errors, e.g. the path
 */
export function parsePrompt(text: string, origin: string): Prompt {
  const bad = (message: string) => appError('bad-prompt', `${origin}: ${message}`);
  const front = /^\+\+\+\r?\n([\s\S]*?)\r?\n?^\+\+\+[ \t]*\r?\n/m.exec(text);
  if (front?.index !== 0) throw bad('it must begin with TOML front matter between +++ lines.');
  const declared = declaredIn(front[1]!, bad);
  const [instructions, request, ...more] = text.slice(front[0].length).split(requestMark);
  if (request === undefined || more.length > 0) throw bad(`it needs exactly one ${requestMark} line.`);
  const early = namesIn(instructions!)[0];
  if (early) throw bad(`{{${early}}} stands above ${requestMark}, where no outside text belongs.`);
  const used = namesIn(request);
  const unknown = used.find((name) => !declared.includes(name));
  if (unknown) throw bad(`{{${unknown}}} is used but not declared in placeholders.`);
  const unused = declared.find((name) => !used.includes(name));
  if (unused) throw bad(`placeholder "${unused}" is declared but never used.`);
  return { placeholders: declared, instructions: instructions!.trim(), request: request.trim() };
}

function declaredIn(toml: string, bad: (message: string) => Error): string[] {
  let front: Record<string, unknown>;
  try {
    front = parse(toml);
  } catch (error) {
    throw bad(messageOf(error));
  }
  const { placeholders = [], ...rest } = front;
  const unknown = Object.keys(rest)[0];
  if (unknown) throw bad(`unknown key "${unknown}" in the front matter.`);
  if (!Array.isArray(placeholders) || placeholders.some((name) => typeof name !== 'string')) {
    throw bad('placeholders must be a list of names.');
  }
  return placeholders as string[];
}

function namesIn(text: string): string[] {
  return [...new Set([...text.matchAll(placeholder)].map((match) => match[1]!))];
}

/** A value that is ours and goes in as it is; a plain string is outside text and gets fenced. */
export interface Plain {
  plain: string;
}

/**
 * Fills the request. Substitution is done once: a value that looks like a placeholder stays what it is.
 * Throws `bad-prompt` when a placeholder has no value, or a value no placeholder.
 */
export function renderPrompt(prompt: Prompt, values: Readonly<Record<string, string | Plain>>): string {
  const missing = prompt.placeholders.find((name) => values[name] === undefined);
  if (missing) throw appError('bad-prompt', `No value for the placeholder {{${missing}}}.`);
  const undeclared = Object.keys(values).find((name) => !prompt.placeholders.includes(name));
  if (undeclared) throw appError('bad-prompt', `The prompt has no placeholder {{${undeclared}}}.`);
  return prompt.request.replace(placeholder, (_, name: string) => {
    const value = values[name]!;
    return typeof value === 'string' ? fence(value) : value.plain;
  });
}

/** Outside text as a code block whose fence is longer than any run of backticks inside it. */
export function fence(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((run) => run[0].length));
  const bar = '`'.repeat(longest + 1);
  return `${bar}data\n${text}${text.endsWith('\n') || text === '' ? '' : '\n'}${bar}`;
}
