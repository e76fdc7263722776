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
  /** @type {Map<string, string[]>} text of a licence → packages under it */
  const packages = new Map();
  for (const folder of [...folders].sort()) {
    const { name, version } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const text = licenceIn(join(root, folder));
    packages.set(text, [...(packages.get(text) ?? []), `${name} ${version}`]);
  }
  packages.set(readFileSync(new URL('grammars-licence.txt', import.meta.url), 'utf8').trim(), [
    'the grammars of tree-sitter in grammars/',
  ]);
  const sections = [...packages].map(([text, names]) => `${names.join('\n')}\n\n${text}\n`);
  return ['codex-agents contains other work under these licences.\n', ...sections].join(
    `\n${'-'.repeat(78)}\n\n`,
  );
}

/** @param {string} folder */
function licenceIn(folder) {
  const names = readdirSync(folder).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name));
  if (names.length === 0) throw new Error(`${folder} is bundled and brings no licence.`);
  return names
    .map((name) => readFileSync(join(folder, name), 'utf8').replaceAll('\r', '').trim())
    .join('\n\n');
}
