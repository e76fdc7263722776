/** Whether names and imports of a merged file still fit each other: what is used is imported, what is imported is used. Pure. */
import { wordsOf } from '../hunks.js';
import { isImport } from '../structural/imports.js';
import { splitLines } from '../structural/text.js';
import { codeOf } from './code.js';

/** Languages in which a name of another file has to be imported by name. */
const known = /\.(?:[cm]?[jt]sx?|vue|svelte|py|pyi|java|kt|scala|php|go|rs)$/i;

interface Names {
  imported: ReadonlySet<string>;
  used: ReadonlySet<string>;
}

interface Merged {
  path: string;
  ours: string;
  theirs: string;
  result: string;
}

/** Names that the merged file uses and does not import any more, though each side that uses them imports them. */
export function lostImports({ path, ours, theirs, result }: Merged): string[] {
  if (!known.test(path)) return [];
  const [o, t, r] = [ours, theirs, result].map((text) => namesIn(path, text)) as [Names, Names, Names];
  return [...new Set([...o.imported, ...t.imported])].filter(
    (name) =>
      r.used.has(name) &&
      !r.imported.has(name) &&
      [o, t].every((side) => !side.used.has(name) || side.imported.has(name)),
  );
}

/** Names that the merged file imports and does not use, though a side that imports them does. */
export function unusedImports({ path, ours, theirs, result }: Merged): string[] {
  if (!known.test(path)) return [];
  const [o, t, r] = [ours, theirs, result].map((text) => namesIn(path, text)) as [Names, Names, Names];
  return [...r.imported].filter(
    (name) =>
      !r.used.has(name) &&
      [o, t].every((side) => !side.imported.has(name) || side.used.has(name)) &&
      [o, t].some((side) => side.used.has(name)),
  );
}

function namesIn(path: string, text: string): Names {
  const raw = splitLines(text);
  const code = splitLines(codeOf(path, text).text);
  const imported = new Set<string>();
  const used = new Set<string>();
  let open = false;
  for (const [at, line] of raw.entries()) {
    const bare = line.trim();
    const begins = /^(?:import|from)\b.*[({]\s*$|^use\s+[^;]*\{\s*$/.test(bare);
    if (open || begins || isImport(bare)) {
      for (const name of importedBy(path, bare, open)) imported.add(name);
      open = begins || (open && !/[)}]/.test(bare));
    } else for (const word of wordsOf(code[at] ?? '')) used.add(word);
  }
  return { imported, used };
}

/** Names that a line of imports brings into the file; `inside`: of a list that began above it. */
function importedBy(path: string, line: string, inside: boolean): string[] {
  if (path.endsWith('.go')) {
    const [, own, from] = /^(?:import\s+)?(?:([\w.]+)\s+)?"([^"]+)"/.exec(line) ?? [];
    const name = own ?? from?.split('/').at(-1);
    // The last part of a path is often not the name of its package.
    return name && /^[a-z]\w*$/.test(name) && !/^v\d+$/.test(name) ? [name] : [];
  }
  const bare = line
    .replace(/\bfrom\s+['"][^'"]*['"].*$|=\s*require\(.*$|;\s*$|#.*$|\/\/.*$/g, '')
    .replace(/^from\s+[\w.]+\s+import\b/, '');
  const list = inside
    ? bare
    : (/[{(](.*?)[})]?$/.exec(bare)?.[1] ??
      bare.replace(/^(?:pub\s+)?(?:import|use|const|let|var)\b(?:\s+(?:static|type|function|const)\b)?/, ''));
  return list.split(',').flatMap((part) => {
    const name = /(?:\bas\s+)?([\p{L}_$][\p{L}\p{N}_$]*)\s*[)}]?\s*$/u.exec(part.trim())?.[1];
    return name && name.length > 1 && !/^(?:import|self|type|default)$/.test(name) ? [name] : [];
  });
}
