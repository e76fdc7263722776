import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Which layer may import which; `types` means type imports only. */
const allowed: Record<string, Record<string, 'any' | 'types'>> = {
  domain: {},
  store: { domain: 'any' },
  generated: {},
  services: { domain: 'any', generated: 'any' },
  commands: { domain: 'any', services: 'types', generated: 'any' },
  cli: { domain: 'any', commands: 'any', services: 'types' },
  views: { domain: 'any', commands: 'any', store: 'types' },
  main: { domain: 'any', store: 'any', services: 'any', commands: 'any', cli: 'any', views: 'any' },
};

interface Import {
  from: string;
  to: string;
  typeOnly: boolean;
}

const files = [...walk('src'), ...walk('views')];
const imports = files.flatMap(importsOf);

function walk(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return walk(path);
    return /(?<!\.d)\.ts$/.test(entry.name) ? [path] : [];
  });
}

function importsOf(from: string): Import[] {
  const text = readFileSync(join(root, from), 'utf8');
  const pattern =
    /^(?:import|export)\s+(type\s+)?([^'"]*?)\s*from\s*'([^']+)'|^import\s+'([^']+)'|import\('([^']+)'\)/gm;
  return [...text.matchAll(pattern)].map(([, keyword, names, fixed, bare, lazy]) => ({
    from,
    to: (fixed ?? bare ?? lazy)!,
    typeOnly: Boolean(keyword) || isTypeList(names),
  }));
}

/** `{ type A, type B }` imports nothing at run time. */
function isTypeList(names: string | undefined): boolean {
  const each = names
    ?.match(/^\{([^}]*)\}$/)?.[1]
    ?.split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  return each !== undefined && each.length > 0 && each.every((name) => name.startsWith('type '));
}

function layerOf(path: string): string {
  if (path.startsWith('views/')) return 'views';
  const [, folder] = path.split('/');
  return folder?.endsWith('.ts') ? 'main' : folder!;
}

const target = ({ from, to }: Import) => normalize(join(dirname(from), to));

describe('the layers', () => {
  it('are the ones we know', () => {
    expect([...new Set(files.map(layerOf))].sort()).toEqual(
      Object.keys(allowed)
        .filter((layer) => layer !== 'generated')
        .sort(),
    );
  });

  it('import only downwards', () => {
    const wrong = imports
      .filter(({ to }) => to.startsWith('.') && !to.endsWith('.json'))
      .filter((edge) => {
        const [from, to] = [layerOf(edge.from), layerOf(target(edge).replace(/\.js$/, '.ts'))];
        if (from === to) return false;
        const rule = allowed[from]?.[to];
        return rule === undefined || (rule === 'types' && !edge.typeOnly);
      })
      .map((edge) => `${edge.from} → ${target(edge)}`);
    expect(wrong).toEqual([]);
  });

  it('keep the domain free of effects', () => {
    // A parser of text is no effect.
    const pure = new Set(['smol-toml']);
    const effects = imports
      .filter(({ from, to }) => layerOf(from) === 'domain' && !to.startsWith('.') && !pure.has(to))
      .map(({ from, to }) => `${from} → ${to}`);
    expect(effects).toEqual([]);
  });

  it.each([
    ['blessed', 'views/'],
    ['simple-git', 'src/services/git/'],
    ['execa', 'src/services/process.ts'],
    ['openai', 'src/services/model/client.ts'],
  ])('import %s in one place only', (name, place) => {
    const importers = new Set(
      imports
        .filter(({ to, typeOnly }) => !typeOnly && (to === name || to.startsWith(`${name}/`)))
        .map(({ from }) => from),
    );
    expect(importers.size).toBe(1);
    expect([...importers][0]).toContain(place);
  });

  it('never import the screen engine under its other name', () => {
    expect(imports.filter(({ to }) => to === 'neo-blessed')).toEqual([]);
  });

  it('start processes through no shell', () => {
    const shells = files.filter((file) =>
      /shell:\s*true|\bexecSync\(|\bexec\(`/.test(readFileSync(join(root, file), 'utf8')),
    );
    expect(shells).toEqual([]);
  });
});

describe('the files', () => {
  it('stay small: none over 400 lines, the middle one about 100', () => {
    const lengths = files.map(
      (file) => [readFileSync(join(root, file), 'utf8').split('\n').length, file] as const,
    );
    expect(lengths.filter(([length]) => length > 400)).toEqual([]);
    const sorted = lengths.map(([length]) => length).sort((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(140);
  });
});
