/** A text in the person's editor: what was written is never lost. */
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { editText } from '../../../../src/services/app/index.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

/** What is left in the temporary folder. */
const left = () => readdirSync(sandbox.root).filter((name) => name.startsWith('codex-agent-text-'));

function edit(script: string): Promise<string> {
  const editor = join(sandbox.root, 'editor');
  writeFileSync(editor, `#!/bin/sh\n${script}\n`);
  chmodSync(editor, 0o755);
  const env = { ...sandbox.env, EDITOR: editor, VISUAL: '', TMPDIR: sandbox.root };
  return editText({ root: sandbox.root, env }, 'a goal');
}

it('gives what was saved, and leaves nothing', async () => {
  expect(await edit(`printf 'more\\n\\n' >> "$1"`)).toBe('a goal\nmore');
  expect(left()).toEqual([]);
});

it('keeps what was written when the editor ends badly, and says where', async () => {
  const error = await edit(`echo more >> "$1"; exit 3`).catch((thrown: Error) => thrown);
  const [, path] = /exit code 3\. What you wrote is kept in (.+)\.$/.exec((error as Error).message)!;
  expect(readFileSync(path!, 'utf8')).toBe('a goal\nmore\n');
  await expect(edit('exit 3')).rejects.toMatchObject({ code: 'editor-failed' });
  expect(left()).toHaveLength(1);
});
