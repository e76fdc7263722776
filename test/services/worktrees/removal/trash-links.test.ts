import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { trashFolder } from '../../../../src/services/worktrees/places/places.js';
import { emptyTrash } from '../../../../src/services/worktrees/removal/trash.js';
import { until } from '../../../support/runs.js';
import { makeSandbox } from '../../../support/sandbox.js';

test('the trash takes along what it put on another disk, and nothing behind a link of a person', async () => {
  const sandbox = makeSandbox();
  const session = await sandbox.session(sandbox.repo());
  const trash = trashFolder(session);
  const named = (task: string) => `${task}-1000000000000.gone`;
  const mine = join(sandbox.root, 'mine');
  const moved = join(sandbox.root, '.codex-agents-trash', named('moved'));
  for (const folder of [trash, mine, moved]) mkdirSync(folder, { recursive: true });
  symlinkSync(mine, join(trash, named('a')));
  // From `/`, where the deletion works, this one leads to the same folder.
  symlinkSync(`../../..${mine}`, join(trash, named('b')));
  symlinkSync(moved, join(trash, named('moved')));
  await emptyTrash(session);
  // The deletion gives way to everything else on the machine.
  await until(() => readdirSync(trash).length === 0, 50_000);
  expect([existsSync(moved), existsSync(mine)]).toEqual([false, true]);
  sandbox.cleanup();
});
