import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'smol-toml';
import { commands } from '../../src/commands/registry.js';
import { mergeKeymapTables, parseKeymap } from '../../views/keymap.js';

const files = readdirSync('keymaps').filter((name) => name.endsWith('.toml'));
const read = (name: string) => parse(readFileSync(`keymaps/${name}`, 'utf8'));
const table = (name: string) =>
  name === 'default.toml' ? read(name) : mergeKeymapTables(read('default.toml'), read(name));

describe.each(files)('%s', (name) => {
  it('binds only commands that exist, each on the screen and with arguments it takes', () => {
    const keymap = parseKeymap(
      table(name),
      commands.map((row) => row.id),
    );
    const byId = new Map(commands.map((row) => [row.id, row]));
    for (const binding of keymap.bindings) {
      const row = byId.get(binding.run);
      if (!row) {
        expect(binding.run).toMatch(/^ui\./);
        continue;
      }
      expect([row.id, row.surfaces]).toEqual([row.id, expect.arrayContaining(['screen'])]);
      expect(Object.keys(row.args.properties)).toEqual(expect.arrayContaining(Object.keys(binding.args)));
    }
  });
});

it('the default keymap reaches the whole way from a task to a landed change', () => {
  const bound = new Set(
    parseKeymap(
      read('default.toml'),
      commands.map((row) => row.id),
    ).bindings.map((binding) => binding.run),
  );
  for (const id of [
    'task.worktree.add',
    'merge.check',
    'merge.resolve',
    'merge.rebase',
    'task.validate',
    'manager.plan',
    'manager.launch',
    'manager.stop',
    'ui.filter',
    'ui.zoom',
  ]) {
    expect(bound).toContain(id);
  }
});
