import { expect, test } from '@jest/globals';
import { mayReplace } from '../../../src/domain/store/stricter.js';
import { textDiff } from '../../../src/domain/store/text-diff.js';

test.each([
  ['run.max_parallel', 2, 1, 500],
  ['run.total_timeout', '1h', '30m', '900h'],
  ['manager.budget_tokens', 1000, 500, 0],
  ['manager.budget_cost', 0, 5, undefined],
  ['manager.budget_period', '24h', '48h', '1h'],
  ['manager.land', false, false, true],
  ['validator.policies.secrets.level', 'warn', 'fail', 'off'],
  ['validator.policies.changed_lines.max', 500, 100, 5000],
  ['validator.policies.licence_header.text', 'MIT', 'MIT', ''],
  ['validator.max_parallel', 2, 1, 0],
  ['worktree.env_files', ['.env'], [], ['.env', '.env.production']],
  ['worktree.spare', 0, 0, 50],
  ['run.approval_timeout', '5m', '1m', '9h'],
  ['model.total_timeout', '5m', '1m', '9h'],
  ['worktree.setup_timeout', '5m', '1m', '9h'],
  ['resolver.side_test.timeout', '1m', '1m', '9h'],
  ['resolver.side_test.run', [], [], ['sh', '{path}']],
  ['runner.command.args', ['mine'], ['mine'], ['theirs']],
  ['runner.fallback', ['claude'], [], ['command']],
  ['ui.notifications', false, false, ['theirs']],
  ['prices.gpt-5.5.input', 2, 3, 0],
  ['prices.currency', 'EUR', 'EUR', 'USD'],
  ['validator.policies.changed_coverage.ignore', ['a/**'], [], ['a/**', '**']],
  ['validator.policies.commit_hygiene.pattern', '', '^fix', undefined],
  ['validator.policies.commit_hygiene.pattern', '^fix', '^fix', '.'],
  ['worktree.trash_for', '2d', '', '0s'],
  ['worktree.trash_size', '5 GB', '10 GB', '1 B'],
  ['run.keep_for', '30d', '60d', '1s'],
  ['worktree.max_disk', '5 GB', '1 GB', ''],
  ['resolver.strategies', ['rerere', 'ai'], ['rerere'], ['rerere', 'structural']],
])('%s may be tightened, not loosened', (key, users, tighter, looser) => {
  expect(mayReplace(key, users, tighter)).toBe(true);
  if (looser !== undefined) expect(mayReplace(key, users, looser)).toBe(false);
});

test("what is no limit is the repository's to say", () => {
  expect(mayReplace('target', 'main', 'trunk')).toBe(true);
});

test('a difference shows what changed, with a little around it', () => {
  const before = 'a\nb\nc\nd\ne\nf\ng\nh\n';
  expect(textDiff(before, 'a\nb\nc\nD\ne\nf\ng\nh\ni\n')).toEqual([
    ...[' …', ' b', ' c', '-d', '+D', ' e', ' f', ' g', ' h', '+i'].slice(1),
  ]);
  expect(textDiff('', 'x\n')).toEqual(['+x']);
  expect(textDiff('x\n', '')).toEqual(['-x']);
});
