/** A repository whose agent runs without a sandbox, looked at before and after. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from '@jest/globals';
import type { Task } from '../../src/domain/store/task.js';
import { type Guarded, makeGuarded } from './guarded.js';
import { makeSandbox, type Sandbox, type SandboxSession } from './sandbox.js';

export let sandbox: Sandbox;
export let guarded: Guarded;
export let repo: string;
export let session: SandboxSession;
beforeEach(async () => {
  sandbox = makeSandbox();
  guarded = await makeGuarded(sandbox);
  ({ repo, session } = guarded);
});
afterEach(() => sandbox.cleanup());

export const at = (ref: string) => sandbox.git(repo, 'rev-parse', '--verify', '-q', ref);
export const files = (path: string) => readFileSync(join(repo, path), 'utf8');
export const workOf = (task: Task) => sandbox.git(repo, 'show', `${task.branch}:work.txt`);
export const evil = 'evil=$(git commit-tree -p HEAD -m evil "HEAD^{tree}")';

/** A task that waits, and names the two commands that settle it. */
export const waits = (found: RegExp) => ({
  status: 'needs-input',
  problem: {
    code: 'changed-outside',
    message: expect.stringMatching(
      new RegExp(`${found.source}.*task accept song.*task restore song`, `s${found.flags}`),
    ),
  },
});
