import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Which layer may import which; `types` means type imports only. */
const allowed: Record<string, Record<string, 'any' | 'types'>> = {
  domain: {},
  store: { domain: 'any' },
  generated: { domain: 'types' },
  services: { domain: 'any', generated: 'any' },
  commands: { domain: 'any', services: 'types', generated: 'any' },
  cli: { domain: 'any', commands: 'any', services: 'types' },
  views: { domain: 'any', commands: 'any', store: 'types' },
  main: { domain: 'any', store: 'any', services: 'any', commands: 'any', cli: 'any', views: 'any' },
  // Programs of their own, started by ours: they stand beside the services that they are built from.
  programs: { domain: 'any', services: 'any' },
};

/** Files that are programs of their own, besides `src/main.ts`. */
const programs = ['src/host.ts', 'src/demo-agent.ts', 'src/starter.ts'];

/** The areas of the services, lowest first: each imports only those before it, and only through their index. */
const areas = ['platform', 'store', 'worktrees', 'agents', 'landing', 'app'];

/** What is bundled as a piece of its own, and so reaches for one room of an area. */
const pieces = new Set(['src/services/file-merge.ts', 'src/dashboard.ts', 'src/host.ts', 'src/starter.ts']);

/** The one place that may import a library: its files are few, so that it can be replaced or loaded late. */
const libraries: Record<string, string> = {
  blessed: 'views/screen.ts',
  'simple-git': 'src/services/platform/git/porcelain.ts',
  execa: 'src/services/platform/processes/terminal.ts',
  openai: 'src/services/agents/model/client.ts',
};

interface Import {
  from: string;
  to: string;
  typeOnly: boolean;
  /** Loaded when it is used. */
  lazy: boolean;
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
    lazy: lazy !== undefined,
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
  if (programs.includes(path)) return 'programs';
  const [, folder] = path.split('/');
  return folder?.endsWith('.ts') ? 'main' : folder!;
}

const target = ({ from, to }: Import) => normalize(join(dirname(from), to)).replace(/\.js$/, '.ts');
const isOurs = ({ to }: Import) => to.startsWith('.') && !to.endsWith('.json');
const areaOf = (path: string) => /^src\/services\/([^/]+)\//.exec(path)?.[1];
const told = (edge: Import) => `${edge.from} → ${target(edge)}`;

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
      .filter(isOurs)
      .filter((edge) => {
        const [from, to] = [layerOf(edge.from), layerOf(target(edge))];
        if (from === to) return false;
        const rule = allowed[from]?.[to];
        return rule === undefined || (rule === 'types' && !edge.typeOnly);
      })
      .map(told);
    expect(wrong).toEqual([]);
  });

  it('load in no circle', () => {
    const edges = new Map(files.map((file): [string, string[]] => [file, []]));
    for (const edge of imports.filter(isOurs)) {
      if (!edge.typeOnly && !edge.lazy) edges.get(edge.from)?.push(target(edge));
    }
    // What is left when files that import nothing left are taken away, again and again, is in or above a circle.
    for (let before = -1; before !== edges.size; ) {
      before = edges.size;
      for (const [file, to] of edges) if (!to.some((path) => edges.has(path))) edges.delete(file);
    }
    expect(
      [...edges].map(([file, to]) => `${file} → ${to.filter((path) => edges.has(path)).join(', ')}`),
    ).toEqual([]);
  });

  it('keep the domain free of effects', () => {
    // A parser of text is no effect.
    const pure = new Set(['smol-toml', '@rgrove/parse-xml']);
    const effects = imports
      .filter(({ from, to }) => layerOf(from) === 'domain' && !to.startsWith('.') && !pure.has(to))
      .map(({ from, to }) => `${from} → ${to}`);
    expect(effects).toEqual([]);
  });

  it.each(Object.entries(libraries))('import %s in %s only', (library, place) => {
    const importers = imports
      .filter(({ to, typeOnly }) => !typeOnly && (to === library || to.startsWith(`${library}/`)))
      .map(({ from, to }) => `${from} → ${to}`);
    expect(importers).toEqual([`${place} → ${library}`]);
  });

  it('never import the screen engine under its other name', () => {
    expect(imports.filter(({ to }) => to === 'neo-blessed')).toEqual([]);
  });

  it('take nothing of a person away by a command of git', () => {
    const words = [
      /'reset'[^\]]*'--hard'/,
      /run\(\[\s*'(clean|stash|push|gc|prune)'/,
      /'checkout'[^\]]*'(-f|--force)'/,
      /'branch'[^\]]*'-D'/,
      /'worktree',\s*'(remove|prune)'/,
    ];
    const found = files.flatMap((file) => {
      const text = readFileSync(join(root, file), 'utf8');
      return words.filter((one) => one.test(text)).map((one) => `${file}: ${one.source}`);
    });
    expect(found).toEqual([]);
  });

  it('start processes through no shell', () => {
    const shells = files.filter((file) =>
      /shell:\s*true|\bexecSync\(|\bexec\(`/.test(readFileSync(join(root, file), 'utf8')),
    );
    expect(shells).toEqual([]);
  });
});

describe('the areas of the services', () => {
  const edges = imports
    .filter(isOurs)
    .map((edge) => ({ edge, from: areaOf(edge.from), to: areaOf(target(edge)) }))
    .filter(({ to }) => to !== undefined);

  it('are the ones we know', () => {
    expect([...new Set(files.map(areaOf))].filter((area) => area !== undefined).sort()).toEqual(
      [...areas].sort(),
    );
  });

  it('import only the areas before them', () => {
    const upwards = edges.filter(
      ({ from, to }) => from !== undefined && areas.indexOf(to!) > areas.indexOf(from),
    );
    expect(upwards.map(({ edge }) => told(edge))).toEqual([]);
  });

  it('are entered through their index only', () => {
    const past = edges.filter(
      ({ edge, from, to }) =>
        from !== to && target(edge) !== `src/services/${to}/index.ts` && !pieces.has(edge.from),
    );
    expect(past.map(({ edge }) => told(edge))).toEqual([]);
  });
});

describe('the files', () => {
  it('stay small: none over 400 lines, the middle one about 100', () => {
    const lengthOf = (file: string) =>
      [readFileSync(join(root, file), 'utf8').split('\n').length, file] as const;
    const lengths = files.map(lengthOf);
    expect([...lengths, ...walk('test').map(lengthOf)].filter(([length]) => length > 400)).toEqual([]);
    const sorted = lengths.map(([length]) => length).sort((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(140);
  });
});
