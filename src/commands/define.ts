/** Small builders for rows, so that a row reads like its help and its arguments are written once. */
import type { AnyCommand, ArgSchema, ArgsSchema, Command, typed } from './types.js';

/** The schema of an argument that reaches the handler as a `T`. */
type Arg<T> = ArgSchema & { readonly [typed]?: T };

/** The value that a schema describes. */
type Value<S> = S extends { readonly [typed]?: infer T } ? T : never;

/** What a handler is given for these properties: those with a name in `!` always, the others where they were given. */
export type Given<P> = {
  [Name in keyof P as Name extends `${infer Plain}!` ? Plain : never]: Value<P[Name]>;
} & { [Name in keyof P as Name extends `${string}!` ? never : Name]?: Value<P[Name]> };

/**
 * Declares a command. The types of its arguments come from `args`, those of its data from `run`; `run` therefore stands
 * before the functions that read its data.
 */
export function command<A, D>(row: Command<A, D>): AnyCommand {
  return row as unknown as AnyCommand;
}

/** The arguments of a command. A name that ends in `!` is required. */
export function args<const P extends Record<string, ArgSchema>>(properties: P): ArgsSchema<Given<P>> {
  const named: Record<string, ArgSchema> = {};
  const required: string[] = [];
  for (const [name, schema] of Object.entries(properties)) {
    const plain = name.endsWith('!') ? name.slice(0, -1) : name;
    named[plain] = schema;
    if (plain !== name) required.push(plain);
  }
  return { type: 'object', additionalProperties: false, properties: named, required };
}

export const text = (description: string, value = 'text'): Arg<string> => ({
  type: 'string',
  description,
  value,
});
/** A text of any number of lines. */
export const prose = (description: string, value = 'text'): Arg<string> => ({
  ...text(description, value),
  lines: true,
});
export const flag = (description: string): Arg<boolean> => ({ type: 'boolean', description });
export const whole = (description: string, minimum = 1): Arg<number> => ({
  type: 'integer',
  description,
  minimum,
  value: 'n',
});
/** A list of names, which may be given at once with commas between them. */
export const list = (description: string, value = 'a,b'): Arg<string[]> => ({
  type: 'array',
  items: { type: 'string' },
  description,
  value,
});
/** A list of sentences, one a line or a flag: a comma is part of its sentence. */
export const sentences = (description: string): Arg<string[]> => ({
  ...list(description, 'text'),
  lines: true,
});
export const oneOf = <const C extends readonly string[]>(
  choices: C,
  description: string,
): Arg<C[number]> => ({
  type: 'string',
  enum: choices,
  description,
  value: choices.join('|'),
});
/** The argument given by position instead of by flag. */
export const at = <S extends ArgSchema>(position: number, schema: S): S => ({ ...schema, position });
/** The argument with a flag of one letter beside its long one. */
export const short = <S extends ArgSchema>(letter: string, schema: S): S => ({ ...schema, short: letter });
/** The argument that only a command line has: on the screen it would open an editor, read a file or wait. */
export const cliOnly = <S extends ArgSchema>(schema: S): S => ({ ...schema, cliOnly: true });

/** The task a command is about: its first argument. */
export const taskArg = at(0, text('slug of the task', 'task'));
/** Of every command that runs checks. */
export const noCacheArg = flag('run every check, also those that passed on the same tree before');
