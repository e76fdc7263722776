/** One word for one thing, and a page on which a reader finds every room. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { root } from './support/program.js';

/** Everything below a folder, as paths from the root. Generated files belong to the build. */
const below = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .map((entry) => ({ path: join(entry.parentPath, entry.name).slice(root.length + 1), entry }))
    .filter(({ path }) => !path.startsWith('src/generated'));

const entries = [...below('src'), ...below('views')];

function homesOfNames(): Map<string, Set<string>> {
  const homes = new Map<string, Set<string>>();
  const declared = /^export (?:async )?(?:function\*?|const|let|class|interface|type|enum) (\w+)/gm;
  for (const { path } of entries.filter(({ path }) => /(?<!\.d)\.ts$/.test(path))) {
    for (const [, name] of readFileSync(join(root, path), 'utf8').matchAll(declared)) {
      homes.set(name!, (homes.get(name!) ?? new Set()).add(path));
    }
  }
  return homes;
}

describe('an exported name', () => {
  it('has one home', () => {
    const many = [...homesOfNames()].filter(([, homes]) => homes.size > 1);
    expect(many.map(([name, homes]) => [name, ...homes])).toEqual([]);
  });
});

describe('src/README.md', () => {
  const text = readFileSync(join(root, 'src', 'README.md'), 'utf8');

  it('names every folder', () => {
    const folders = entries.filter(({ entry }) => entry.isDirectory()).map(({ path }) => path);
    const told = (path: string) => {
      const name = path.slice(path.lastIndexOf('/') + 1);
      return new RegExp(`\`${name}\`|\\b${name}/|/${name}\\b`).test(text);
    };
    expect(folders.filter((path) => !told(path))).toEqual([]);
  });
});

describe('the pages for people who change the code', () => {
  const decisions = readdirSync(join(root, 'docs', 'decisions')).map((name) => `docs/decisions/${name}`);

  it.each(['AGENTS.md', 'CONTRIBUTING.md', 'src/README.md', ...decisions])(
    '%s names no file or folder that is not there',
    (page) => {
      const text = readFileSync(join(root, page), 'utf8');
      const named = [
        ...text.matchAll(/`((?:src|views|keymaps|test|scripts|docs)\/[\w./-]+)`/g),
        ...text.matchAll(/\]\((?!https?:)([\w./-]+)\)/g),
      ].map(([, path]) => path!);
      const places = [root, join(root, dirname(page))];
      expect(named.filter((path) => !places.some((place) => existsSync(join(place, path))))).toEqual([]);
    },
  );
});

describe('a sentence', () => {
  it('says who does what: no word stands for a person or a program that is not named', () => {
    const vague = /\b(?:whoever|somebody|nobody|anybody|someone|anyone)\b/i;
    const told = entries
      .filter(({ path }) => path.endsWith('.ts'))
      .flatMap(({ path }) =>
        readFileSync(join(root, path), 'utf8')
          .split('\n')
          .flatMap((line, at) => (vague.test(line) ? [`${path}:${at + 1} ${line.trim()}`] : [])),
      );
    expect(told).toEqual([]);
  });
});
