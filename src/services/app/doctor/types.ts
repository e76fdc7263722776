/** What `doctor` is asked, and what it answers. */
import type { Paths } from '../../platform/index.js';

export interface DoctorItem {
  name: string;
  status: 'ok' | 'warn' | 'fail';
  detail: string;
  hint?: string;
}

/** `data` of `doctor`. */
export interface DoctorReport {
  items: DoctorItem[];
  /** What keeps the main job from being done, and is to be mended before anything else. */
  first?: DoctorItem;
  /** Told in place of all else when it is asked for. */
  disk?: KeptPlace[];
}

/** One kind of thing that is kept on disk. */
export interface KeptPlace {
  what: string;
  /** Folder that holds it, absolute. */
  path: string;
  /** How many there are. */
  count: number;
  /** What they take; absent where they share the room with something else. */
  bytes?: number;
  /** How long, in words, with the settings that say so. */
  keptFor: string;
  /** How to get it back, and how to make room: commands, or words. */
  restore: string;
  free: string;
}

export interface DoctorOptions {
  paths: Paths;
  env: NodeJS.ProcessEnv;
  /** Folder to look for a repository in. */
  cwd?: string;
  /** Main worktree, when it is known already. */
  root?: string;
  /** Remove temporary files of dead processes, and old runs of settled tasks. Nothing else is ever removed. */
  fix?: boolean;
}
