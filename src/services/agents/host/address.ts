/** Where a run's control socket is. The kernel takes 107 bytes of a socket's path; directories are deeper. */
import { closeSync, constants, openSync } from 'node:fs';
import { join } from 'node:path';
import { hostFiles } from './spec.js';

const maxPathBytes = 100;

export interface Address {
  path: string;
  /** To be called once the socket is connected, or no longer listened on. */
  close(): void;
}

/**
 * The address of the socket in a directory: its path, or, when that is too long, the same file by way of the
 * directory's descriptor. Throws the system's error when there is no such directory.
 */
export function controlAddress(folder: string): Address {
  const path = join(folder, hostFiles.socket);
  if (Buffer.byteLength(path) <= maxPathBytes) return { path, close: () => {} };
  const directory = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  return { path: `/proc/self/fd/${directory}/${hostFiles.socket}`, close: () => closeSync(directory) };
}
