/** Whom a failed check speaks of. */

/**
 * Tasks whose changed files a check's output names, by whole path or by a file name only one of them has.
 * A guess: it only decides what is tried first.
 */
export function suspectsIn(output: string, changed: ReadonlyMap<string, readonly string[]>): string[] {
  const owners = new Map<string, Set<string>>();
  for (const [task, paths] of changed) {
    for (const path of paths) {
      for (const name of new Set([path, path.slice(path.lastIndexOf('/') + 1)])) {
        const known = owners.get(name);
        if (known) known.add(task);
        else owners.set(name, new Set([task]));
      }
    }
  }
  const mentioned = new Set(output.match(/[^\s"'`()[\]{}<>|,;:=]+/g)?.flatMap(tailsOf));
  const found = new Set<string>();
  for (const [name, tasks] of owners) {
    // A file that most of them touch tells nothing about one of them.
    if (tasks.size > Math.max(1, changed.size / 2) || !mentioned.has(name)) continue;
    if (!name.includes('/') && tasks.size > 1) continue;
    for (const task of tasks) found.add(task);
  }
  return [...changed.keys()].filter((task) => found.has(task));
}

/** A path and every shorter end of it: output speaks of files by any of them. */
function tailsOf(word: string): string[] {
  const clean = word.replace(/[.!?]+$/, '');
  const tails = [clean];
  for (let at = clean.indexOf('/'); at >= 0; at = clean.indexOf('/', at + 1)) tails.push(clean.slice(at + 1));
  return tails;
}
