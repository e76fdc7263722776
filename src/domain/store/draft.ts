/** A draft of a task. */
import type { Budget } from '../agents/cost.js';
import type { Priority } from './task.js';

/** A task before it is in the registry: a title, and whatever else is known. */
export interface TaskDraft {
  title: string;
  /** Made from the title when left out. */
  slug?: string;
  goal?: string;
  acceptance?: string[];
  status?: 'draft' | 'ready';
  priority?: Priority;
  owner?: string;
  labels?: string[];
  dependsOn?: string[];
  touches?: string[];
  runner?: string;
  model?: string;
  budget?: Budget;
  /** An existing branch to adopt. */
  branch?: string;
  /** Revision that its branch is to start from. */
  startFrom?: string;
  /** The file that it was read from, where it is to stay the task's stub. */
  stub?: string;
}
