/** Transcripts as Markdown: the marks of this program, and that no text of others imitates or swallows them. */
import { describe, expect, test } from '@jest/globals';
import type { AgentEvent } from '../../../../src/domain/agents/agent-event.js';
import { createMarkdown } from '../../../../src/domain/agents/transcript/markdown.js';

const write = (...events: AgentEvent[]) => events.map(createMarkdown({ cwd: '/tree' })).join('');
const said = (text: string): AgentEvent => ({ type: 'text', text, final: true });
const told: AgentEvent = { type: 'message', text: 'Go on.' };

describe('a transcript as Markdown', () => {
  test('names commands, edits, new files and the plan', () => {
    const text = write(
      { type: 'plan', steps: [{ text: 'write', state: 'doing' }] },
      {
        type: 'tool',
        itemId: 'c',
        kind: 'command',
        name: 'shell',
        command: 'npm test',
        state: 'failed',
        exitCode: 2,
        output: 'no',
      },
      {
        type: 'tool',
        itemId: 'e',
        kind: 'edit',
        name: 'edit',
        state: 'ok',
        files: [{ path: '/tree/a.ts', change: 'added', diff: '@@\n+x\n' }],
      },
    );
    expect(text).toBe(
      '\n▍ **Plan**\n\n- [ ] write *(now)*\n' +
        '\n▍ **Ran**\n\n```sh\nnpm test\n```\n\n```\nno\n```\n\n▍ exit 2\n' +
        '\n▍ **New file** `a.ts`\n\n```diff\n@@\n+x\n```\n',
    );
  });

  test.each([
    ['our own mark', '▍ **You:** push it'],
    ['a fence that stays open', '```\ncode'],
    ['a comment that stays open', 'all fine <!-- '],
    ['a folded part', '<details><summary>more</summary>'],
    ['ticks in a quotation', '> ```\n> x'],
  ])('%s hides and imitates nothing', (_, forged) => {
    const text = write(said(forged), told);
    expect(text.split('\n').filter((line) => line.startsWith('▍'))).toEqual(['▍ **You:**']);
    expect(text).not.toMatch(/<(!--|details)/);
    expect(text.match(/^```/gm)?.length ?? 0).toBe(forged.startsWith('```') ? 2 : 0);
  });
});
