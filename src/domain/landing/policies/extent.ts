/** Policies on how much a change touches, and where. */
import { matchesAny } from '../../platform/glob.js';
import { formatSize, parseSize } from '../../platform/units.js';
import type { PolicyConfig } from '../../store/policies.js';
import { pathsOf } from '../diff.js';
import { isGenerated } from '../generated.js';
import type { PolicyEvidence } from '../validation.js';
import type { JudgedChange } from './judge.js';
import { globs, number } from './parameters.js';

export function manyLines({ files }: JudgedChange, config: PolicyConfig): PolicyEvidence[] {
  const max = number(config, 'max');
  const written = files.filter(({ path }) => !isGenerated(path));
  const changed = written.reduce((sum, file) => sum + file.added + file.removed, 0);
  return changed > max ? [{ path: '', line: 0, what: `${changed} lines changed, more than ${max}` }] : [];
}

export function manyFiles({ files }: JudgedChange, config: PolicyConfig): PolicyEvidence[] {
  const max = number(config, 'max');
  return files.length > max
    ? [{ path: '', line: 0, what: `${files.length} files changed, more than ${max}` }]
    : [];
}

export function fileSize({ sizes = new Map() }: JudgedChange, config: PolicyConfig): PolicyEvidence[] {
  const max = parseSize(String(config.max));
  return [...sizes]
    .filter(([, bytes]) => bytes > max)
    .map(([path, bytes]) => ({ path, line: 0, what: `${formatSize(bytes)}, more than ${config.max}` }));
}

export function binaryFiles({ files }: JudgedChange, config: PolicyConfig): PolicyEvidence[] {
  const allow = globs(config, 'allow');
  return files
    .filter(({ binary, change, path }) => binary && change !== 'deleted' && !matchesAny(path, allow))
    .map(({ path }) => ({ path, line: 0, what: 'is binary: no person can read what it holds' }));
}

export function forbiddenPaths({ files }: JudgedChange, config: PolicyConfig): PolicyEvidence[] {
  const paths = globs(config, 'paths');
  return pathsOf(files)
    .filter((path) => matchesAny(path, paths))
    .map((path) => ({ path, line: 0, what: '' }));
}
