/** How the names of arguments are written: as flags on a command line, and as words for people. */

/** The flag of an argument: `dependsOn` is `--depends-on`, `noMerge` is `--no-merge`. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** A command as a person types it: `merge.check` is "merge check". */
export function typedAs(id: string): string {
  return id.replaceAll('.', ' ');
}

/** A name of the code in words: `dependsOn` and `depends_on` are "depends on". */
export function inWords(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase();
}

/** The names in a list such as "a, b". A comma inside braces belongs to a glob: `src/{a,b}` is one name. */
export function namesIn(text: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const char of text) {
    if (char === '{') depth += 1;
    if (char === '}') depth = Math.max(0, depth - 1);
    if (char === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += char;
  }
  return parts.map((part) => part.trim()).filter(Boolean);
}
