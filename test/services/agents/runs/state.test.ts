import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { writeSeen } from '../../../../src/services/agents/runs/cut.js';
import { watchState } from '../../../../src/services/agents/runs/local/state.js';
import { until } from '../../../support/runs.js';

const folder = mkdtempSync(join(tmpdir(), 'codex-agents-state-'));
let stop = () => {};
afterEach(() => {
  stop();
  rmSync(folder, { recursive: true, force: true });
});

test('how far a transcript was read, noted each second for each agent at work, is no news of its run', async () => {
  let news = 0;
  stop = watchState(folder, () => {
    news++;
  });
  for (let size = 0; size < 5; size++) await writeSeen(folder, { size, end: '' });
  writeFileSync(join(folder, 'exit.json'), '{}');
  await until(() => news > 0);
  expect(news).toBe(1);
});
