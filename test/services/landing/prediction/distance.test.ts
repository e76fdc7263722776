import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openPredictor } from '../../../../src/services/landing/prediction/predictor.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

/** A history with what histories have: branches from several places, merges both ways, a stranger. */
function history(): { repo: string; heads: string[] } {
  const repo = sandbox.repo();
  const git = (...args: string[]) => sandbox.git(repo, ...args);
  const commits = (name: string, many: number) => {
    for (let at = 0; at < many; at++) sandbox.commit(repo, { [`${name}-${at}`]: 'x\n' });
  };
  git('branch', 'first');
  commits('main', 3);
  git('checkout', '-q', '-b', 'early', 'first');
  commits('early', 2);
  git('checkout', '-q', '-b', 'follows', 'main');
  commits('follows', 1);
  git('checkout', '-q', 'main');
  commits('more', 2);
  git('checkout', '-q', 'early');
  git('merge', '-q', '--no-edit', 'main');
  git('checkout', '-q', '-b', 'across', 'follows');
  git('merge', '-q', '--no-edit', 'early~1');
  git('checkout', '-q', 'main');
  git('merge', '-q', '--no-edit', 'follows~0');
  commits('last', 1);
  git('checkout', '-q', '--orphan', 'stranger');
  commits('stranger', 2);
  git('checkout', '-q', '-f', 'main');
  return { repo, heads: ['first', 'early', 'follows', 'across', 'stranger', 'main', 'main~1'] };
}

test('distances of many at once are those that git counts for each', async () => {
  const { repo, heads } = history();
  const ids = heads.map((head) => sandbox.git(repo, 'rev-parse', head));
  const target = sandbox.git(repo, 'rev-parse', 'main');
  const truth = ids.map((id) => {
    const counts = sandbox.git(repo, 'rev-list', '--left-right', '--count', `${target}...${id}`);
    const [behind, ahead] = counts.split('\t').map(Number);
    return { ahead, behind };
  });
  const session = await sandbox.session(repo);
  const predictor = await openPredictor(session);
  try {
    const ground = await predictor.on(target);
    expect(await ground.distances(ids)).toEqual(truth);
    for (const [at, id] of ids.entries()) {
      expect(await (await predictor.on(target)).distances([id])).toEqual([truth[at]]);
    }
  } finally {
    await predictor.close();
  }
});

test('one that git cannot read does not keep the others from being told', async () => {
  const { repo } = history();
  const id = (name: string) => sandbox.git(repo, 'rev-parse', name);
  const predictor = await openPredictor(await sandbox.session(repo));
  try {
    const ground = await predictor.on(id('main'));
    const known = [id('early'), id('follows')];
    const found = await ground.distances([known[0]!, 'f'.repeat(40), known[1]!]);
    expect(found.map((one) => one !== undefined)).toEqual([true, false, true]);
    expect((await ground.own([known[0]!, 'f'.repeat(40)])).map((one) => one?.own.length)).toEqual([
      expect.any(Number),
      undefined,
    ]);
  } finally {
    await predictor.close();
  }
});
