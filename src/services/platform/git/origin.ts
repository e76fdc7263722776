/** Where a repository came from, read from its own configuration without starting git. */
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { FoundRepository } from './find.js';
import { type ConfigPair, gitText, isTrue, pairsIn, valueIn } from './own-config.js';

/** Included files that are followed, one below another and all together. */
const mostIncluded = 50;

/**
 * Address of the remote that the repository came from: `origin`, else the one that is named first; empty where there is
 * none. `url.<base>.insteadOf` of the repository's own configuration is followed: it decides where a fetch goes.
 */
export async function originUrl({ commonDir, gitDir }: FoundRepository): Promise<string> {
  const pairs = await ownPairs(commonDir, gitDir ?? commonDir);
  const urls = pairs.filter(
    ({ section, key, value }) => section === 'remote' && key === 'url' && value !== '',
  );
  const url = (urls.find(({ part }) => part === 'origin') ?? urls[0])?.value ?? '';
  const bases = pairs.filter(
    ({ section, key, value }) =>
      section === 'url' && key === 'insteadof' && value !== '' && url.startsWith(value),
  );
  const longest = bases.sort((a, b) => b.value.length - a.value.length)[0];
  return longest?.part === undefined ? url : longest.part + url.slice(longest.value.length);
}

/** What the repository's files say, and those that they include, whatever the condition: in the order git reads them. */
async function ownPairs(commonDir: string, gitDir: string): Promise<ConfigPair[]> {
  const seen = new Set<string>();
  const read = async (path: string): Promise<ConfigPair[]> => {
    if (seen.has(path) || seen.size >= mostIncluded) return [];
    seen.add(path);
    const pairs: ConfigPair[] = [];
    for (const pair of pairsIn((await gitText(path)) ?? '', ['remote', 'url', 'include', 'includeif'])) {
      pairs.push(pair);
      if (!/^include(if)?$/.test(pair.section) || pair.key !== 'path') continue;
      for (const more of await read(included(path, pair.value))) pairs.push(more);
    }
    return pairs;
  };
  const shared = join(commonDir, 'config');
  const pairs = await read(shared);
  const isApart = isTrue(valueIn((await gitText(shared)) ?? '', 'extensions', 'worktreeconfig'));
  return isApart ? [...pairs, ...(await read(join(gitDir, 'config.worktree')))] : pairs;
}

const included = (from: string, path: string): string =>
  path.startsWith('~/') ? join(homedir(), path.slice(2)) : resolve(dirname(from), path);
