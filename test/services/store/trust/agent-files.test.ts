import { execFileSync } from 'node:child_process';
import { rmSync, symlinkSync, truncateSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { pathsFrom } from '../../../../src/services/platform/files/paths.js';
import { readTrust, trustRepository, trustState } from '../../../../src/services/store/trust/index.js';
import { shownFiles } from '../../../../src/services/store/trust/shown.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

describe('what instructs or configures coding CLIs', () => {
  const given = (files: Record<string, string>, use: (root: string, sandbox: Sandbox) => Promise<void>) => {
    const sandbox = makeSandbox();
    const root = sandbox.repo({ '.codex-agent/config.toml': 'schema = 1\n', ...files });
    return use(root, sandbox).finally(() => sandbox.cleanup());
  };

  test.each([
    'AGENTS.md',
    'AGENTS.override.md',
    'CLAUDE.md',
    'GEMINI.md',
    '.claude/CLAUDE.md',
    '.claude/rules/x.md',
    '.claude/settings.json',
    '.claude/settings.local.json',
    '.claude/skills/x/run.sh',
    'packages/web/.claude/skills/x/run.sh',
    '.gemini/commands/x.toml',
    '.codex/config.toml',
    '.gemini/settings.json',
    'opencode.json',
    '.mcp.json',
  ])('is trusted with our configuration, and asked about again once %s changed', (path) =>
    given({ [path]: 'one\n' }, async (root, sandbox) => {
      const paths = pathsFrom(sandbox.env);
      await trustRepository(paths, root, (await trustState(paths, root)).hash);
      sandbox.write(root, { 'src/other.md': 'not one of them\n', '.claude/settings.local.json': 'two\n' });
      if (path !== '.claude/settings.local.json')
        expect((await trustState(paths, root)).status).toBe('trusted');
      sandbox.write(root, { [path]: 'two\n' });
      expect(await trustState(paths, root)).toMatchObject({ status: 'changed', changes: [path] });
    }),
  );

  test('is asked about when it is new, as soon as git tracks it or coding CLIs read it at the top', () =>
    given({}, async (root, sandbox) => {
      const paths = pathsFrom(sandbox.env);
      await trustRepository(paths, root, (await trustState(paths, root)).hash);
      sandbox.write(root, { '.opencode/plugin/x.js': 'new\n', '.claude/settings.local.json': 'mine\n' });
      expect((await trustState(paths, root)).status).toBe('trusted');
      sandbox.git(root, 'add', '.opencode');
      sandbox.write(root, { '.mcp.json': '{}\n' });
      expect((await trustState(paths, root)).changes).toEqual(['.mcp.json', '.opencode/plugin/x.js']);
    }));

  test('includes the files that it brings in, however many steps away, and none elsewhere', () =>
    given(
      {
        'CLAUDE.md': 'See @docs/rules.md and mail@docs/no.md, @../outside.md, @.git/config.\n',
        'docs/rules.md': '@more.md, @../CLAUDE.md\n',
        'docs/more.md': 'Do it.\n',
        'docs/no.md': 'no\n',
      },
      async (root, sandbox) => {
        sandbox.write(join(root, '..'), { 'outside.md': 'x' });
        const { files } = await trustState(pathsFrom(sandbox.env), root);
        const names = ['.codex-agent/config.toml', 'CLAUDE.md', 'docs/more.md', 'docs/rules.md'];
        expect(files.map(({ path }) => path).sort()).toEqual(names);
      },
    ));

  test('does not stop a person from trusting the rest when it is too big or leads out, and says so', () =>
    given({ 'GEMINI.md': '' }, async (root, sandbox) => {
      const paths = pathsFrom(sandbox.env);
      truncateSync(join(root, 'GEMINI.md'), 3_000_000);
      sandbox.write(join(root, '..'), { 'outside.md': 'x' });
      symlinkSync('../outside.md', join(root, 'CLAUDE.md'));
      execFileSync('mkfifo', [join(root, 'AGENTS.md')]);
      const { state, inputs } = await readTrust(paths, root);
      const shown = await shownFiles(paths, inputs, state);
      expect(shown.slice(1)).toEqual([
        {
          path: 'CLAUDE.md',
          what: 'new',
          lines: [expect.stringMatching(/^\(a link that leads out .*outside\.md\)$/)],
        },
        { path: 'GEMINI.md', what: 'new', lines: ['(3000000 bytes: too big to be read)'] },
      ]);
      await trustRepository(paths, root, state.hash);
      expect((await trustState(paths, root)).status).toBe('trusted');
    }));

  test.each([
    'packages/web/AGENTS.md',
    'packages/w\u00e9b/CLAUDE.md',
    'packages/web/CLAUDE.local.md',
    'docs/rules.md',
    '.claude/commands/x.md',
    '.cursor/rules/x.mdc',
    '.github/copilot-instructions.md',
  ])('is told when it is a document that changed, and ends no trust: %s', (path) =>
    given({ 'CLAUDE.md': '@docs/rules.md\n', [path]: 'one\n' }, async (root, sandbox) => {
      const paths = pathsFrom(sandbox.env);
      await trustRepository(paths, root, (await trustState(paths, root)).hash);
      expect((await trustState(paths, root)).told).toBeUndefined();
      sandbox.write(root, { [path]: 'two\n' });
      const { state, inputs } = await readTrust(paths, root);
      expect(state).toMatchObject({ status: 'trusted', told: [path] });
      const shown = await shownFiles(paths, inputs, state);
      expect(shown.filter(({ what }) => what !== 'as trusted')).toEqual([
        { path, what: 'changed', lines: ['-one', '+two'], onlyRead: true },
      ]);
      await trustRepository(paths, root, state.hash);
      expect((await trustState(paths, root)).told).toBeUndefined();
      rmSync(join(root, path));
      expect(await trustState(paths, root)).toMatchObject({ status: 'trusted', told: [path] });
    }),
  );

  test.each([
    ['a command that it runs first', 'Look: !`git log`\n'],
    ['a block of commands', 'Look:\n```!\ngit log\n```\n'],
    ['what it may run', '---\ndescription: x\nallowed-tools: Bash(*)\n---\nDo.\n'],
    ['hooks', '---\nname: x\nhooks:\n  Stop: []\n---\nDo.\n'],
    ['a key behind another end of a line', '---\ndescription: x\u0085allowed-tools: Bash\n---\nDo.\n'],
    ['a key behind a carriage return', '---\ndescription: x\rallowed-tools: Bash\n---\nDo.\n'],
    ['front matter without an end', '---\nallowed-tools: Bash(*)\n'],
    ['front matter behind a mark', '\uFEFF---\nallowed-tools: Bash(*)\n---\n'],
  ])('is asked about again once a page of commands gets %s', (_, text) =>
    given({ '.claude/commands/x.md': '---\ndescription: Looks\n---\nLook.\n' }, async (root, sandbox) => {
      const paths = pathsFrom(sandbox.env);
      await trustRepository(paths, root, (await trustState(paths, root)).hash);
      sandbox.write(root, { '.claude/commands/x.md': text });
      const changed = { status: 'changed', changes: ['.claude/commands/x.md'] };
      expect(await trustState(paths, root)).toMatchObject(changed);
      await trustRepository(paths, root, (await trustState(paths, root)).hash);
      sandbox.write(root, { '.claude/commands/x.md': 'Look.\n' });
      expect(await trustState(paths, root)).toMatchObject(changed);
    }),
  );

  test('is asked about once a folder of it is a link to another one', () =>
    given({ 'tools/x/run.sh': 'true\n', 'other/x/run.sh': 'false\n' }, async (root, sandbox) => {
      const paths = pathsFrom(sandbox.env);
      for (const [path, target] of [
        ['.claude/skills', '../tools'],
        ['.claude/skills', '../other'],
        ['packages/web/.agents', '../../tools'],
      ] as const) {
        await trustRepository(paths, root, (await trustState(paths, root)).hash);
        sandbox.write(root, { [`${dirname(path)}/y.txt`]: '' });
        rmSync(join(root, path), { force: true });
        symlinkSync(target, join(root, path));
        sandbox.git(root, 'add', path);
        expect(await trustState(paths, root)).toMatchObject({ status: 'changed', changes: [path] });
      }
    }));

  test('is asked about as well where an agent of ours is given the document', () =>
    given({ 'docs/AGENTS.md': 'one\n' }, async (root, sandbox) => {
      const paths = pathsFrom(sandbox.env);
      await trustRepository(paths, root, (await trustState(paths, root)).hash);
      const config = { 'config.toml': "agents.fallback_files = ['docs/AGENTS.md']\n" };
      sandbox.write(paths.configDir, config);
      expect(await trustState(paths, root)).toMatchObject({ status: 'changed', changes: ['docs/AGENTS.md'] });
      await trustRepository(paths, root, (await trustState(paths, root)).hash);
      sandbox.write(root, { 'docs/AGENTS.md': 'two\n' });
      expect(await trustState(paths, root)).toMatchObject({ status: 'changed', changes: ['docs/AGENTS.md'] });
    }));

  test('is still told after a command of ours changed the configuration, and however many documents there are', () =>
    given({ 'a/AGENTS.md': 'one\n' }, async (root, sandbox) => {
      const paths = pathsFrom(sandbox.env);
      await trustRepository(paths, root, (await trustState(paths, root)).hash);
      const many = Array.from({ length: 1_001 }, (_, n) => [`b/${n}/AGENTS.md`, '']);
      sandbox.write(root, { 'a/AGENTS.md': 'two\n', ...Object.fromEntries(many) });
      sandbox.git(root, 'add', 'b');
      sandbox.write(root, { '.codex-agent/config.toml': 'schema = 1\ntarget = "main"\n' });
      await trustRepository(paths, root, (await trustState(paths, root)).hash, false);
      expect(await trustState(paths, root)).toMatchObject({ status: 'trusted', told: ['a/AGENTS.md'] });
    }));
});
