/** What the services of the app ask of a terminal. */

/** A person at a terminal, when there is one: prompts of the CLI, forms of the screen. */
export interface Ask {
  /** Lines to read before what is asked next. */
  show?(lines: readonly string[]): void;
  text(question: string, options?: { initial?: string; multiline?: boolean }): Promise<string | undefined>;
  confirm(question: string, fallback?: boolean): Promise<boolean>;
  choose<T extends string>(question: string, choices: readonly T[]): Promise<T | undefined>;
}
