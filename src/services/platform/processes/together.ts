/** Runs things side by side that must not outlive each other. */

/**
 * Starts all, with a signal that is aborted when one fails or `signal` is. Resolves with their results in order;
 * rejects with the first failure, but only after all have ended, so that none of them still writes then.
 */
export async function together<T extends readonly unknown[]>(
  signal: AbortSignal,
  ...works: { [K in keyof T]: (signal: AbortSignal) => Promise<T[K]> }
): Promise<T> {
  const stop = new AbortController();
  const shared = AbortSignal.any([signal, stop.signal]);
  let failure: { error: unknown } | undefined;
  const ends = works.map(async (work) => {
    try {
      return await work(shared);
    } catch (error) {
      failure ??= { error };
      stop.abort();
      return undefined;
    }
  });
  const results = await Promise.all(ends);
  if (failure) throw failure.error;
  return results as unknown as T;
}
