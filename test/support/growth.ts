/** How work grows with its size, whatever else the machine does. */

/**
 * How many times as much processor time the work takes for sixteen times the size: 16 when it is linear, and up to
 * three times that where memory is slower than the cache, but 256 when it is quadratic. The best of several tries, and
 * the least of several such ratios, for a garbage collection belongs to none.
 */
export function growth(work: (size: number) => void, size: number): number {
  const timeOf = (n: number): number => {
    const times = Array.from({ length: 4 }, () => {
      const before = process.cpuUsage();
      work(n);
      const { user, system } = process.cpuUsage(before);
      return user + system;
    });
    return Math.min(...times);
  };
  timeOf(size);
  return Math.min(...Array.from({ length: 3 }, () => timeOf(size * 16) / Math.max(1, timeOf(size))));
}
