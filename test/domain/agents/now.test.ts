import { describe, expect, it } from '@jest/globals';
import type { AgentEvent } from '../../../src/domain/agents/agent-event.js';
import { nowOf } from '../../../src/domain/agents/now.js';

const tool = (more: Partial<Extract<AgentEvent, { type: 'tool' }>>): AgentEvent => ({
  type: 'tool',
  itemId: 'i1',
  kind: 'command',
  state: 'started',
  name: 'shell',
  ...more,
});

describe('what a run does now', () => {
  it.each([
    ['a command', [tool({ command: "/bin/bash -lc 'npm test'" })], { kind: 'command', text: 'npm test' }],
    [
      'a command that failed',
      [tool({ command: 'npm test', state: 'failed' })],
      { kind: 'command', text: 'npm test', outcome: 'failed' },
    ],
    [
      'an edit of several files, relative to its folder',
      [tool({ kind: 'edit', state: 'ok', paths: ['/w/t/src/a.ts', '/w/t/b.ts'] })],
      { kind: 'edit', text: 'src/a.ts and 1 more', outcome: 'ok' },
    ],
    ['a thought', [{ type: 'thought', text: 'one\ntwo' }], { kind: 'thought', text: 'two' }],
    [
      'the last thing that says something',
      [
        tool({ command: 'ls' }),
        { type: 'usage', usage: { scope: 'step', input: 1, cached: 0, output: 1 } },
        { type: 'text', text: ' ', final: true },
      ],
      { kind: 'command', text: 'ls' },
    ],
  ] as [string, AgentEvent[], unknown][])('is %s', (_, events, now) => {
    expect(nowOf(events, { cwd: '/w/t/' })).toEqual(now);
  });

  it('is nothing before anything was said, and never longer than a row needs', () => {
    expect(nowOf([])).toBeUndefined();
    expect(nowOf([{ type: 'line', text: 'x'.repeat(9_000) }])?.text).toHaveLength(200);
  });

  it('keeps words of an agent words, whatever they look like', () => {
    expect(nowOf([{ type: 'text', text: '$ rm -rf /', final: true }])?.kind).toBe('text');
  });
});
