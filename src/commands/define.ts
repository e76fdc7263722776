/** Small builders for rows, so that a row reads like its help. */
import type { AnyCommand, ArgSchema, ArgsSchema, Command } from './types.js';

/** Declares a command; keeps its argument and data types for the handler. */
export function command<A, D>(row: Command<A, D>): AnyCommand {
  return row as unknown as AnyCommand;
}

/** The arguments of a command. Names ending in `!` are required. */
export function args(properties: Record<string, ArgSchema>): ArgsSchema {
  const named = Object.entries(properties).map(([name, schema]) => [name.replace(/!$/, ''), schema] as const);
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(named),
    required: Object.keys(properties)
      .filter((name) => name.endsWith('!'))
      .map((name) => name.slice(0, -1)),
  };
}

export const text = (description: string, value = 'text'): ArgSchema => ({
  type: 'string',
  description,
  value,
});
export const flag = (description: string): ArgSchema => ({ type: 'boolean', description });
export const whole = (description: string, minimum = 1): ArgSchema => ({
  type: 'integer',
  description,
  minimum,
  value: 'n',
});
export const list = (description: string, value = 'a,b'): ArgSchema => ({
  type: 'array',
  items: { type: 'string' },
  description,
  value,
});
export const oneOf = (choices: readonly string[], description: string): ArgSchema => ({
  type: 'string',
  enum: choices,
  description,
  value: choices.join('|'),
});
/** The argument given by position instead of by flag. */
export const at = (position: number, schema: ArgSchema): ArgSchema => ({ ...schema, position });

/** The task a command is about: its first argument. */
export const taskArg = at(0, text('slug of the task', 'task'));
