/** What leads the person's git to files of an agent, by ways that look like the repository's own. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { restoreTask } from '../../../../src/services/app/manager/settle.js';
import { files, guarded, repo, sandbox, session, waits } from '../../../support/guarded-task.js';

const evilHook =
  'mkdir "$root/h"; printf "#!/bin/sh\\nevil\\n" >"$root/h/pre-commit"; chmod +x "$root/h/pre-commit"';

test.each<[string, string, RegExp]>([
  [
    'a folder for hooks that is a link',
    `${evilHook}; ln -s "$root/h" "$main/h"; git config core.hooksPath h`,
    /core.hookspath is h/,
  ],
  [
    'a record in another repository that leads back',
    'o="$root/o"; git init -q "$o"; mkdir -p "$o/.git/worktrees/x"; echo "$PWD/.git" >"$o/.git/worktrees/x/gitdir"; echo "gitdir: $o/.git/worktrees/x" >.git',
    /song\/.git leads git elsewhere/,
  ],
  [
    'configuration of the main worktree alone',
    'git config extensions.worktreeConfig true; printf "[core]\\n\\tfsmonitor = $root/evil\\n" >"$main/.git/config.worktree"',
    /config.worktree: core.fsmonitor is/,
  ],
  ['other parents of a commit', 'git rev-parse HEAD >"$main/.git/info/grafts"', /info\/grafts was made/],
])('%s waits for a word, and one command takes it away', async (_, deed, found) => {
  const before = files('.git/config');
  expect(await guarded.play(await guarded.agent(`echo work >work.txt\n${deed}`))).toMatchObject(waits(found));
  const restored = await restoreTask(session, 'song');
  expect(restored.changes.filter(({ done }) => !done)).toEqual([]);
  expect(files('.git/config').replace(/\[extensions\]\n\tworktreeConfig = true\n/, '')).toBe(before);
  expect(existsSync(join(repo, '.git/info/grafts'))).toBe(false);
});

test('behind a folder of git that has become a link nothing is written, and that is told', async () => {
  writeFileSync(join(repo, '.git/info/attributes'), '*.txt text\n');
  const deed =
    'mv "$main/.git/info" "$root/i"; ln -s "$root/i" "$main/.git/info"; echo "*.txt filter=x" >"$root/i/attributes"';
  expect(await guarded.play(await guarded.agent(`echo work >work.txt\n${deed}`))).toMatchObject(
    waits(/info\/attributes was changed/),
  );
  const { changes } = await restoreTask(session, 'song');
  expect(changes).toMatchObject([{ done: false, how: expect.stringContaining('its folder is a link now') }]);
  expect(readFileSync(join(sandbox.root, 'i/attributes'), 'utf8')).toBe('*.txt filter=x\n');
});
