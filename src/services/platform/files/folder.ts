/** What stands in a folder. One that is not there holds nothing; one that cannot be read is an error, never "nothing". */
import { readdirSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { hasCode } from '../../../domain/platform/errors.js';

/** Names in a folder, none when it does not exist. Throws what else the system says. */
export async function namesInFolder(folder: string): Promise<string[]> {
  return readdir(folder).catch(missingIsEmpty);
}

/** The same at once, for the places that may not wait. */
export function namesInFolderSync(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    return missingIsEmpty(error);
  }
}

function missingIsEmpty(error: unknown): string[] {
  if (hasCode(error, 'ENOENT')) return [];
  throw error;
}
