/** A small repository with tasks in every state that the scenes need, kept to begin with it again and again. */
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeSandbox } from '../../sandbox.mjs';
import { agentsBeCommand, passingCheck } from '../command-home.mjs';
import { stampOf } from './stamp.mjs';

/** Words of people and agents that must never be gone, and where each was written. */
export const treasures = {
  TOKENDIRTY: 'an edited file in the worktree of `dirty`',
  TOKENSTAGED: 'a file that was staged there and edited since',
  TOKENNEW: 'an untracked file there',
  TOKENIGNORED: 'an ignored file there that a person wrote',
  TOKENDONE: 'a commit of the task `done`',
  TOKENTRASH: 'an untracked file in a worktree in the trash',
  TOKENMAIN: 'an untracked file in the main worktree',
};

const agent = `#!/bin/sh
echo "TOKENAGENT $1" >> "$1.txt" || exit 1
echo 'I wrote it.'
`;

/** A file to which two sides may add an import each at the same place: rules can answer that. */
const imports = (...names) =>
  `${['a', ...names].map((name) => `import { ${name} } from './${name}.js';\n`).join('')}\nexport const all = [a];\n`;

/** Makes the repository; `git`, `ca` and `worktree` work in it. */
export function makeGround() {
  const sandbox = makeSandbox();
  const repo = join(sandbox.root, 'repo');
  const worktree = (slug) => join(sandbox.root, 'repo.worktrees', slug);
  const git = (...args) => sandbox.run(repo, 'git', ...args);
  const ca = (...args) => sandbox.codexAgent(repo, ...args);
  mkdirSync(repo);
  git('init', '-q');
  writeFileSync(join(repo, 'main.ts'), imports());
  writeFileSync(join(repo, 'f.txt'), 'a\nb\nc\n');
  for (let n = 0; n < Number(process.env.MANY ?? 0); n++) writeFileSync(join(repo, `many${n}.txt`), `${n}\n`);
  writeFileSync(join(repo, '.gitignore'), '*.ignored\nnode_modules/\n');
  git('add', '-A');
  git('commit', '-qm', 'First');
  ca('init');
  git('add', '-A');
  git('commit', '-qm', 'Set up');
  const script = join(sandbox.root, 'agent.sh');
  writeFileSync(script, agent, { mode: 0o755 });
  agentsBeCommand(sandbox.env, [script, '{slug}'], { rest: passingCheck });
  for (const slug of ['idle', 'dirty', 'done', 'clash', 'gone', 'cancelled'])
    ca('task', 'add', slug, '--slug', slug, '--goal', 'g');
  ca('task', 'run', 'done', '--wait');
  worktreeWork({ ca, git, worktree, sandbox, repo });
  writeFileSync(join(repo, 'mine.ignored'), 'TOKENMAIN\n');
  return { sandbox, repo, git, ca, worktree, ...keep(sandbox) };
}

function worktreeWork({ ca, git, worktree, sandbox, repo }) {
  const commit = (slug, path, text) => {
    const at = worktree(slug);
    writeFileSync(join(at, path), text);
    sandbox.run(at, 'git', 'add', path);
    sandbox.run(at, 'git', 'commit', '-qm', `Work on ${slug}`);
  };
  commit('done', 'more.txt', 'TOKENDONE\n');
  for (const slug of ['dirty', 'clash', 'gone', 'cancelled']) ca('task', 'worktree', 'add', slug);
  const dirty = worktree('dirty');
  writeFileSync(join(dirty, 'f.txt'), 'TOKENDIRTY\n');
  writeFileSync(join(dirty, 's.txt'), 'TOKENSTAGED\n');
  sandbox.run(dirty, 'git', 'add', 's.txt');
  writeFileSync(join(dirty, 's.txt'), 'other\n');
  writeFileSync(join(dirty, 'new.txt'), 'TOKENNEW\n');
  writeFileSync(join(dirty, 'notes.ignored'), 'TOKENIGNORED\n');
  commit('clash', 'main.ts', imports('ours'));
  writeFileSync(join(repo, 'main.ts'), imports('theirs'));
  git('add', 'main.ts');
  git('commit', '-qm', 'Theirs');
  writeFileSync(join(worktree('gone'), 'new.txt'), 'TOKENTRASH\n');
  ca('task', 'worktree', 'remove', 'gone', '--force', '--yes');
  // gc takes what belongs to a task that is over.
  ca('task', 'edit', 'cancelled', '--status', 'cancelled');
}

/** Everything below the sandbox, to be put back as it was. */
function keep(sandbox) {
  const saved = `${sandbox.root}.saved`;
  const copying = { recursive: true, verbatimSymlinks: true, preserveTimestamps: true };
  const empty = (folder) => {
    for (const name of readdirSync(folder))
      rmSync(join(folder, name), { recursive: true, force: true, maxRetries: 9 });
  };
  /** @type {string | undefined} */
  let restored;
  return {
    save: () => cpSync(sandbox.root, saved, copying),
    /** Copies nothing where nothing has changed since the last time. */
    restore() {
      if (restored !== undefined && restored === stampOf(sandbox.root)) return;
      empty(sandbox.root);
      cpSync(saved, sandbox.root, copying);
      restored = stampOf(sandbox.root);
    },
    /** Nothing was changed since: what is there has been looked at, and the next start does what it does there. */
    isAsRestored: () => restored === stampOf(sandbox.root),
    drop() {
      rmSync(saved, { recursive: true, force: true });
      sandbox.cleanup();
    },
  };
}
