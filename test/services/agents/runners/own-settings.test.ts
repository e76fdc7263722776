import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { passesName } from '../../../../src/domain/platform/environment.js';
import { defaultConfig } from '../../../../src/domain/store/config.js';
import { allowedFor } from '../../../../src/services/agents/environment/allowed.js';
import { runnerFor } from '../../../../src/services/agents/runners/index.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

/** Whether this variable reaches the runner's program, once a file of its own settings says this. */
function reaches(runner: string, name: string, file: string, text: string): boolean {
  const path = join(sandbox.root, 'home', file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  const env = { HOME: join(sandbox.root, 'home'), [name]: 'x' };
  return passesName(name, allowedFor(runnerFor(runner), defaultConfig, { envAllow: [] }, env));
}

test.each([
  ['claude', 'AWS_PROFILE', '.claude/settings.json', '{"env":{"CLAUDE_CODE_USE_BEDROCK":"1"}}', true],
  ['claude', 'CLOUD_ML_REGION', '.claude/settings.json', '{"env":{"CLAUDE_CODE_USE_VERTEX":1}}', true],
  ['claude', 'AWS_PROFILE', '.claude/settings.json', '{"env":{"CLAUDE_CODE_USE_BEDROCK":"0"}}', false],
  ['claude', 'AWS_PROFILE', '.claude/settings.json', '{"env":', false],
  ['codex', 'MY_KEY', '.codex/config.toml', '[model_providers.x]\nenv_key = "MY_KEY"', true],
  ['codex', 'MY_KEY', '.codex/config.toml', '', false],
  [
    'opencode',
    'OUR_KEY',
    '.config/opencode/opencode.json',
    '{"provider":{"x":{"options":{"apiKey":"{env:OUR_KEY}"}}}}',
    true,
  ],
  [
    'opencode',
    'AWS_PROFILE',
    '.config/opencode/opencode.jsonc',
    '{"model":"amazon-bedrock/anthropic.claude"}',
    true,
  ],
  ['opencode', 'AWS_PROFILE', '.config/opencode/opencode.json', '{}', false],
  [
    'gemini',
    'TOOLS_TOKEN',
    '.gemini/settings.json',
    '{"mcpServers":{"x":{"headers":{"Authorization":"Bearer ${TOOLS_TOKEN}"}}}}',
    true,
  ],
  ['gemini', 'TOOLS_TOKEN', '.gemini/settings.json', '{}', false],
])('%s: %s by %s %s: %s', (runner, name, file, text, expected) => {
  expect(reaches(runner, name, file, text)).toBe(expected);
});
