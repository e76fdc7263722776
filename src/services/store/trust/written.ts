/** Trust for what a command of ours wrote into a repository, for a person who saw nothing else of it. */
import type { Paths } from '../../platform/index.js';
import { type TrustState, trustRepository, trustState } from './index.js';
import { contentHash } from './take.js';

/**
 * Trusts texts that were written, by path, together with what was usable `before`. Nothing is trusted when something else
 * came into `.codex-agent/` meanwhile, such as while a person was asked: they know nothing of it.
 */
export async function trustWritten(
  paths: Pick<Paths, 'stateDir' | 'configDir'>,
  root: string,
  before: TrustState,
  written: Readonly<Record<string, string>>,
): Promise<void> {
  const known = new Map(before.files.map(({ path, sha256 }) => [path, sha256]));
  for (const [path, text] of Object.entries(written)) known.set(path, contentHash(text));
  const now = await trustState(paths, root);
  const isKnown = ({ path, sha256 }: TrustState['files'][number]) =>
    !path.startsWith('.codex-agent/') || known.get(path) === sha256;
  if (now.files.every(isKnown)) await trustRepository(paths, root, now.hash);
}
