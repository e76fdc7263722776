/** The licences of everything that is bundled, as their texts ask: one file beside the bundle. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The text of the notices. Throws when a bundled package brings no licence.
 * @param {string} root of this package
 * @param {string[]} inputs files that esbuild read, relative to the root
 */
export function notices(root, inputs) {
  const folders = new Set(
    inputs.flatMap((input) => input.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/) ?? []),
  );
  /** @type {Map<string, { terms: string, holders: string[] }>} words of a licence → its text, and who grants it */
  const licences = new Map();
  const add = (/** @type {string} */ name, /** @type {string} */ text) => {
    const { holder, terms } = parted(text);
    const licence = licences.get(wordsOf(terms)) ?? { terms, holders: [] };
    licence.holders.push([name, ...holder].join('\n    '));
    licences.set(wordsOf(terms), licence);
  };
  for (const folder of [...folders].sort()) {
    const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    add(`${manifest.name} ${manifest.version}`, licenceIn(join(root, folder), manifest));
  }
  add('the grammars of tree-sitter in grammars/', ownText('grammars-licence.txt'));
  const sections = [...licences.values()].map(({ terms, holders }) => `${holders.join('\n')}\n\n${terms}\n`);
  return ['codex-agents contains other work under these licences.\n', ...sections].join(
    `\n${'-'.repeat(78)}\n\n`,
  );
}

/**
 * Who holds the rights, and the terms: most packages have the same terms, which then stand here once.
 * @param {string} text
 */
function parted(text) {
  const lines = text.split('\n');
  const isHolder = (/** @type {string} */ line) => /^\s*Copyright (\(c\)|©|[\d[])/i.test(line);
  const isTitle = (/** @type {string} */ line) => /^\(?(The )?MIT License( \(MIT\))?\)?$/i.test(line.trim());
  return {
    holder: lines.filter(isHolder).map((line) => line.trim()),
    terms: lines
      .filter((line) => !isHolder(line) && !isTitle(line))
      .join('\n')
      .replace(/\n{3,}/g, '\n\n')
      .replace(/^\n+/, ''),
  };
}

/** @param {string} terms */
const wordsOf = (terms) => terms.toLowerCase().replace(/[^a-z0-9]+/g, ' ');

const ownText = (/** @type {string} */ name) => readFileSync(new URL(name, import.meta.url), 'utf8').trim();

/** Terms of the licences that small packages only name in their manifest. */
const namedTerms = {
  MIT: () => ownText('grammars-licence.txt').replace(/^[\s\S]*?(?=Permission is)/, ''),
  ISC: () => ownText('isc-terms.txt'),
};

/**
 * @param {string} folder
 * @param {{ license?: string, author?: string | { name: string, email?: string } }} manifest
 */
function licenceIn(folder, { license, author }) {
  const names = readdirSync(folder).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name));
  if (names.length === 0) {
    const terms = namedTerms[/** @type {'MIT' | 'ISC'} */ (license)];
    if (!terms || !author) throw new Error(`${folder} is bundled and brings no licence.`);
    const holder = typeof author === 'string' ? author : `${author.name} <${author.email}>`;
    return `Copyright (c) ${holder}\n\n${terms()}`;
  }
  return names
    .map((name) => readFileSync(join(folder, name), 'utf8').replaceAll('\r', '').trim())
    .join('\n\n');
}
