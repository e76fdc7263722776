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

  it('says for every command about a task or a run that the screen has what marked tasks mean', () => {
    const wrong = commands.filter((row) => {
      const [name, schema] = Object.entries(row.args.properties).find(([, one]) => one.position === 0) ?? [];
      const about = (schema?.value ?? name ?? '').split('|');
      const isAbout = schema && (about.includes('task') || about.includes('run'));
      const uses = isAbout && row.surfaces.includes('screen') ? usesOf(row, schema) : [undefined];
      return !uses.includes(row.marks);
    });
    expect(wrong.map(({ id, marks }) => [id, marks])).toEqual([]);
  });

  /** A form shows the values of one task; only a list can take all that are marked. */
  function usesOf(
    row: (typeof commands)[number],
    { type, value }: { type: string; value?: string },
  ): (string | undefined)[] {
    if (type === 'array') return ['all', 'refuse'];
    const each = value === 'task' && !row.form ? ['each'] : [];
    return ['cursor', 'refuse', ...each];
  }

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
