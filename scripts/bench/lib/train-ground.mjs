/** A repository with finished tasks, each on a branch of its own, and a check that judges the merged tree. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeSandbox } from '../sandbox.mjs';

export const git = (sandbox, ...args) => sandbox.run(join(sandbox.root, 'repo'), 'git', ...args).trimEnd();

const registryFile = (sandbox) => join(sandbox.env.XDG_DATA_HOME, 'codex-agents', 'tasks.json');
export const registry = (sandbox) => JSON.parse(readFileSync(registryFile(sandbox), 'utf8'));

/** Counts itself, then fails for every file in bad/, and for files of which all that a line of `sets` names are there. */
const judge = (sandbox, loud, first = '') => `
echo run >> '${sandbox.root}/runs'
${first}
failed=0
for file in bad/*; do [ -e "$file" ] && { failed=1; ${loud ? 'echo "broken: $file"' : ':'}; }; done
while read -r line; do
  all=1
  for file in $line; do [ -e "$file" ] || all=0; done
  [ $all = 1 ] && { failed=1; ${loud ? 'echo "at $line"' : ':'}; }
done < sets
exit $failed`;

/** Tasks in any order: bad ones, `left` and `right` that fail only together, and good ones. */
export function mixed(tasks, bad) {
  return shuffled([
    ...Array.from({ length: bad }, (_, at) => `bad-${at + 1}`),
    'left',
    'right',
    ...Array.from({ length: tasks - bad - 2 }, (_, at) => `good-${at + 1}`),
  ]);
}

export function shuffled(list) {
  return list
    .map((item) => [Math.random(), item])
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item);
}

/** @param what `sets`: tasks that fail only together; `first`: what the check does before it judges; `files`: of the target */
export async function ground(
  /** @type {Record<string, any>} */ { names, sets = [], loud = false, first = '', files = {} },
) {
  const sandbox = makeSandbox();
  const root = join(sandbox.root, 'repo');
  mkdirSync(root);
  git(sandbox, 'init', '-q');
  sandbox.codexAgent(root, 'init');
  const lines = sets.map((set) => `${set.map((slug) => `work/${slug}`).join(' ')}\n`);
  for (const [path, text] of Object.entries({ sets: lines.join(''), ...files })) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  git(sandbox, 'add', '-A');
  git(sandbox, 'commit', '-qm', 'First');
  writeFileSync(join(sandbox.root, 'runs'), '');
  const base = git(sandbox, 'rev-parse', 'main');
  const stream = names.map((slug) => {
    const path = slug.startsWith('bad') ? `bad/${slug}` : `work/${slug}`;
    return `commit refs/heads/codex-agent/${slug}\ncommitter T <t@example.com> 1700000000 +0000\ndata 5\nWork\n\nfrom ${base}\nM 100644 inline ${path}\ndata 5\nwork\n\n`;
  });
  execFileSync('git', ['fast-import', '--quiet'], { cwd: root, env: sandbox.env, input: stream.join('') });
  const stubs = join(sandbox.root, 'stubs');
  mkdirSync(stubs);
  for (const slug of names) {
    const front = `title = "Do ${slug}"\nslug = "${slug}"\nbranch = "codex-agent/${slug}"`;
    writeFileSync(join(stubs, `${slug}.md`), `+++\n${front}\n+++\n`);
  }
  sandbox.codexAgent(root, 'task', 'add', '--from', stubs);
  const file = registry(sandbox);
  for (const task of file.tasks) Object.assign(task, { status: 'done', base });
  // The order of the train is the order they were made in, whatever order their stubs were read in.
  const at = new Map(names.map((slug, index) => [slug, index]));
  for (const task of file.tasks)
    task.createdAt = new Date(1_700_000_000_000 + 1000 * (at.get(task.slug) ?? 0)).toISOString();
  writeFileSync(registryFile(sandbox), JSON.stringify({ ...file, rev: file.rev + 1 }));
  git(sandbox, 'add', '-A');
  git(sandbox, 'commit', '-qm', 'Stubs', '--allow-empty');
  const config = join(sandbox.env.XDG_CONFIG_HOME, 'codex-agents', 'config.toml');
  mkdirSync(join(config, '..'), { recursive: true });
  const run = JSON.stringify(['sh', '-c', judge(sandbox, loud, first)]);
  writeFileSync(config, `[[validator.checks]]\nname = "test"\nkind = "test"\nrun = ${run}\n`);
  return { sandbox, root, names };
}
