import { expect, test } from '@jest/globals';
import type { RunView } from '../../../src/domain/agents/run.js';
import { unfinishedRuns } from '../../../src/domain/app/next.js';
import { makeTask } from '../../support/task.js';

const run = (runId: string, more: Partial<RunView>) => ({ runId, phase: 'exited', ...more }) as RunView;

test('runs at work and those that ended before their task was done are what to look at', () => {
  const tasks = [
    makeTask('cut-off', { status: 'running', runIds: ['cut-off-1', 'cut-off-2'] }),
    makeTask('handed-back', { status: 'needs-input', runIds: ['handed-back-1'] }),
    makeTask('well', { status: 'running', runIds: ['well-1'] }),
    makeTask('over', { status: 'failed', runIds: ['over-1'] }),
  ];
  const runs = [
    run('cut-off-2', { phase: 'interrupted', status: 'interrupted' }),
    run('cut-off-1', { status: 'failed' }),
    run('handed-back-1', { phase: 'lost', status: 'lost' }),
    run('well-1', { status: 'completed' }),
    run('over-1', { status: 'failed' }),
    run('elsewhere-1', { phase: 'running' }),
  ];
  expect(unfinishedRuns(runs, tasks).map(({ runId }) => runId)).toEqual([
    'cut-off-2',
    'handed-back-1',
    'elsewhere-1',
  ]);
});
