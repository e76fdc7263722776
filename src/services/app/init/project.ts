/** Reads of a commit what checks are proposed from: its CI files, its manifests, and the scripts that these name. */

import { randomUUID } from 'node:crypto';
import { isCiFile } from '../../../domain/app/proposals/other-ci.js';
import { type Proposals, proposeChecks } from '../../../domain/app/proposals/propose.js';
import type { Git } from '../../platform/index.js';

/** Manifests of any folder: CI can run in one. */
const manifest =
  /(?:^|\/)(?:package\.json|composer\.json|GNUmakefile|[mM]akefile|\.?justfile|Justfile)$|^(?:pyproject\.toml|setup\.cfg|setup\.py|tox\.ini|noxfile\.py|Cargo\.toml|CMakeLists\.txt|Rakefile|requirements[^/]*\.txt)$/;
/** Far more than any hand-written one has. */
const most = { files: 400, bytes: 2_000_000 };

/** The checks that are proposed for a commit. Throws `git-failed`. */
export async function proposalsFor(git: Git, commit: string): Promise<Proposals> {
  const { stdout } = await git.run(['ls-tree', '-r', '-z', '--name-only', '--full-tree', commit]);
  const all = stdout.split('\0').filter((path) => path !== '' && !path.includes('\n'));
  const paths = new Set(all);
  const texts = await read(
    git,
    commit,
    all.filter((path) => isCiFile(path) || manifest.test(path)),
  );
  const named = [...texts.values()].flatMap((text) => text.match(/[\w./-]*\w[\w./-]*/g) ?? []);
  const scripts = new Set(
    named.map((word) => word.replace(/^\.?\//, '')).filter((path) => paths.has(path) && !texts.has(path)),
  );
  for (const [path, text] of await read(git, commit, [...scripts])) texts.set(path, text);
  return proposeChecks({ paths, texts, data: await parsed(texts) });
}

/** The library is loaded only for a project that has such files. */
async function parsed(texts: ReadonlyMap<string, string>): Promise<Map<string, unknown>> {
  const files = [...texts].filter(([path]) => isCiFile(path) && path !== 'Jenkinsfile');
  if (files.length === 0) return new Map();
  const { parse } = await import('yaml');
  return new Map(
    files.flatMap(([path, text]): [string, unknown][] => {
      try {
        return [[path, parse(text, { merge: true, logLevel: 'silent' })]];
      } catch {
        // A file that CI could not read either says nothing.
        return [];
      }
    }),
  );
}

async function read(git: Git, commit: string, paths: readonly string[]): Promise<Map<string, string>> {
  const some = paths.slice(0, most.files);
  if (some.length === 0) return new Map();
  const mark = randomUUID();
  const { stdout } = await git.run(['cat-file', `--batch=${mark} %(objecttype) %(objectsize)`], {
    input: some.map((path) => `${commit}:${path}\n`).join(''),
  });
  const texts = new Map<string, string>();
  for (const [at, part] of stdout.split(`${mark} `).slice(1).entries()) {
    const end = part.indexOf('\n');
    const [kind, size] = part.slice(0, end).split(' ');
    if (kind === 'blob' && Number(size) < most.bytes)
      texts.set(some[at]!, part.slice(end + 1).replace(/\n$/, ''));
  }
  return texts;
}
