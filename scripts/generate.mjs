/**
 * Everything that is derived from one declaration: validators from schemas, tables of the README from
 * the command registry and the keymap. `--check` writes nothing and fails when a file is stale.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'smol-toml';
import { load, validatorFiles } from './validators.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const check = process.argv.includes('--check');

const spell = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function usage(row) {
  const parts = Object.entries(row.args.properties)
    .sort(([, a], [, b]) => (a.position ?? 99) - (b.position ?? 99))
    .map(([name, schema]) => {
      const required = row.args.required.includes(name);
      if (schema.yieldsTo) return `[${name}|--${spell(name)} <${schema.value}>]`;
      if (schema.position !== undefined) {
        const word = schema.type === 'array' ? `${name}…` : name;
        return required ? `<${word}>` : `[${word}]`;
      }
      const value = schema.type === 'boolean' ? '' : ` <${schema.value}>`;
      return `[--${spell(name)}${value}]`;
    });
  return [row.id.replaceAll('.', ' '), ...parts].join(' ').replaceAll('|', '\\|');
}

function commandTable(commands) {
  const rows = commands
    .filter((row) => row.surfaces.includes('cli'))
    .map((row) => `| \`${usage(row)}\` | ${row.summary} |`);
  return ['| command | what it does |', '|---|---|', ...rows].join('\n');
}

function keyTable(commands, actions, keymap) {
  const titles = new Map([...commands, ...actions].map((row) => [row.id, row.title]));
  const rows = [];
  for (const [section, bindings] of Object.entries(keymap)) {
    if (section === 'menus') continue;
    const byTarget = new Map();
    for (const [key, value] of Object.entries(bindings)) {
      const id = typeof value === 'string' ? value : value.run;
      const more = typeof value === 'object' && value.args ? ` (${Object.keys(value.args).join(', ')})` : '';
      const what = `${titles.get(id) ?? id}${more}`;
      byTarget.set(what, [...(byTarget.get(what) ?? []), key]);
    }
    for (const [what, keys] of byTarget) {
      rows.push(
        `| ${section} | ${keys.map((key) => `\`${key.replaceAll('|', '\\|')}\``).join(' ')} | ${what} |`,
      );
    }
  }
  return ['| where | keys | what |', '|---|---|---|', ...rows].join('\n');
}

function replaceBlock(text, name, content) {
  const begin = `<!-- generated: ${name} -->`;
  const end = '<!-- end -->';
  const from = text.indexOf(begin);
  const to = text.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`README.md has no block "${name}".`);
  return `${text.slice(0, from)}${begin}\n${content}\n${text.slice(to)}`;
}

const files = await validatorFiles();
const [{ commands }, { uiActions: actions }] = await Promise.all([
  load('src/commands/registry.ts'),
  load('views/actions.ts'),
]);
const keymap = parse(readFileSync(join(root, 'keymaps/default.toml'), 'utf8'));
let readme = readFileSync(join(root, 'README.md'), 'utf8');
readme = replaceBlock(readme, 'commands', commandTable(commands));
readme = replaceBlock(readme, 'keys', keyTable(commands, actions, keymap));
files['README.md'] = readme;

let stale = 0;
for (const [path, content] of Object.entries(files)) {
  const file = join(root, path);
  let current;
  try {
    current = readFileSync(file, 'utf8');
  } catch {
    current = undefined;
  }
  if (current === content) continue;
  stale += 1;
  if (check) console.error(`${path} is stale: run \`npm run generate\` and commit it.`);
  else {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    console.log(`wrote ${path}`);
  }
}
process.exit(check && stale > 0 ? 1 : 0);
