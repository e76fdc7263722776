/** What an agent asks, as its protocol says it: the command itself, or only what the agent calls it. */
import { expect, test } from '@jest/globals';
import { acpApproval, codexApproval } from '../../../src/domain/agents/approval.js';
import { prefixOf } from '../../../src/domain/agents/prefix.js';

const acp = (toolCall: object) =>
  acpApproval({ id: 1, method: 'session/request_permission', params: { toolCall, options: [] } })!;
const codex = (params: object) =>
  codexApproval({ id: 1, method: 'item/commandExecution/requestApproval', params })!;

test('a command that is shown has a beginning, as a text and as words', () => {
  const words = ['bash', '-lc', "npm install 'a b'"];
  expect(prefixOf(acp({ kind: 'execute', rawInput: { command: 'npm install a' } }))).toBe('npm install');
  expect(acp({ kind: 'execute', rawInput: { command: words } }).detail).toBe(
    `bash -lc 'npm install '\\''a b'\\'''`,
  );
  expect(prefixOf(acp({ kind: 'execute', rawInput: { command: words } }))).toBe('npm install');
  expect(prefixOf(codex({ command: 'npm install a' }))).toBe('npm install');
});

test.each([
  ['a title', acp({ kind: 'execute', title: 'npm install a' })],
  ['a place', acp({ kind: 'execute', locations: [{ path: 'npm install' }] })],
  ['words that are none', acp({ kind: 'execute', title: 'npm install a', rawInput: { command: [1] } })],
  ['nothing', codex({})],
])('%s alone is no command that could be allowed with others', (_, approval) => {
  expect(approval.kind).toBe('command');
  expect(prefixOf(approval)).toBeUndefined();
});
