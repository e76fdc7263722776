/**
 * Merges are computed in a git directory of our own that borrows the repository's objects. No configuration of
 * the repository is read there, so a planted merge driver cannot run, and what is written stays in a temporary
 * folder. The attributes are those of the commit that receives the merge, as in a real merge.
 */
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../../../domain/platform/errors.js';
import { type ConfigEntry, type Git, makeOwnFolder, temporaryFolder, writeTo } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { type Attributes, readAttributes, writeAttributes } from './attributes.js';
import { fastest } from './scratch.js';

export interface AnalysisOptions {
  /** Commit whose .gitattributes hold. */
  attributesOf: string;
  /** Write new objects into the repository, since what comes out is to land. */
  keep?: boolean;
}

/** A git directory of our own, with everything a merge may depend on but the attributes. */
export interface Analysis {
  /** Folder that gets new objects. */
  objects: string;
  /** A git whose merges use these attributes. */
  at(attributes: Attributes): Promise<Git['run']>;
  /** Variables that let a git in one of the repository's own worktrees write its objects here. */
  environment: Record<string, string>;
  /** Removes it, with what was written there. */
  close(): Promise<void>;
}

/** Settings that change what a merge answers and cannot run anything; taken over from the repository. */
const mergeSettings =
  /^(merge\.(renames|renamelimit|directoryrenames|renormalize)|diff\.(renames|renamelimit|algorithm)|core\.(autocrlf|eol|ignorecase|attributesfile))$/;

/** What is only to be looked at need not survive a power cut, nor be small. */
const passing = '[core]\n\tfsync = none\n\tlooseCompression = 0\n';

/** Runs `use` with a git whose objects, unless kept, are gone afterwards. */
export async function withAnalysis<T>(
  session: Pick<RepoSession, 'git' | 'env'>,
  { attributesOf, keep = false }: AnalysisOptions,
  use: (run: Git['run']) => Promise<T>,
): Promise<T> {
  const analysis = await openAnalysis(session, { keep, sha256: attributesOf.length === 64 });
  try {
    return await use(await analysis.at(await readAttributes(session.git, attributesOf)));
  } finally {
    await analysis.close();
  }
}

/** Makes the git directory. Its owner closes it; see `withAnalysis` for one merge. */
export async function openAnalysis(
  { git, env }: Pick<RepoSession, 'git' | 'env'>,
  { keep = false, sha256 = false }: { keep?: boolean; sha256?: boolean } = {},
): Promise<Analysis> {
  const folder = await makeOwnFolder(keep ? temporaryFolder(env) : await fastest(env), 'merge');
  const gitDir = join(folder, 'git');
  await makeGitDir(git, gitDir, sha256, keep ? '' : passing);
  const lent = join(git.commonDir, 'objects');
  const objects = keep ? lent : join(gitDir, 'objects');
  const environment = {
    GIT_OBJECT_DIRECTORY: objects,
    // Quoted: a colon in the path would split it.
    GIT_ALTERNATE_OBJECT_DIRECTORIES: `"${lent.replace(/["\\]/g, '\\$&')}"`,
  };
  const trees = new Map<string, Promise<string>>();
  const treeOf = (attributes: Attributes): Promise<string> => {
    const known = trees.get(attributes.digest);
    if (known !== undefined) return known;
    const tree = join(folder, `tree-${trees.size}`);
    const made = writeAttributes(tree, attributes).then(() => tree);
    trees.set(attributes.digest, made);
    return made;
  };
  return {
    objects,
    environment,
    async at(attributes) {
      const cwd = await treeOf(attributes);
      const own = { GIT_DIR: gitDir, GIT_COMMON_DIR: gitDir, GIT_WORK_TREE: cwd, ...environment };
      return (args, more = {}) => git.run(args, { ...more, cwd, env: { ...more.env, ...own } });
    },
    close: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }),
  };
}

async function makeGitDir(git: Git, gitDir: string, sha256: boolean, more: string): Promise<void> {
  const folders = ['objects/info', 'objects/pack', 'refs', 'info'];
  await Promise.all(folders.map((name) => mkdir(join(gitDir, name), { recursive: true })));
  const format = sha256
    ? '[core]\n\trepositoryformatversion = 1\n[extensions]\n\tobjectformat = sha256\n'
    : '[core]\n\trepositoryformatversion = 0\n';
  await writeTo(join(gitDir, 'HEAD'), 'ref: refs/heads/none\n');
  await writeTo(join(gitDir, 'config'), format + more + asConfig(await git.settings()));
  // Where history was cut off, and attributes the user keeps outside of the tree.
  for (const name of ['shallow', 'info/attributes']) {
    await copyFile(join(git.commonDir, name), join(gitDir, name)).catch((error: unknown) => {
      if (!hasCode(error, 'ENOENT')) throw error;
    });
  }
}

const isRepositorys = (entry: ConfigEntry) => entry.scope === 'local' || entry.scope === 'worktree';

function asConfig(entries: readonly ConfigEntry[]): string {
  return entries
    .filter((entry) => isRepositorys(entry) && mergeSettings.test(entry.key))
    .map(({ key, value }) => {
      const [section, name] = key.split('.');
      return `[${section}]\n\t${name} = ${quoted(value)}\n`;
    })
    .join('');
}

const quoted = (value: string): string =>
  `"${value.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t')}"`;
