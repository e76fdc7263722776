/** The list of things to do that Claude keeps with tools of its own: whole (TodoWrite) or task by task. */
import type { AgentEvent, PlanStep } from '../agent-event.js';
import { stepsIn } from './plan.js';
import { asRecord, type JsonRecord, textOf } from './records.js';

/** Tasks kept at most. */
const maxTasks = 500;

export interface TaskList {
  /** The events of a tool call that is about the list; undefined for any other. */
  use(block: JsonRecord): AgentEvent[] | undefined;
  /** The events of such a call's result; undefined for the result of any other call. */
  result(id: string, output: string): AgentEvent[] | undefined;
}

export function createTaskList(): TaskList {
  /** By the number that Claude gives a task; one whose number is not known yet has its call's id. */
  const tasks = new Map<string, PlanStep>();
  const calls = new Map<string, 'create' | 'other'>();

  const plan = (): AgentEvent[] => [{ type: 'plan', steps: [...tasks.values()] }];
  const changed = (input: JsonRecord): AgentEvent[] => {
    const number = textOf(input.taskId) ?? '';
    const task = tasks.get(number);
    if (!task) return [];
    const told = stepsIn([{ subject: task.text, ...input }])[0];
    if (input.status === 'deleted') tasks.delete(number);
    else if (told) tasks.set(number, input.status === undefined ? { ...told, state: task.state } : told);
    return plan();
  };

  return {
    use(block) {
      const id = textOf(block.id) ?? '';
      const input = asRecord(block.input) ?? {};
      switch (block.name) {
        case 'TodoWrite': {
          calls.set(id, 'other');
          const steps = stepsIn(input.todos);
          return steps.length > 0 ? [{ type: 'plan', steps }] : [];
        }
        case 'TaskCreate': {
          const step = stepsIn([{ subject: input.subject, description: input.description }])[0];
          if (!step || tasks.size >= maxTasks) return undefined;
          calls.set(id, 'create');
          tasks.set(id, step);
          return plan();
        }
        case 'TaskUpdate':
          calls.set(id, 'other');
          return changed(input);
        default:
          return undefined;
      }
    },
    result(id, output) {
      const call = calls.get(id);
      if (call === undefined) return undefined;
      calls.delete(id);
      const number = /#(\d+)/.exec(output)?.[1];
      const task = tasks.get(id);
      if (call === 'create' && task && number !== undefined) {
        tasks.delete(id);
        tasks.set(number, task);
      }
      return [];
    },
  };
}
