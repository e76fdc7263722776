/**
 * The OpenAI client builds every part of its API when it is made. Only the parts that ask a model go into the bundle;
 * each class of the others becomes an empty one, which saves a third of the piece.
 */
import { readFileSync } from 'node:fs';

/** Parts of the API that the program calls, and what they build on. */
const kept = /[\\/]resources[\\/](index|chat|chat[\\/].*|responses|responses[\\/].*|models|shared)\.mjs$/;

export const openaiPlugin = {
  name: 'openai-parts',
  setup(builder) {
    builder.onLoad({ filter: /openai[\\/]resources[\\/].*\.mjs$/ }, ({ path }) => {
      if (kept.test(path)) return undefined;
      const source = readFileSync(path, 'utf8');
      const listed = [...source.matchAll(/export \{([^}]*)\}/g)].flatMap(([, names]) => names.split(','));
      const declared = [...source.matchAll(/export class (\w+)/g)].map(([, name]) => name);
      const names = new Set(
        [...declared, ...listed.map((name) => name.trim().split(' ').at(-1))].filter(Boolean),
      );
      // What passes the exports of another part on still does: that part has its own empty classes.
      const passed = source.match(/^export \* from .*$/gm) ?? [];
      return { contents: [...passed, ...[...names].map((name) => `export class ${name} {}`)].join('\n') };
    });
  },
};
