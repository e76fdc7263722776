/** What the thinking agents ask of a model, and how long they wait for it. */

import type { Usage } from '../../../domain/agents/cost.js';
import type { Config } from '../../../domain/store/config.js';

/** JSON Schema of an answer: strict form, every property required and no others, so that all servers take it. */
export type AnswerSchema = Readonly<Record<string, unknown>>;

/** A value that is what was asked for, or what is wrong with it. */
export type CheckedAnswer<T> = { ok: true; value: T } | { ok: false; problems: string[] };

/** Everything that stands in the words of a model that gave at least one good answer. */
export interface AllSaid<T> {
  /** The likeliest first. */
  answers: readonly T[];
  /** Values that are no good answer. */
  others: readonly unknown[];
  /** The words beside all values. */
  beside: string;
}

export interface JsonRequest<T> {
  /** Short name of the answer's shape, `[a-z_]+`. */
  name: string;
  /** Instructions; nothing from outside belongs here. */
  system: string;
  /** What is asked, outside text fenced. */
  user: string;
  schema: AnswerSchema;
  /** What the schema cannot say: problems with an answer, empty when there are none. */
  validate?(answer: T): string[];
  /** One answer of all that the model said; without it the likeliest answer counts. */
  combine?(said: AllSaid<T>): CheckedAnswer<T>;
}

export interface ModelAccess {
  config: Config['model'];
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  /** Told of every request that the server says the tokens of, also of one whose answer is no good. */
  onUsage?: OnUsage;
}

/** Tokens of one request; input includes cached input. */
export type OnUsage = (usage: Omit<Usage, 'scope'>) => void;

/** The ways to ask, most capable first: each step down gives up a feature the server lacks. `bare`: no system role. */
export type Dialect = 'responses' | 'chat' | 'plain' | 'bare';

export interface Message {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

/** One request on the wire. */
export interface Exchange {
  dialect: Dialect;
  messages: readonly Message[];
  name: string;
  schema: AnswerSchema;
  onUsage?: OnUsage;
}
