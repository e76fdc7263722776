import { expect, test } from '@jest/globals';
import { storm } from '../../../support/registry-storm.mjs';

test('fifty writers, half of them killed: no acknowledged change is lost and no read is torn', async () => {
  const result = await storm({ writers: 50, updates: 3, killEveryMs: 50 });
  expect(result).toMatchObject({ lost: [], tornReads: 0, failures: 0, errors: [] });
  expect(result.kills).toBeGreaterThan(5);
  expect(result.reads).toBeGreaterThan(20);
  expect(result.acknowledged).toBeGreaterThan(50);
}, 60_000);
