import { describe, expect, it } from '@jest/globals';
import { type How, printError, printOutcome } from '../../src/cli/output.js';
import { findCommand } from '../../src/commands/registry.js';

const flags = {
  ...{ cwd: '/', json: false, tui: false, input: false, yes: false, dryRun: false },
  ...{ quiet: false, verbose: false, trace: false },
};

function outcome(data: unknown, more: Partial<How['flags']> = {}, colours = false): string {
  let text = '';
  const output = { out: (part: string) => (text += part), err: () => undefined, colours };
  printOutcome(findCommand('task.show')!, data, { flags: { ...flags, ...more }, streams: false, output });
  return text;
}

describe('what is printed', () => {
  const data = { task: { slug: 'a', goal: 'if a:\n    \x1b[31mb()', labels: [] } };

  it('has no colour where the terminal shows none, and no sequence of others', () => {
    expect(outcome(data)).toBe('task:\n  slug: a\n  goal:\n    if a:\n        b()\n  labels: none\n');
  });

  it('has colours on a terminal, and with --color anywhere', () => {
    expect(outcome(data, {}, true)).toContain('\x1b[1mtask:\x1b[0m\n');
    expect(outcome(data, { color: true })).toContain('\x1b[2m  labels: none\x1b[0m');
    expect(outcome(data, { color: false }, true)).not.toContain('\x1b[');
  });

  it('is one document with --json, without colours', () => {
    expect(JSON.parse(outcome({ a: 1 }, { json: true, color: true }))).toEqual({
      ...{ schemaVersion: 1, ok: true },
      data: { a: 1 },
    });
  });

  it('of an error has the message and the way on', () => {
    const said: string[] = [];
    const output = {
      out: (text: string) => said.push(`out ${text}`),
      err: (text: string) => said.push(text),
    };
    printError({ code: 'x', message: 'It broke\x07.', hint: 'Mend it.' }, { json: false }, output);
    expect(said).toEqual(['codex-agent: It broke.\n', 'Mend it.\n']);
    printError({ code: 'x', message: 'It broke.' }, { json: true }, output);
    expect(JSON.parse(said[2]!.slice(4))).toMatchObject({ ok: false, error: { code: 'x' } });
  });
});
