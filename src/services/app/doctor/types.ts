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
