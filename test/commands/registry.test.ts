import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { rowFor } from '../../src/commands/parts.js';
import { commands, findCommand, groups } from '../../src/commands/registry.js';

const sources = ['src', 'views'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => `${folder}/${name}`),
);
const read = (file: string) => readFileSync(file, 'utf8');
/** Files that hold rows: those in a folder of their own under `src/commands`. */
const holdsRows = (file: string) => /^src\/commands\/[^/]+\//.test(file);

describe('the registry', () => {
  it('is the only one that knows the ids of commands, with the keymaps', () => {
    const named = sources
      .filter((file) => !holdsRows(file))
      .flatMap((file) => {
        const text = read(file);
        return commands
          .filter(({ id }) => id.includes('.') && text.includes(`'${id}'`))
          .map(({ id }) => `${file} names ${id}`);
      });
    expect(named).toEqual([]);
  });

  it('has a row for each part that the program asks for', () => {
    for (const part of ['overview', 'answer', 'stop-all'] as const) {
      expect(rowFor(part, commands).part).toBe(part);
      expect(commands.filter((row) => row.part === part)).toHaveLength(1);
    }
  });

  it('knows every command that a message tells a person to type', () => {
    const wrong: string[] = [];
    for (const file of sources) {
      for (const [, words] of read(file).matchAll(/`codex-agent((?: [a-z]+)+)/g)) {
        if (!isCommand(words!.trim().split(' '))) wrong.push(`${file}: codex-agent${words}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('reads every argument from a name in camel case, so that its flag can be read back', () => {
    for (const { id, args } of commands) {
      for (const name of Object.keys(args.properties))
        expect([id, name]).toEqual([id, expect.stringMatching(/^[a-z]+([A-Z][a-z]+)*$/)]);
    }
  });
});

/** A command with or without arguments behind it, or a group. */
function isCommand(words: readonly string[]): boolean {
  for (let length = words.length; length > 0; length--) {
    const id = words.slice(0, length).join('.');
    const row = findCommand(id);
    if (row)
      return length === words.length || Object.values(row.args.properties).some((one) => one.position === 0);
    if (groups[id]) return length === words.length;
  }
  return false;
}
