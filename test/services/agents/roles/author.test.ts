import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  agentFilePath,
  editAgent,
  loadAgent,
  validateAgents,
} from '../../../../src/services/agents/roles/index.js';
import { makeSandbox, type Sandbox, type SandboxSession } from '../../../support/sandbox.js';

let sandbox: Sandbox;
let session: SandboxSession;
beforeEach(async () => {
  sandbox = makeSandbox();
  session = await sandbox.session(sandbox.repo());
});
afterEach(() => sandbox.cleanup());

/** An editor that is this shell script; $1 is the file. */
function editor(text: string): void {
  const path = join(sandbox.root, 'editor');
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  sandbox.env.EDITOR = path;
}

describe('checking', () => {
  const check = async () =>
    (await validateAgents(session.paths, session.root)).flatMap(({ problem, hint }) =>
      problem
        ? [
            `${problem.replace(`${session.root}/`, '').replace(`${session.paths.configDir}/`, '~/')} ${hint ?? ''}`,
          ]
        : [],
    );

  test('finds every problem at once, each with its place, in files that nobody has trusted', async () => {
    sandbox.write(session.paths.configDir, {
      'agents/developer.toml': '# mine\nrunner = "vim"\n',
      'agents/develper.toml': '',
      'agents/planner.toml': 'timeouts = { totl = "1h" }\n',
    });
    sandbox.write(session.root, {
      '.codex-agent/agents/validator.toml': 'model = "m"\n\ninstructions_file = "../../README.md"\n',
      '.codex-agent/agents/task-author.toml': '[budget\n',
      '.codex-agent/prompts/planner.md':
        '+++\nplaceholders = []\n+++\nPlan.\n<!-- request -->\nDo {{goal}}.\n',
      '.codex-agent/prompts/nobody.md': '',
    });
    const problems = await check();
    expect(problems).toEqual([
      expect.stringMatching(
        /^~\/agents\/developer\.toml:2:1: the developer cannot use the runner "vim" Runners of/,
      ),
      expect.stringMatching(
        /^~\/agents\/develper\.toml:1:1: there is no agent called develper.* developer\.toml\?/,
      ),
      expect.stringMatching(/^~\/agents\/planner\.toml:1:\d+: there is no key timeouts\.totl/),
      expect.stringMatching(/^\.codex-agent\/agents\/task-author\.toml:1:\d+: /),
      expect.stringMatching(
        /^\.codex-agent\/agents\/validator\.toml:3:1: instructions_file.*(lies outside|cannot be read)/,
      ),
      expect.stringMatching(/^\.codex-agent\/prompts\/nobody\.md:1:1: there is no agent/),
      expect.stringMatching(
        /^\.codex-agent\/prompts\/planner\.md:6:6: \{\{goal\}\} is used but not declared/,
      ),
    ]);
  });

  test('finds nothing where nothing is wrong, and where there is nothing', async () => {
    expect(await validateAgents(session.paths, session.root)).toEqual([]);
    sandbox.write(session.paths.configDir, { 'agents/developer.toml': '[budget]\ntokens = 5\ncost = 0.5\n' });
    expect(await validateAgents(session.paths)).toEqual([
      { path: agentFilePath(session, 'developer', 'user') },
    ]);
  });
});

describe('editing', () => {
  test('opens the right file, a new one with what can be set, and what is written is in force', async () => {
    editor('grep -q "^# sandbox" "$1" || exit 1; echo \'model = "mine"\' > "$1"');
    const { path } = await editAgent(session, 'developer', 'user');
    expect(path).toBe(join(session.paths.configDir, 'agents', 'developer.toml'));
    expect((await loadAgent(session, 'developer')).model).toBe('mine');
    editor('cat "$1" > "$1.seen"; echo \'model = "ours"\' > "$1"');
    const shared = await editAgent(session, 'planner', 'repository');
    expect(shared.path).toBe(join(session.root, '.codex-agent', 'agents', 'planner.toml'));
    expect(readFileSync(`${shared.path}.seen`, 'utf8')).toContain('The planner.');
  });

  test('a new file that was left as it is is not kept; one with a mistake is, and is told of', async () => {
    editor('true');
    const { path } = await editAgent(session, 'developer', 'user');
    expect(existsSync(path)).toBe(false);
    editor('echo "runner = 5" > "$1"');
    await expect(editAgent(session, 'developer', 'user')).rejects.toMatchObject({ code: 'config-invalid' });
    editor('echo \'runner = "vim"\' > "$1"');
    await expect(editAgent(session, 'developer', 'user')).rejects.toMatchObject({ code: 'bad-agent-file' });
    expect(existsSync(path)).toBe(true);
  });

  test("a repository's budget and sandbox only tighten those of the person", async () => {
    sandbox.write(session.paths.configDir, { 'agents/developer.toml': '[budget]\ntokens = 100\n' });
    sandbox.write(session.root, {
      '.codex-agent/agents/developer.toml':
        'sandbox = "full"\nenv_allow = ["X"]\n[budget]\ntokens = 500\ncost = 2\n',
    });
    const again = await sandbox.session(session.root);
    expect(await loadAgent(again, 'developer')).toMatchObject({
      budget: { tokens: 100, cost: 2 },
      sandbox: 'workspace-write',
      envAllow: [],
    });
  });
});
