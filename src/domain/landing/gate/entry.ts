/** Places and values of a data file, in whatever format. */

/** One entry is "place = value", a place the keys down to it with `[]` for an item of a list. */
export interface Entries {
  /** How often each entry stands there; absent when the text does not load. */
  entries?: ReadonlyMap<string, number>;
  /** Keys that stand twice in one place, as far as the format lets them. */
  twice: string[];
  /** Why it does not load. */
  problem?: string;
}
