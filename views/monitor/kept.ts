/** What is drawn from one reading, kept until the next: frames come oftener than readings. */
interface Kept {
  by: readonly unknown[];
  value: unknown;
}

const kept = new WeakMap<object, Map<string, Kept>>();

/**
 * What `make` makes of a reading, made once for this name.
 * @param by what else it is made of: when one of these is another, it is made anew
 */
export function keptFor<T>(
  reading: object | undefined,
  name: string,
  by: readonly unknown[],
  make: () => T,
): T {
  if (!reading) return make();
  const names = kept.get(reading) ?? new Map<string, Kept>();
  kept.set(reading, names);
  const known = names.get(name);
  if (known && known.by.length === by.length && known.by.every((one, at) => one === by[at]))
    return known.value as T;
  const value = make();
  names.set(name, { by, value });
  return value;
}
