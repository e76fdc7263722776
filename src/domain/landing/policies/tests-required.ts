/** Whether a change of sources comes with a change of tests. */
import { matchesAny } from '../../platform/glob.js';
import type { PolicyConfig } from '../../store/policies.js';
import { isGenerated } from '../generated.js';
import { holdsTests, isTestFile } from '../tamper/test-files.js';
import type { PolicyEvidence } from '../validation.js';
import type { JudgedChange } from './judge.js';
import { globs } from './parameters.js';

const source = /\.(?:[cm]?[jt]sx?|vue|svelte|py|go|rs|java|kts?|c|cc|cpp|cs|rb|php|swift|scala|exs?)$/;

export function testsRequired({ files, texts }: JudgedChange, config: PolicyConfig): PolicyEvidence[] {
  const globsOfSources = globs(config, 'sources');
  const isSource = (path: string) =>
    !isTestFile(path) &&
    !isGenerated(path) &&
    (globsOfSources.length > 0 ? matchesAny(path, globsOfSources) : source.test(path));
  const sources = files.filter(
    ({ path, added, change }) => change !== 'deleted' && added > 0 && isSource(path),
  );
  const rustTests = texts.some(({ path, before, after }) => {
    const inline = (text: string) => text.slice(text.indexOf('#[cfg(test)]') >>> 0);
    return /\.rs$/.test(path) && holdsTests(path) && inline(before) !== inline(after);
  });
  const tested =
    rustTests ||
    files.some(({ path, added, change }) => change !== 'deleted' && added > 0 && isTestFile(path));
  return tested ? [] : sources.map(({ path }) => ({ path, line: 0, what: 'changed, and no test with it' }));
}
