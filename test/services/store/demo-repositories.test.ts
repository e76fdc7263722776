/** Demos are in the registry like any repository, and in no list of the person's own. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from '@jest/globals';
import { pathsFrom } from '../../../src/services/platform/index.js';
import { allRepos, forgetGoneDemos, openRegistry, registerRepo } from '../../../src/services/store/index.js';
import { makeSandbox } from '../../support/sandbox.js';

const sandbox = makeSandbox();
afterEach(() => sandbox.cleanup());

it('leaves demos out of the list, and forgets those whose folder is gone', async () => {
  const paths = pathsFrom(sandbox.env);
  const registry = openRegistry(paths);
  const roots = ['own', 'gone-own', 'demo', 'gone-demo'].map((name) => join(sandbox.root, name));
  for (const root of roots) {
    mkdirSync(root);
    await registerRepo(
      registry,
      { root, commonDir: join(root, '.git') },
      root.endsWith('demo') ? { demo: true } : {},
    );
  }
  expect((await allRepos(paths)).map(({ name }) => name)).toEqual(['own', 'gone-own']);
  for (const root of roots) if (root.includes('gone')) rmSync(root, { recursive: true });
  await forgetGoneDemos(registry);
  expect((await registry.read()).repos.map(({ name }) => name)).toEqual(['own', 'gone-own', 'demo']);
});
