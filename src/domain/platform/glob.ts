/** Path globs of configuration: `*`, `?`, `**`, `[a-z]`, `{a,b}`. Paths use `/` and are relative. */

/** True when any of the globs matches the path. A glob without `/` matches top-level names only. */
export function matchesAny(path: string, globs: readonly string[]): boolean {
  return globs.some((glob) => globPattern(glob).test(path));
}

const compiled = new Map<string, RegExp>();

/** The glob as an anchored regular expression. Leading dots need no special spelling. */
function globPattern(glob: string): RegExp {
  let pattern = compiled.get(glob);
  if (!pattern) {
    pattern = new RegExp(`^${translate(glob)}$`, 's');
    compiled.set(glob, pattern);
  }
  return pattern;
}

function translate(glob: string): string {
  let out = '';
  let depth = 0;
  for (let at = 0; at < glob.length; at++) {
    const char = glob[at]!;
    if (char === '*' && glob[at + 1] === '*') {
      const atStart = at === 0 || glob[at - 1] === '/';
      at++;
      if (atStart && glob[at + 1] === '/') {
        at++;
        out += '(?:[^/]+/)*';
      } else out += '.*';
    } else if (char === '*') out += '[^/]*';
    else if (char === '?') out += '[^/]';
    else if (char === '[') {
      const end = glob.indexOf(']', at + 2);
      if (end < 0) out += '\\[';
      else {
        const body = glob
          .slice(at + 1, end)
          .replace(/^!/, '^')
          .replace(/\\/g, '\\\\')
          .replace(/\[/g, '\\[');
        out += `(?!/)[${body}]`;
        at = end;
      }
    } else if (char === '{' && glob.includes('}', at)) {
      depth++;
      out += '(?:';
    } else if (char === '}' && depth > 0) {
      depth--;
      out += ')';
    } else if (char === ',' && depth > 0) out += '|';
    else out += char.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
  }
  // An unclosed group would not compile; such a glob can only mean its own characters.
  return depth === 0 ? out : glob.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
