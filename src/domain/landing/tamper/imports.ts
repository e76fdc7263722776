/** What a test file takes from where, and which file that is. Shapes, no grammar. */

/** A name in a file, and what it stands for elsewhere. */
export interface Import {
  name: string;
  /** What the module calls it; `default` for what it gives as a whole. */
  original: string;
  module: string;
  at: number;
}

const script =
  /^[ \t]*(?:import\s+(?!type\b)([^;'"]*?)\s+from\s*|(?:const|let|var)\s+([^=;]*?)\s*=\s*(?:await\s+import|require)\(\s*)["'`]([^"'`\n]+)["'`]/gm;
const python = /^[ \t]*from[ \t]+([\w.]+)[ \t]+import[ \t]+(?:\(([^)]*)\)|([^\n#]*))/gm;
const pythonWhole = /^[ \t]*import[ \t]+([\w.]+)(?:[ \t]+as[ \t]+(\w+))?[ \t]*(?:#.*)?$/gm;
const go = /^(?:import)?[ \t]+(?:(\w+)[ \t]+)?"([\w.\-/]+\/([\w.-]+))"[ \t]*$/gm;

const java = /^import[ \t]+([\w.]+)\.([A-Z]\w*)[ \t]*;?[ \t]*$/gm;

/** All names that a file takes from other modules. */
export function importsOf(path: string, text: string): Import[] {
  if (path.endsWith('.py')) {
    const parts = [...text.matchAll(python)].flatMap((match) =>
      namesIn(match[2] ?? match[3] ?? '', /\s+as\s+/).map((one) => ({
        ...one,
        module: match[1]!,
        at: match.index,
      })),
    );
    const whole = [...text.matchAll(pythonWhole)].map((match) => {
      const name = match[2] ?? match[1]!.split('.')[0]!;
      return { name, original: 'default', module: match[1]!, at: match.index };
    });
    return [...parts, ...whole];
  }
  if (path.endsWith('.go')) {
    return [...text.matchAll(go)].map((match) => {
      const name = match[1] ?? match[3]!;
      return { name, original: 'default', module: match[2]!, at: match.index };
    });
  }
  if (/\.(?:java|kt)$/.test(path)) {
    return [...text.matchAll(java)].map((match) => ({
      name: match[2]!,
      original: match[2]!,
      module: `${match[1]}.${match[2]}`,
      at: match.index,
    }));
  }
  if (!/\.[cm]?[jt]sx?$/.test(path)) return [];
  return [...text.matchAll(script)].flatMap((match) => {
    const said = match[1] ?? match[2]!;
    const listed = /\{([^}]*)\}/.exec(said)?.[1] ?? '';
    const whole = /^(?:\*\s*as\s+)?([\w$]+)/.exec(said.trim())?.[1];
    const names = namesIn(listed, /\s+as\s+|\s*:\s*/);
    if (whole) names.push({ name: whole, original: 'default' });
    return names.map((one) => ({ ...one, module: match[3]!, at: match.index }));
  });
}

function namesIn(list: string, renamed: RegExp): { name: string; original: string }[] {
  return list
    .split(',')
    .map((one) => one.trim())
    .filter((one) => /^[\w$]/.test(one) && !one.startsWith('type '))
    .map((one) => {
      const [original = '', name = original] = one.split(renamed);
      return { name, original };
    });
}

/** Paths, without their endings, that a module may be at when a file takes something from it. */
export function placesOf(path: string, module: string): string[] {
  const here = dirname(path);
  if (path.endsWith('.py')) {
    const dots = /^\.*/.exec(module)![0].length;
    const inner = module.slice(dots).replaceAll('.', '/');
    if (dots > 0) return [join(here, '../'.repeat(dots - 1), inner)];
    return [inner, join(here, inner), join('src', inner)];
  }
  if (/\.(?:java|kt)$/.test(path)) {
    // Maven and Gradle look for the program, and for what only tests see, in folders of their own.
    const project = /^(.*?)src\/\w+\//.exec(path)?.[1] ?? '';
    const folders = ['main', 'test'].flatMap((side) => [`src/${side}/java`, `src/${side}/kotlin`]);
    return folders.map((folder) => `${project}${folder}/${module.replaceAll('.', '/')}`);
  }
  if (path.endsWith('.go')) return module.split('/').map((_, at, parts) => parts.slice(at).join('/'));
  if (!module.startsWith('.')) return [];
  const place = join(here, module).replace(/\.[cm]?[jt]sx?$/, '');
  return [place, join(place, 'index')];
}

/** Whether a file, or a package of Go in its folder, is at one of these places. */
export function isAt(file: string, places: readonly string[]): boolean {
  const place = file.endsWith('.go') ? dirname(file) : file.replace(/(?:\/__init__)?\.\w+$/, '');
  return places.includes(place);
}

const dirname = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** Parts of a path as one, without `.` and `..`. */
function join(...parts: string[]): string {
  const whole: string[] = [];
  for (const part of parts.join('/').split('/')) {
    if (part === '..' && whole.length > 0) whole.pop();
    else if (part !== '' && part !== '.') whole.push(part);
  }
  return whole.join('/');
}
