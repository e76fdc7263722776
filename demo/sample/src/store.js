/** Keeps the entries in a JSON file. */
import { readFileSync, writeFileSync } from 'node:fs';

export function load(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

export function save(file, entries) {
  writeFileSync(file, `${JSON.stringify(entries, undefined, 2)}\n`);
}
