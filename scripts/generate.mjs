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

function usage(row) {
  const parts = Object.entries(row.args.properties)
    .sort(([, a], [, b]) => (a.position ?? 99) - (b.position ?? 99))
    .map(([name, schema]) => {
      const required = row.args.required.includes(name);
      if (schema.yieldsTo) return `[${name}|${flagOf(name)} <${schema.value}>]`;
      if (schema.position !== undefined) {
        const word = schema.type === 'array' ? `${name}…` : name;
        return required ? `<${word}>` : `[${word}]`;
      }
      const value = schema.type === 'boolean' ? '' : ` <${schema.value}>`;
      const flag = `${flagOf(name)}${value}`;
      return required ? flag : `[${flag}]`;
    });
  return [row.id.replaceAll('.', ' '), ...parts].join(' ').replaceAll('|', '\\|');
}

function commandTable(commands) {
  const rows = commands
    .filter((row) => row.surfaces.includes('cli'))
    .map((row) => `| \`${usage(row)}\` | ${row.summary} |`);
  return ['| command | what it does |', '|---|---|', ...rows].join('\n');
}

/** One line for each thing to do in each section, with all its keys. */
function keyTable(commands, keymap) {
  const rows = new Map();
  for (const binding of keymap.bindings) {
    const what = `${binding.section} | ${titleOf(binding, commands)}`;
    const keys = `\`${binding.keys.join(' ').replaceAll('|', '\\|')}\``;
    const row = rows.get(what) ?? { section: binding.section, keys: [], title: titleOf(binding, commands) };
    rows.set(what, { ...row, keys: [...row.keys, keys] });
  }
  const lines = [...rows.values()].map(
    ({ section, keys, title }) => `| ${section} | ${keys.join(' ')} | ${title} |`,
  );
  return ['| where | keys | what |', '|---|---|---|', ...lines].join('\n');
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
const [{ commands }, { flagOf }, { titleOf }, { parseKeymap }] = await Promise.all([
  load('src/commands/registry.ts'),
  load('src/commands/spelling.ts'),
  load('views/hints.ts'),
  load('views/keymap.ts'),
]);
const table = parse(readFileSync(join(root, 'keymaps/default.toml'), 'utf8'));
const keymap = parseKeymap(
  table,
  commands.map(({ id }) => id),
);
let readme = readFileSync(join(root, 'README.md'), 'utf8');
readme = replaceBlock(readme, 'commands', commandTable(commands));
readme = replaceBlock(readme, 'keys', keyTable(commands, keymap));
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
