/** Messages to agents, and answers to what they ask. */
import { describe, expect, test } from '@jest/globals';
import { runOf } from '../fixtures/screen/state.js';
import { open, openInOrder, press, row, screen } from '../support/keyed-screen.js';

describe('talking to an agent', () => {
  const question = {
    id: '7',
    kind: 'command' as const,
    detail: "/bin/bash -lc 'npm install left-pad'",
    reason: 'the build wants it',
    at: '2026-03-01T12:04:00.000Z',
    options: [
      { id: 'accept', kind: 'allow' as const, label: 'Allow' },
      { id: 'acceptForSession', kind: 'allow-always' as const, label: 'Allow from now on' },
      { id: 'decline', kind: 'deny' as const, label: 'Deny' },
      { id: 'cancel', kind: 'cancel' as const, label: 'Deny and stop\u001b[2J' },
    ],
  };
  const ask = (approvals = [question]) =>
    screen.store.dispatch({
      type: 'run.changed',
      run: runOf('split-registry-writer', { approvals, twoWay: true }),
    });

  test('t t writes a message to the selected run', async () => {
    await openInOrder();
    await press('t', 't');
    await screen.until('Send a message: add-oauth-device-flow-1');
    await press(...'use tabs', '\r');
    await screen.until(() => screen.calls.length === 1);
    expect(screen.calls[0]).toEqual({
      id: 'session.send',
      args: { id: 'add-oauth-device-flow-1', message: 'use tabs' },
    });
  });

  test('a question shows in the header and the list, ! goes there, A answers it', async () => {
    await open();
    ask();
    await screen.until('! 4 need you');
    // In the order of the registry it is the first of four that need the person; the next one is shown at first.
    await press('!', '!', '!', '!');
    await screen.until(/▶ ! Split registry writer\s+asks: npm install/);
    expect(row(-2)).toMatch(/Split registry writer: wants to run: npm install left-pad .*A answer/);
    await press('A');
    await screen.until('Split registry writer asks');
    expect(screen.text()).toMatch(/wants to run:.*\n.* npm install left-pad/);
    expect(screen.text()).toContain('because the build wants it');
    expect(screen.text()).toContain(' x Deny and stop (and end its turn)');
    // What was said before it, from the transcript of the one who asks.
    expect(screen.text()).toContain('PASS 212 tests');
    await press('d');
    await screen.until(() => screen.calls.length === 1);
    expect(screen.calls[0]).toEqual({
      id: 'session.approve',
      args: { id: 'split-registry-writer-1', approval: '7', option: 'decline' },
    });
    ask([]);
    await screen.until('! 3 need you');
  });

  test('Enter and Esc answer nothing', async () => {
    await open();
    ask();
    await press('A');
    await screen.until('Split registry writer asks');
    await press('\r');
    await screen.until('Enter answers nothing: press a, ');
    await press('\x1b');
    await screen.until(() => !screen.text().includes('registry writer asks'));
    expect(screen.calls).toEqual([]);
  });

  test('a question too long for the screen says that it is cut', async () => {
    await open();
    ask([{ ...question, detail: 'echo x; '.repeat(400) }]);
    await press('A');
    await screen.until(/… \d+ more lines/);
    const first = screen.text();
    await press('\x1b[6~');
    await screen.until(() => screen.text() !== first);
  });

  test('n goes to the next question, an answer leads on to the one that is left', async () => {
    await open();
    ask([question, { ...question, id: '8', detail: 'rm -rf cache' }]);
    await press('A');
    await screen.until('1 of 2');
    await press('n');
    await screen.until('rm -rf cache');
    await press('a');
    await screen.until(() => screen.calls.length === 1);
    expect(screen.calls[0]!.args).toMatchObject({ approval: '8', option: 'accept' });
    await screen.until('npm install left-pad');
    ask([]);
    await screen.until('No agent asks for anything any more.');
  });

  test('a key for a question that was answered elsewhere meanwhile does not answer the next one', async () => {
    await open();
    const next = { ...question, id: '8', detail: 'rm -rf cache' };
    ask([question, next]);
    await press('A');
    await screen.until('1 of 2');
    ask([next]);
    await screen.until('rm -rf cache');
    await press('a');
    await screen.until('This is another question: press a, ');
    expect(screen.calls).toEqual([]);
    await press('a');
    await screen.until(() => screen.calls.length === 1);
    expect(screen.calls[0]!.args).toMatchObject({ approval: '8', option: 'accept' });
  });

  test('without a question A says so', async () => {
    await open();
    await press('A');
    await screen.until('No agent asks for anything.');
  });
});
