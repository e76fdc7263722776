/** Keys on the page of a task: up and down choose among its next actions, Enter carries one out. */
import type { Task } from '../../src/domain/store/task.js';
import { nextActions } from '../inspector/next.js';
import type { ActionContext } from './action-context.js';
import { selectedTask } from './calls.js';

/** On the page of the task, single steps go through its next actions while these are in sight. True when one did. */
export function choosesNext(task: Task, by: number, { model, dispatch }: ActionContext): boolean {
  const { tab, tops, nextAt } = model.ui;
  if (tab !== 'task' || Math.abs(by) !== 1 || (tops.task ?? 0) > 0) return false;
  const last = nextActions(task, model).length - 1;
  const at = Math.min(nextAt, last) + by;
  if (at < 0 || at > last) return false;
  dispatch({ type: 'next.chosen', at });
  return true;
}

/** Carries out the chosen line of the task's page. False where the page has none in sight. */
export function tookNext({ model, run }: ActionContext): boolean {
  const { tab, tops, nextAt, focus } = model.ui;
  const task = selectedTask(model);
  if (focus !== 'inspector' || tab !== 'task' || !task || (tops.task ?? 0) > 0) return false;
  const actions = nextActions(task, model);
  const chosen = actions[Math.min(nextAt, actions.length - 1)];
  if (chosen) run(chosen.wanted);
  return chosen !== undefined;
}
